package io.nightfeed.recommend;

import io.nightfeed.interest.Intensities;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * What re-ranking must know of candidates beside their vectors, in their order.
 *
 * @param postIds of each
 * @param authors who wrote each
 * @param readings a_c of each: probabilities of the seven emotions and valence; all 0 where no head
 *     read it
 * @param ages days from when each was written to the end of the run date
 */
record PostFacts(String[] postIds, String[] authors, float[][] readings, double[] ages)
    implements Serializable {
  /** Emotions without valence. */
  static final int EMOTIONS = Intensities.VALENCE;

  int size() {
    return postIds.length;
  }

  boolean isRead(int candidate) {
    for (float value : readings[candidate]) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  boolean isNegative(int candidate, double negativeValence) {
    return readings[candidate][Intensities.VALENCE] <= negativeValence;
  }

  /**
   * What posts feel like: means over those that were read.
   *
   * @param negativeValence posts of at most this valence are negative
   * @return probabilities of the seven emotions and the share of negative posts; null where none
   *     was read
   */
  double[] tone(IntStream candidates, double negativeValence) {
    return new ToneSum(negativeValence).add(this, candidates).mean();
  }
}
