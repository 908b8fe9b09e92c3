package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Implicit feedback: who engaged with what, by numbers, each pair once.
 *
 * @param items how many there are, engaged with or not
 * @param byUser for each user the items, ascending
 */
record Interactions(int items, int[][] byUser) {

  int users() {
    return byUser.length;
  }

  boolean has(int user, int item) {
    return Arrays.binarySearch(byUser[user], item) >= 0;
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
   * Some pairs of each user to learn from, and the others to choose settings by.
   *
   * @param train what is left
   * @param held what was taken out
   */
  record Split(Interactions train, Interactions held) {}

  /** Draws each pair for the held part with that probability, by a hash of the pair. */
  Split held(double share, long seed) {
    return new Split(drawn(share, seed, false), drawn(share, seed, true));
  }

  private Interactions drawn(double share, long seed, boolean isHeld) {
    return new Interactions(
        items,
        IntStream.range(0, users())
            .mapToObj(
                user ->
                    Arrays.stream(byUser[user])
                        .filter(item -> draw(user, item, seed) < share == isHeld)
                        .toArray())
            .toArray(int[][]::new));
  }

  private double draw(int user, int item, long seed) {
    return new SplittableRandom(seed ^ ((long) user * items + item) * 0x9E3779B97F4A7C15L)
        .nextDouble();
  }
}
