package io.nightfeed.pages;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * A numeric axis whose ends and ticks are round numbers: 1, 2 or 5 times a power of ten apart.
 *
 * @param first the lower end, in steps
 * @param last the upper end, in steps
 * @param step from one tick to the next
 */
record Axis(long first, long last, double step) {
  private static final int MOST_STEPS = 6;

  /** The shortest round axis that holds all values; those that are not finite are left out. */
  static Axis around(double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) {
      return new Axis(0, 1, 1);
    }
    double span = Math.max(high - low, Math.max(1e-6, 1e-6 * Math.abs(high)));
    double step = roundStep(span / MOST_STEPS);
    long first = (long) Math.floor(low / step);
    return new Axis(first, Math.max(first + 1, (long) Math.ceil(high / step)), step);
  }

  private static double roundStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  List<Double> ticks() {
    return LongStream.rangeClosed(first, last).mapToObj(i -> i * step).toList();
  }

  /** Where a value lies between the ends, 0 to 1. */
  double share(double value) {
    return (value / step - first) / (last - first);
  }

  /** A tick with as many decimals as the step has. */
  String label(double tick) {
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", tick == 0 ? 0.0 : tick);
  }
}
