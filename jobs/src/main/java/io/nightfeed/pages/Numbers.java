package io.nightfeed.pages;

import java.util.Locale;

/** How figures are written for people. */
public final class Numbers {
  /**
   * Doubles are summed as whole millionths: integer sums do not depend on the order of the rows.
   */
  public static final double MILLIONTHS = 1e6;

  private Numbers() {}

  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A share of a whole in percent; a dash when the whole is nothing. */
  public static String percent(long part, long whole) {
    return whole == 0 ? "–" : percent((double) part / whole);
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Four significant digits; a dash for what could not be computed. */
  public static String figure(Double value) {
    if (value == null || value.isNaN()) {
      return "–";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return count(value.longValue());
    }
    var size = Math.abs(value);
    if (size < 1e-4 || size >= 1e9) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    var decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%,." + Math.min(decimals, 7) + "f", value);
  }

  /** Four decimals, so that figures of a column stand in line; a dash for what is not finite. */
  public static String decimals(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.4f", value) : "–";
  }

  public static String signed(double value) {
    return String.format(Locale.ROOT, "%+.2f", value);
  }

  public static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%,.1f", seconds);
  }

  /** The mean of values that were summed as whole millionths; null without values. */
  public static Double mean(long sumOfMillionths, long count) {
    return count == 0 ? null : sumOfMillionths / MILLIONTHS / count;
  }
}
