package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What is read off a user's scores. */
interface Measure {
  /** Names of the figures. */
  List<String> names();

  /** The figures, in the order of their names; not a number where the user has none. */
  double[] of(double[] scores, int user, Split split);

  /** What the user counts for in means; 0 for one without anything to find. */
  double weight(int user, Split split);

  /**
   * Everything is ranked but what the user met in the train part.
   *
   * @param cutoffs lengths of lists, ascending
   */
  record FullRanking(List<Integer> cutoffs) implements Measure {
    private static final List<String> FIGURES =
        List.of("ndcg", "recall", "precision", "map", "mrr");

    @Override
    public List<String> names() {
      return cutoffs.stream()
          .flatMap(cutoff -> FIGURES.stream().map(figure -> figure + cutoff))
          .toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      return of(scores, split.train().byUser()[user], split.test().byUser()[user]);
    }

    /**
     * @param relevant items to be found; without any, there is no figure
     */
    private double[] of(double[] scores, int[] met, int[] relevant) {
      if (relevant.length == 0) {
        return names().stream().mapToDouble(name -> Double.NaN).toArray();
      }
      var longest = RankingMetrics.best(scores, met, cutoffs.get(cutoffs.size() - 1));
      return cutoffs.stream()
          .map(
              cutoff ->
                  RankingMetrics.of(
                      Arrays.copyOf(longest, Math.min(cutoff, longest.length)),
                      cutoff,
                      item -> Arrays.binarySearch(relevant, item) >= 0,
                      relevant.length))
          .flatMap(
              one ->
                  Stream.of(
                      one.ndcg(),
                      one.recall(),
                      one.precision(),
                      one.averagePrecision(),
                      one.reciprocalRank()))
          .mapToDouble(Double::doubleValue)
          .toArray();
    }

    @Override
    public double weight(int user, Split split) {
      return split.test().byUser()[user].length > 0 ? 1 : 0;
    }
  }

  /**
   * As a time window shows it: its candidates are ranked, and once more those alone that nobody met
   * in the train part. Counts for users with a history.
   *
   * @param cutoffs lengths of lists, ascending
   */
  record WindowRanking(List<Integer> cutoffs) implements Measure {
    @Override
    public List<String> names() {
      var names = new FullRanking(cutoffs).names();
      return Stream.concat(names.stream(), names.stream().map(name -> "unseen." + name)).toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      var popularity = split.popularity();
      var all = among(scores, split, item -> true);
      var unseen = among(scores, split, item -> popularity[item] == 0);
      var ranking = new FullRanking(cutoffs);
      var met = split.train().byUser()[user];
      var relevant = split.test().byUser()[user];
      return DoubleStream.concat(
              Arrays.stream(ranking.of(all, met, relevant)),
              Arrays.stream(
                  ranking.of(
                      unseen,
                      met,
                      Arrays.stream(relevant).filter(item -> popularity[item] == 0).toArray())))
          .toArray();
    }

    private static double[] among(double[] scores, Split split, IntPredicate isRanked) {
      var ranked = new double[scores.length];
      Arrays.fill(ranked, Double.NEGATIVE_INFINITY);
      for (int item : split.candidates()) {
        if (isRanked.test(item)) {
          ranked[item] = scores[item];
        }
      }
      return ranked;
    }

    @Override
    public double weight(int user, Split split) {
      boolean isKnown = split.train().byUser()[user].length > 0;
      return isKnown && split.test().byUser()[user].length > 0 ? 1 : 0;
    }
  }

  /**
   * Each test pair is ranked among items that the user never met, drawn by a hash of the pair;
   * equal scores count as half a place. Every pair counts the same.
   *
   * @param cutoffs places that count as found
   * @param negatives how many are drawn
   */
  record SampledRanking(List<Integer> cutoffs, int negatives) implements Measure {
    private static final long SEED = 42;

    @Override
    public List<String> names() {
      return cutoffs.stream().map(cutoff -> "recall" + cutoff).toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      var found = new double[cutoffs.size()];
      var tested = split.test().byUser()[user];
      for (int item : tested) {
        double place = place(scores, user, item, split);
        for (int i = 0; i < found.length; i++) {
          found[i] += place < cutoffs.get(i) ? 1.0 / tested.length : 0;
        }
      }
      return found;
    }

    /** How many of the drawn items rank before. */
    private double place(double[] scores, int user, int item, Split split) {
      var random = new SplittableRandom(SEED ^ ((long) user << 32 | item) * 0x9E3779B97F4A7C15L);
      var drawn = new boolean[scores.length];
      int known = split.train().byUser()[user].length + split.test().byUser()[user].length;
      int most = Math.min(negatives, scores.length - known);
      double place = 0;
      for (int count = 0; count < most; ) {
        int other = random.nextInt(scores.length);
        if (!drawn[other] && !split.train().has(user, other) && !split.test().has(user, other)) {
          drawn[other] = true;
          count++;
          // What is not a number is before nothing.
          place += scores[other] == scores[item] ? 0.5 : scores[other] < scores[item] ? 0 : 1;
        }
      }
      return place;
    }

    @Override
    public double weight(int user, Split split) {
      return split.test().byUser()[user].length;
    }
  }
}
