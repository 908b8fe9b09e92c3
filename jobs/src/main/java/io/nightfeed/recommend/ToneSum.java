package io.nightfeed.recommend;

import io.nightfeed.interest.Intensities;
import java.io.Serializable;
import java.util.stream.IntStream;

/** What posts feel like, summed in the order in which they come. */
final class ToneSum implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double negativeValence;
  private final double[] sums = new double[PostFacts.EMOTIONS + 1];
  private int read;
  private int negative;
  private int posts;

  /**
   * @param negativeValence posts of at most this valence are negative
   */
  ToneSum(double negativeValence) {
    this.negativeValence = negativeValence;
  }

  /**
   * @param chosen indexes among the facts
   */
  ToneSum add(PostFacts facts, IntStream chosen) {
    chosen.forEach(post -> add(facts, post));
    return this;
  }

  private void add(PostFacts facts, int post) {
    int isNegative = facts.readings()[post][Intensities.VALENCE] <= negativeValence ? 1 : 0;
    posts++;
    negative += isNegative;
    if (facts.isRead(post)) {
      read++;
      for (int emotion = 0; emotion < PostFacts.EMOTIONS; emotion++) {
        sums[emotion] += facts.readings()[post][emotion];
      }
      sums[PostFacts.EMOTIONS] += isNegative;
    }
  }

  /** As {@link PostFacts#tone}. */
  double[] mean() {
    if (read == 0) {
      return null;
    }
    var mean = sums.clone();
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= read;
    }
    return mean;
  }

  /** Of all posts, read or not; 0 where there are none. */
  double negativeShare() {
    return negative / (double) Math.max(1, posts);
  }
}
