package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What lists are like, whether or not they find what is asked for. */
final class ListMetrics {
  /** Share of the history that a list's distribution is mixed with, so that logarithms exist. */
  private static final double MIXED = 0.01;

  private ListMetrics() {}

  /**
   * Mean self-information of the list (Zhou et al. 2010), in bits: {@code -log2} of the share of
   * people who met an item. What nobody met counts as if one had.
   *
   * @param popularity people who met each item
   * @param people all who met anything, at least 1
   */
  static double novelty(int[] list, int[] popularity, int people) {
    return IntStream.of(list)
        .mapToDouble(
            item -> Math.log((double) people / Math.max(1, popularity[item])) / Math.log(2))
        .average()
        .orElse(Double.NaN);
  }

  /** Mean popularity of the items; not a number without any. */
  static double meanPopularity(int[] items, int[] popularity) {
    return IntStream.of(items).map(item -> popularity[item]).average().orElse(Double.NaN);
  }

  /**
   * Intra-list diversity (Ziegler et al. 2005): 1 less the mean cosine of two different items'
   * contents. Items without content are left out; not a number for fewer than two.
   */
  static double diversity(int[] list, float[][] content) {
    // The squared length of a sum of n unit vectors is n and twice the cosines of all pairs.
    var sum = new double[content[0].length];
    int count = 0;
    for (int item : list) {
      double length = length(content[item]);
      if (length > 0) {
        count++;
        for (int j = 0; j < sum.length; j++) {
          sum[j] += content[item][j] / length;
        }
      }
    }
    double squares = Arrays.stream(sum).map(value -> value * value).sum();
    return count < 2 ? Double.NaN : 1 - (squares - count) / ((double) count * (count - 1));
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  /**
   * Miscalibration (Steck 2018), in nats: the Kullback-Leibler divergence of the list's
   * distribution over categories, mixed with 1 % of the history's, from the history's; 0 where both
   * are the same. An item of several categories counts for each in equal parts. Not a number where
   * either side has no category.
   *
   * @param categories of each item
   */
  static double miscalibration(int[] history, int[] list, int[][] categories) {
    var wanted = distribution(history, categories);
    var given = distribution(list, categories);
    if (wanted.isEmpty() || given.isEmpty()) {
      return Double.NaN;
    }
    double divergence = 0;
    for (var entry : wanted.entrySet()) {
      double share = entry.getValue();
      double mixed = (1 - MIXED) * given.getOrDefault(entry.getKey(), 0.0) + MIXED * share;
      divergence += share * Math.log(share / mixed);
    }
    return divergence;
  }

  private static Map<Integer, Double> distribution(int[] items, int[][] categories) {
    var shares = new TreeMap<Integer, Double>();
    var known = IntStream.of(items).filter(item -> categories[item].length > 0).toArray();
    for (int item : known) {
      for (int category : categories[item]) {
        shares.merge(category, 1.0 / categories[item].length / known.length, Double::sum);
      }
    }
    return shares;
  }

  /** Share of the items that are in any list. */
  static double coverage(int[] exposures) {
    return IntStream.of(exposures).filter(lists -> lists > 0).count() / (double) exposures.length;
  }

  /**
   * The Gini coefficient of how many lists each of n items is in, x₁ ≤ … ≤ xₙ: {@code 2·Σ i·xᵢ /
   * (n·Σ xᵢ) − (n+1)/n} (Gini 1912, in the form for sorted values); 0 where all are shown as often.
   */
  static double gini(int[] exposures) {
    var sorted = exposures.clone();
    Arrays.sort(sorted);
    double n = sorted.length;
    double weighted = 0;
    double total = 0;
    for (int i = 0; i < sorted.length; i++) {
      weighted += (i + 1.0) * sorted[i];
      total += sorted[i];
    }
    return 2 * weighted / (n * total) - (n + 1) / n;
  }
}
