package io.nightfeed.recommend;

/**
 * Exponents and the intensities they stand for: {@code exp(x)}, x being held between -30 and 30.
 * Beyond, an intensity is no rate any more, and sums would overflow.
 */
final class Intensity {
  /** Relative to an intensity, and to an exponent of some size: far above any rounding. */
  static final double ROUNDING = 1e-12;

  private static final double LARGEST = 30;
  private static final double LOG2_E = 1 / Math.log(2);
  private static final int EXPONENT_BIAS = 1023;
  private static final double MANTISSAS = 1L << 52;

  private Intensity() {}

  /** Strict, so that every machine computes the same number. */
  static double of(double exponent) {
    return StrictMath.exp(limited(exponent));
  }

  /** The same but for {@link #ROUNDING}, and faster. */
  static double nearly(double exponent) {
    return Math.exp(limited(exponent));
  }

  /**
   * Not less than the intensity; for exponents of 4 or less at most 6.6% more. The fastest: {@code
   * (1 - x/n)^-n}, which approaches it from above, without a call or a branch.
   */
  static double atMost(double exponent) {
    double power = 1 - limited(exponent) * (1.0 / 128);
    power *= power;
    power *= power;
    power *= power;
    power *= power;
    power *= power;
    power *= power;
    power *= power;
    return (1 + ROUNDING) / power;
  }

  /**
   * Not more than the exponent of such an intensity. None where the exponent would be at the lower
   * end, where exponents no longer tell intensities apart, and where the intensity is no more than
   * 0, so that anything reaches it.
   */
  static double exponent(double intensity) {
    double exponent = Math.log(intensity) - 2 * ROUNDING;
    return exponent > -LARGEST ? exponent : Double.NEGATIVE_INFINITY;
  }

  private static double limited(double exponent) {
    return Math.max(-LARGEST, Math.min(LARGEST, exponent));
  }
}
