package io.nightfeed.recommend;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Candidates in groups of {@value #GROUP}, those of like emotion vectors together, so that a bound
 * of their intensities of emotion is a look at the corners of the box that holds them.
 */
final class EmotionGroups {
  static final int GROUP = 32;

  /** Above any rounding of sums of doubles, relative to the sum of what is added. */
  private static final double ROUNDING = 1e-12;

  private final VectorBlock vectors;
  private final int[] order;
  private final int groups;

  /** By coordinate: the greatest and the least of each group. */
  private final double[][] greatest;

  private final double[][] least;

  /** Of all groups. */
  private final double[] largest;

  private final double[] smallest;

  EmotionGroups(VectorBlock vectors) {
    this.vectors = vectors;
    order = alikeTogether();
    groups = (order.length + GROUP - 1) / GROUP;
    greatest = new double[vectors.width()][groups];
    least = new double[vectors.width()][groups];
    largest = new double[vectors.width()];
    smallest = new double[vectors.width()];
    for (int k = 0; k < vectors.width(); k++) {
      Arrays.fill(greatest[k], Double.NEGATIVE_INFINITY);
      Arrays.fill(least[k], Double.POSITIVE_INFINITY);
      for (int position = 0; position < order.length; position++) {
        double value = value(order[position], k);
        greatest[k][position / GROUP] = Math.max(greatest[k][position / GROUP], value);
        least[k][position / GROUP] = Math.min(least[k][position / GROUP], value);
      }
      largest[k] = Arrays.stream(greatest[k]).max().orElse(0);
      smallest[k] = Arrays.stream(least[k]).min().orElse(0);
    }
  }

  /** The candidate at each position; a group is {@value #GROUP} positions, the last may be less. */
  int[] order() {
    return order;
  }

  /**
   * What a user's intensities of emotion do not leave.
   *
   * @param greatest by group, no candidate's exceeds it
   * @param greatestOfAll of these
   * @param least of all candidates
   */
  record Bounds(double[] greatest, double greatestOfAll, double least) {}

  Bounds of(float[] user) {
    var most = new double[groups];
    double leastOfAll = 0;
    double rounding = 0;
    for (int k = 0; k < user.length && groups > 0; k++) {
      double weight = user[k];
      var corner = weight >= 0 ? greatest[k] : least[k];
      for (int group = 0; group < groups; group++) {
        most[group] += weight * corner[group];
      }
      leastOfAll += weight * (weight >= 0 ? smallest[k] : largest[k]);
      rounding +=
          ROUNDING * Math.abs(weight) * Math.max(Math.abs(largest[k]), Math.abs(smallest[k]));
    }
    for (int group = 0; group < groups; group++) {
      most[group] = Intensity.atMost(most[group] + rounding);
    }
    double greatestOfAll = Double.NEGATIVE_INFINITY;
    for (int group = 0; group < groups; group++) {
      greatestOfAll = most[group] > greatestOfAll ? most[group] : greatestOfAll;
    }
    return new Bounds(most, greatestOfAll, Intensity.nearly(leastOfAll - rounding));
  }

  /** A k-d tree's leaves (Bentley 1975), each a group. */
  private int[] alikeTogether() {
    var positions = IntStream.range(0, vectors.count()).boxed().toArray(Integer[]::new);
    split(positions, 0, positions.length);
    return Arrays.stream(positions).mapToInt(Integer::intValue).toArray();
  }

  private void split(Integer[] positions, int from, int to) {
    int groupsHere = (to - from + GROUP - 1) / GROUP;
    int widest = groupsHere < 2 ? -1 : widest(positions, from, to);
    if (widest < 0) {
      return;
    }
    Arrays.sort(
        positions,
        from,
        to,
        Comparator.<Integer>comparingDouble(candidate -> value(candidate, widest))
            .thenComparingInt(candidate -> candidate));
    int middle = from + groupsHere / 2 * GROUP;
    split(positions, from, middle);
    split(positions, middle, to);
  }

  /** The coordinate of the greatest range; -1 where all are the same. */
  private int widest(Integer[] positions, int from, int to) {
    int widest = -1;
    double range = 0;
    for (int k = 0; k < vectors.width(); k++) {
      double most = Double.NEGATIVE_INFINITY;
      double fewest = Double.POSITIVE_INFINITY;
      for (int i = from; i < to; i++) {
        most = Math.max(most, value(positions[i], k));
        fewest = Math.min(fewest, value(positions[i], k));
      }
      if (most - fewest > range) {
        range = most - fewest;
        widest = k;
      }
    }
    return widest;
  }

  private double value(int candidate, int k) {
    return vectors.values()[candidate * vectors.width() + k];
  }
}
