package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * How well one user's list ranks the items that the user engaged with later; relevance is binary.
 *
 * @param ndcg normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), the ideal list
 *     being as long as the list, at most
 * @param recall share of the relevant items that are in the list
 * @param precision share of the list that is relevant
 * @param averagePrecision mean precision at the relevant ranks, over as many relevant items as the
 *     list could hold
 * @param reciprocalRank of the first relevant item; 0 without one
 */
record RankingMetrics(
    double ndcg, double recall, double precision, double averagePrecision, double reciprocalRank) {

  /**
   * @param list items, the best first
   * @param places how many the list was to have
   * @param isRelevant whether an item is relevant
   * @param relevant how many items are, at least 1
   */
  static RankingMetrics of(int[] list, int places, IntPredicate isRelevant, int relevant) {
    double gain = 0;
    double precisions = 0;
    double reciprocalRank = 0;
    int hits = 0;
    for (int rank = 1; rank <= list.length; rank++) {
      if (isRelevant.test(list[rank - 1])) {
        hits++;
        gain += discount(rank);
        precisions += (double) hits / rank;
        reciprocalRank = hits == 1 ? 1.0 / rank : reciprocalRank;
      }
    }
    int most = Math.min(places, relevant);
    double ideal = 0;
    for (int rank = 1; rank <= most; rank++) {
      ideal += discount(rank);
    }
    return new RankingMetrics(
        gain / ideal,
        (double) hits / relevant,
        (double) hits / places,
        precisions / most,
        reciprocalRank);
  }

  private static double discount(int rank) {
    return Math.log(2) / Math.log(rank + 1.0);
  }

  /**
   * The items of the highest scores that the user has not met; of equal scores the lower number.
   *
   * @param met items, ascending
   */
  static int[] best(double[] scores, int[] met, int places) {
    var best = new int[Math.min(places, scores.length - met.length)];
    int count = 0;
    for (int item = 0, next = 0; item < scores.length; item++) {
      if (next < met.length && met[next] == item) {
        next++;
        continue;
      }
      if (count < best.length || scores[item] > scores[best[count - 1]]) {
        int place = count < best.length ? count++ : count - 1;
        while (place > 0 && scores[best[place - 1]] < scores[item]) {
          best[place] = best[place - 1];
          place--;
        }
        best[place] = item;
      }
    }
    return Arrays.copyOf(best, count);
  }

  /** As {@link #best}, but that what is infinitely low is no part of the list. */
  static int[] listed(double[] scores, int[] met, int places) {
    return Arrays.stream(best(scores, met, places))
        .filter(item -> scores[item] > Double.NEGATIVE_INFINITY)
        .toArray();
  }

  /**
   * Area under the receiver operating characteristic: the share of pairs of a relevant and another
   * item, both not met, of which the relevant one has the higher score; ties count half. What is
   * infinitely low is not ranked. Not a number where there is no such pair.
   *
   * @param met items, ascending
   * @param relevant items, ascending, none of them met
   */
  static double area(double[] scores, int[] met, int[] relevant) {
    var own = Arrays.stream(relevant).mapToDouble(item -> scores[item]).sorted().toArray();
    double lower = 0;
    long others = 0;
    for (int item = 0; item < scores.length; item++) {
      if (scores[item] > Double.NEGATIVE_INFINITY
          && Arrays.binarySearch(met, item) < 0
          && Arrays.binarySearch(relevant, item) < 0) {
        others++;
        lower += (countBelow(own, scores[item]) + countUpTo(own, scores[item])) / 2.0;
      }
    }
    return 1 - lower / ((double) others * own.length);
  }

  private static int countBelow(double[] sorted, double score) {
    int count = 0;
    while (count < sorted.length && sorted[count] < score) {
      count++;
    }
    return count;
  }

  private static int countUpTo(double[] sorted, double score) {
    int count = 0;
    while (count < sorted.length && sorted[count] <= score) {
      count++;
    }
    return count;
  }
}
