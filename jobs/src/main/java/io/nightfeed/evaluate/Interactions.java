package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Implicit feedback: who engaged with what, by numbers, each pair once.
 *
 * @param items how many there are, engaged with or not
 * @param byUser for each user the items, ascending
 * @param byTime for each user the items, the first engagement first; ascending where data has no
 *     times
 * @param times of those, in seconds since 1970; empty where data has none
 */
record Interactions(int items, int[][] byUser, int[][] byTime, long[][] times) {

  /** Without times. */
  Interactions(int items, int[][] byUser) {
    this(items, byUser, byUser, new long[0][]);
  }

  /**
   * @param byTime for each user the items, the first engagement first
   */
  static Interactions ordered(int items, int[][] byTime) {
    return ordered(items, byTime, new long[0][]);
  }

  /**
   * @param times of the items in {@code byTime}
   */
  static Interactions ordered(int items, int[][] byTime, long[][] times) {
    return new Interactions(
        items,
        Arrays.stream(byTime)
            .map(history -> Arrays.stream(history).sorted().toArray())
            .toArray(int[][]::new),
        byTime,
        times);
  }

  int users() {
    return byUser.length;
  }

  boolean has(int user, int item) {
    return Arrays.binarySearch(byUser[user], item) >= 0;
  }

  /**
   * When the last engagement was, in seconds since 1970.
   *
   * @throws java.util.NoSuchElementException without times
   */
  long lastTime() {
    return Arrays.stream(times).flatMapToLong(Arrays::stream).max().orElseThrow();
  }

  /** Users who engaged with anything. */
  int people() {
    return (int) Arrays.stream(byUser).filter(history -> history.length > 0).count();
  }

  /** How many users engaged with each item. */
  int[] popularity() {
    var popularity = new int[items];
    for (var history : byUser) {
      for (var item : history) {
        popularity[item]++;
      }
    }
    return popularity;
  }

  /**
   * What is learned from, and what is asked for afterwards.
   *
   * @param train what methods see
   * @param test what they are measured by
   * @param candidates items that are ranked, ascending
   * @param popularity of each item in the train part
   */
  record Split(Interactions train, Interactions test, int[] candidates, int[] popularity) {

    /** Everything is ranked. */
    Split(Interactions train, Interactions test) {
      this(train, test, IntStream.range(0, train.items()).toArray());
    }

    Split(Interactions train, Interactions test, int[] candidates) {
      this(train, test, candidates, train.popularity());
    }

    /** The candidates' scores; what is not to be ranked is infinitely low. */
    double[] among(double[] scores) {
      return among(scores, item -> true);
    }

    double[] among(double[] scores, IntPredicate isRanked) {
      var ranked = new double[scores.length];
      Arrays.fill(ranked, Double.NEGATIVE_INFINITY);
      for (int item : candidates) {
        if (isRanked.test(item)) {
          ranked[item] = scores[item];
        }
      }
      return ranked;
    }
  }

  /** Draws each pair for the test part with that probability, by a hash of the pair. */
  Split split(double share, long seed) {
    return new Split(
        where((user, item) -> draw(user, item, seed) >= share),
        where((user, item) -> draw(user, item, seed) < share));
  }

  /** Takes that share of each user's pairs as the test part, of fractions as many by chance. */
  Split splitOfEachUser(double share, long seed) {
    var tested = new int[users()][];
    for (int user = 0; user < tested.length; user++) {
      int number = user;
      double wanted = byUser[user].length * share + draw(user, -1, seed);
      tested[user] =
          Arrays.stream(byUser[user])
              .boxed()
              .sorted(
                  (one, other) ->
                      Double.compare(draw(number, one, seed), draw(number, other, seed)))
              .limit((long) wanted)
              .mapToInt(Integer::intValue)
              .sorted()
              .toArray();
    }
    return new Split(
        where((user, item) -> Arrays.binarySearch(tested[user], item) < 0),
        where((user, item) -> Arrays.binarySearch(tested[user], item) >= 0));
  }

  /** A pair is kept or not. */
  @FunctionalInterface
  private interface PairPredicate {
    boolean test(int user, int item);
  }

  private Interactions where(PairPredicate isKept) {
    return ordered(
        items,
        IntStream.range(0, users())
            .mapToObj(
                user -> {
                  IntPredicate mine = item -> isKept.test(user, item);
                  return Arrays.stream(byTime[user]).filter(mine).toArray();
                })
            .toArray(int[][]::new));
  }

  private double draw(int user, int item, long seed) {
    return new SplittableRandom(seed ^ ((long) user * items + item) * 0x9E3779B97F4A7C15L)
        .nextDouble();
  }
}
