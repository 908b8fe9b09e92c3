package io.nightfeed.recommend;

/** Exact products of a user's vector with those of some items. */
final class RowProducts {
  /** Numbers in a line of a processor's cache. */
  private static final int LINE = 16;

  /** Nobody asks, but what is not kept is not fetched. */
  private float lastFetched;

  /**
   * Products of the user's vector with some items', in doubles and in index order: the same numbers
   * on every machine. Four at a time, for a processor waits for memory, and for each sum before the
   * next.
   *
   * @param which the first {@code number} are taken
   * @param products where they go
   */
  void of(float[] user, VectorBlock items, int[] which, int number, double[] products) {
    var values = items.values();
    // They lie far apart: all are fetched before the first is waited for.
    float fetched = 0;
    for (int i = 0; i < number; i++) {
      for (int k = 0; k < user.length; k += LINE) {
        fetched += values[which[i] * user.length + k];
      }
    }
    lastFetched = fetched;
    for (int i = 0; i < number; i += 4) {
      int second = Math.min(i + 1, number - 1);
      int third = Math.min(i + 2, number - 1);
      int fourth = Math.min(i + 3, number - 1);
      int at = which[i] * user.length;
      int atSecond = which[second] * user.length;
      int atThird = which[third] * user.length;
      int atFourth = which[fourth] * user.length;
      double sum = 0;
      double sumOfSecond = 0;
      double sumOfThird = 0;
      double sumOfFourth = 0;
      for (int k = 0; k < user.length; k++) {
        double weight = user[k];
        sum += weight * values[at + k];
        sumOfSecond += weight * values[atSecond + k];
        sumOfThird += weight * values[atThird + k];
        sumOfFourth += weight * values[atFourth + k];
      }
      products[i] = sum;
      products[second] = sumOfSecond;
      products[third] = sumOfThird;
      products[fourth] = sumOfFourth;
    }
  }
}
