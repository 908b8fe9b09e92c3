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
  /** Of the area under the receiver operating characteristic. */
  String AREA = "auc";

  /** Before the names of figures among items that somebody met in the train part. */
  String SEEN = "seen.";

  /** Before the names of figures among items that nobody met in the train part. */
  String UNSEEN = "unseen.";

  /** Names of the figures. */
  List<String> names();

  /** Names of those that every run prints. */
  List<String> printed();

  /** The figures, in the order of their names; not a number where the user has none. */
  double[] of(double[] scores, int user, Split split);

  /** What the user counts for in means; 0 for one without anything to find. */
  double weight(int user, Split split);

  /**
   * The candidates are ranked but for what the user met in the train part; once more those alone
   * that somebody met there, and those that nobody did.
   *
   * @param cutoffs lengths of lists, ascending
   */
  record FullRanking(List<Integer> cutoffs) implements Measure {
    private static final List<String> FIGURES =
        List.of("ndcg", "recall", "precision", "map", "mrr");

    @Override
    public List<String> names() {
      return Stream.of("", UNSEEN, SEEN)
          .flatMap(among -> Stream.concat(ofLists(), Stream.of(AREA)).map(among::concat))
          .toList();
    }

    private Stream<String> ofLists() {
      return cutoffs.stream().flatMap(cutoff -> FIGURES.stream().map(figure -> figure + cutoff));
    }

    @Override
    public List<String> printed() {
      return ofLists().toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      var popularity = split.popularity();
      return Stream.<IntPredicate>of(
              item -> true, item -> popularity[item] == 0, item -> popularity[item] > 0)
          .flatMapToDouble(isRanked -> Arrays.stream(among(isRanked, scores, user, split)))
          .toArray();
    }

    private double[] among(IntPredicate isRanked, double[] scores, int user, Split split) {
      return of(
          split.among(scores, isRanked),
          split.train().byUser()[user],
          Arrays.stream(split.test().byUser()[user]).filter(isRanked).toArray());
    }

    /**
     * @param relevant items to be found; without any, there is no figure
     */
    private double[] of(double[] scores, int[] met, int[] relevant) {
      if (relevant.length == 0) {
        return Stream.concat(ofLists(), Stream.of(AREA)).mapToDouble(name -> Double.NaN).toArray();
      }
      var longest = RankingMetrics.best(scores, met, cutoffs.get(cutoffs.size() - 1));
      var ofLists =
          cutoffs.stream()
              .map(
                  cutoff ->
                      RankingMetrics.of(
                          Arrays.copyOf(longest, Math.min(cutoff, longest.length)),
                          cutoff,
                          item -> Arrays.binarySearch(relevant, item) >= 0,
                          relevant.length))
              .flatMapToDouble(
                  one ->
                      DoubleStream.of(
                          one.ndcg(),
                          one.recall(),
                          one.precision(),
                          one.averagePrecision(),
                          one.reciprocalRank()));
      return DoubleStream.concat(
              ofLists, DoubleStream.of(RankingMetrics.area(scores, met, relevant)))
          .toArray();
    }

    @Override
    public double weight(int user, Split split) {
      return split.test().byUser()[user].length > 0 ? 1 : 0;
    }
  }

  /**
   * As a time window shows it: the full ranking, for users with a history.
   *
   * @param ranking of the window's candidates
   */
  record WindowRanking(FullRanking ranking) implements Measure {
    WindowRanking(List<Integer> cutoffs) {
      this(new FullRanking(cutoffs));
    }

    @Override
    public List<String> names() {
      return ranking.names();
    }

    @Override
    public List<String> printed() {
      return Stream.of("", UNSEEN)
          .flatMap(among -> ranking.printed().stream().map(among::concat))
          .toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      return ranking.of(scores, user, split);
    }

    @Override
    public double weight(int user, Split split) {
      boolean isKnown = split.train().byUser()[user].length > 0;
      return isKnown ? ranking.weight(user, split) : 0;
    }
  }

  /**
   * Each test pair is ranked among items that the user never met, drawn by a hash of the pair;
   * equal scores count as half a place. Every pair counts the same. The area under the curve is
   * that of the drawn.
   *
   * @param cutoffs places that count as found
   * @param negatives how many are drawn
   */
  record SampledRanking(List<Integer> cutoffs, int negatives) implements Measure {
    private static final long SEED = 42;

    @Override
    public List<String> names() {
      return Stream.concat(printed().stream(), Stream.of(AREA)).toList();
    }

    @Override
    public List<String> printed() {
      return cutoffs.stream().map(cutoff -> "recall" + cutoff).toList();
    }

    @Override
    public double[] of(double[] scores, int user, Split split) {
      var figures = new double[cutoffs.size() + 1];
      var tested = split.test().byUser()[user];
      for (int item : tested) {
        double place = place(scores, user, item, split);
        for (int i = 0; i < cutoffs.size(); i++) {
          figures[i] += place < cutoffs.get(i) ? 1.0 / tested.length : 0;
        }
        figures[cutoffs.size()] += (1 - place / drawn(scores, user, split)) / tested.length;
      }
      return figures;
    }

    /** How many items there are to be ranked among. */
    private int drawn(double[] scores, int user, Split split) {
      int known = split.train().byUser()[user].length + split.test().byUser()[user].length;
      return Math.min(negatives, scores.length - known);
    }

    /** How many of the drawn items rank before. */
    private double place(double[] scores, int user, int item, Split split) {
      var random = new SplittableRandom(SEED ^ ((long) user << 32 | item) * 0x9E3779B97F4A7C15L);
      var drawn = new boolean[scores.length];
      int most = drawn(scores, user, split);
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
