package io.nightfeed.recommend;

import io.nightfeed.recommend.TopN.Scored;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a user's list may hold so far, in no order. */
final class ScoredCandidates {
  /** Of a sort key, they tell the place of what is sorted; the rest are the score's. */
  private static final int PLACE_BITS = 16;

  private static final long PLACE = (1L << PLACE_BITS) - 1;

  private int[] candidates;
  private double[] behaviour;
  private double[] emotion;
  private double[] scores;
  private int count;

  /**
   * @param soFar the first
   * @param room for so many, to begin with (>= 1)
   */
  ScoredCandidates(List<Scored> soFar, int room) {
    int first = Math.max(room, soFar.size());
    candidates = new int[first];
    behaviour = new double[first];
    emotion = new double[first];
    scores = new double[first];
    soFar.forEach(one -> add(one.candidate(), one.behaviour(), one.emotion()));
  }

  int count() {
    return count;
  }

  void add(int candidate, double behaviourOf, double emotionOf) {
    if (count == candidates.length) {
      candidates = Arrays.copyOf(candidates, 2 * count);
      behaviour = Arrays.copyOf(behaviour, 2 * count);
      emotion = Arrays.copyOf(emotion, 2 * count);
      scores = Arrays.copyOf(scores, 2 * count);
    }
    candidates[count] = candidate;
    behaviour[count] = behaviourOf;
    emotion[count] = emotionOf;
    scores[count++] = behaviourOf + emotionOf;
  }

  /** A score that so many of them reach, and hardly more. */
  double reachedBy(int number) {
    return Selection.reachedBy(number, scores, count);
  }

  /**
   * Drops those of a lower score.
   *
   * @param size where many have the same score, the best so many are kept
   */
  void keep(double least, int size) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      candidates[left] = candidates[i];
      behaviour[left] = behaviour[i];
      emotion[left] = emotion[i];
      scores[left] = scores[i];
      left += scores[i] >= least ? 1 : 0;
    }
    count = left;
    if (count > 2 * size) {
      var best = best(size);
      count = 0;
      best.forEach(one -> add(one.candidate(), one.behaviour(), one.emotion()));
    }
  }

  /** So many, or all: the best first, of equal ones that of the lower number. */
  List<Scored> best(int size) {
    if (count > PLACE) {
      return IntStream.range(0, count)
          .mapToObj(this::at)
          .sorted(ScoredCandidates::bestFirst)
          .limit(size)
          .toList();
    }
    // Numbers are sorted faster than objects; of nearly equal ones the objects are, afterwards.
    var keys = new long[count];
    for (int i = 0; i < count; i++) {
      // Positive numbers have the order of their bits.
      keys[i] = ~Double.doubleToRawLongBits(scores[i]) & ~PLACE | i;
    }
    Arrays.sort(keys);
    var sorted = new Scored[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = at((int) (keys[i] & PLACE));
    }
    Arrays.sort(sorted, ScoredCandidates::bestFirst);
    return List.of(Arrays.copyOf(sorted, Math.min(size, count)));
  }

  private static int bestFirst(Scored one, Scored other) {
    int byScore = Double.compare(other.score(), one.score());
    return byScore != 0 ? byScore : Integer.compare(one.candidate(), other.candidate());
  }

  private Scored at(int place) {
    return new Scored(candidates[place], behaviour[place], emotion[place]);
  }
}
