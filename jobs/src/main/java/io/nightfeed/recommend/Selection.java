package io.nightfeed.recommend;

/** Finds the n-th greatest of some numbers, nearly. */
final class Selection {
  /** Of halved bits of floats: a thousandth of what they stand for, or less. */
  private static final int NEARLY_EQUAL = 1 << 12;

  private Selection() {}

  /**
   * A number that so many of the values reach, and hardly more.
   *
   * @param values the first {@code length} count, {@code number} of them at least
   */
  static double reachedBy(int number, double[] values, int length) {
    // Integers of the same order: a processor compares many at once, where it does so with doubles
    // one by one. Halves, for differences must not overflow.
    var halves = new int[length];
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits((float) values[i]);
      halves[i] = (bits ^ (bits >> 31 & Integer.MAX_VALUE)) >> 1;
    }
    int reached = Integer.MAX_VALUE;
    int above = Integer.MIN_VALUE;
    for (int i = 0; i < length; i++) {
      reached = Math.min(reached, halves[i]);
      above = Math.max(above, halves[i]);
    }
    while (above - reached > NEARLY_EQUAL) {
      int middle = reached + (above - reached) / 2;
      int reaching = 0;
      for (int i = 0; i < length; i++) {
        reaching += middle - 1 - halves[i] >>> 31;
      }
      if (reaching >= number) {
        reached = middle;
      } else {
        above = middle;
      }
    }
    int bits = 2 * reached;
    return Math.nextDown(Float.intBitsToFloat(bits ^ (bits >> 31 & Integer.MAX_VALUE)));
  }
}
