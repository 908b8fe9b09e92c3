package io.nightfeed.recommend;

/**
 * Vectors in eight bits a coordinate, and how far products of them may be off.
 *
 * <p>A coordinate is what it is above the candidates' mean, in their standard deviations, so that
 * one that all have in common, or that is large for all, costs the others no precision. With {@code
 * t} the user's vector for such coordinates {@code w}, and {@code t'}, {@code w'} what is left of
 * them in eight bits,
 *
 * <pre>
 *   |t·w - t'·w'| <= |t - t'| |w| + |t'| |w - w'|
 * </pre>
 *
 * A user's coordinates take seven bits: sums of two products then fit in 16 bits, as the
 * instructions of processors without dot products of bytes ask for.
 */
final class EightBitVectors {
  /** Stands for a user's 0: bytes of users are unsigned. */
  static final int USER_ZERO = 64;

  private static final int LARGEST_OF_USER = 63;
  private static final int LARGEST_OF_ITEM = 127;

  /** Above any rounding of sums of doubles, relative to the sum of what is added. */
  private static final double ROUNDING = 1e-12;

  /** An integer as a float, times a float: relative to the product, and more. */
  private static final double FLOAT_ROUNDING = 4 * Math.ulp(1f);

  private final int width;
  private final double[] mean;
  private final double[] deviation;
  private final double[] largest;
  private final VectorBlock vectors;

  EightBitVectors(VectorBlock vectors) {
    this.vectors = vectors;
    width = vectors.width();
    mean = new double[width];
    deviation = new double[width];
    largest = new double[width];
    for (int k = 0; k < width; k++) {
      double sum = 0;
      for (int i = 0; i < vectors.count(); i++) {
        sum += value(i, k);
        largest[k] = Math.max(largest[k], Math.abs(value(i, k)));
      }
      mean[k] = sum / vectors.count();
      double squares = 0;
      for (int i = 0; i < vectors.count(); i++) {
        squares += (value(i, k) - mean[k]) * (value(i, k) - mean[k]);
      }
      deviation[k] = squares > 0 ? Math.sqrt(squares / vectors.count()) : 1;
    }
  }

  /**
   * A candidate.
   *
   * @param bytes w' in steps
   * @param step w' is so many times its bytes
   * @param length |w|
   * @param lost |w - w'|
   */
  record Item(byte[] bytes, float step, double length, double lost) {}

  Item item(int index) {
    var exact = new double[width];
    double most = 0;
    for (int k = 0; k < width; k++) {
      exact[k] = (value(index, k) - mean[k]) / deviation[k];
      most = Math.max(most, Math.abs(exact[k]));
    }
    float step = (float) (most / LARGEST_OF_ITEM);
    var bytes = new byte[width];
    double length = 0;
    double lost = 0;
    for (int k = 0; k < width; k++) {
      bytes[k] = (byte) steps(exact[k], step, LARGEST_OF_ITEM);
      double left = exact[k] - (double) step * bytes[k];
      length += exact[k] * exact[k];
      lost += left * left;
    }
    return new Item(bytes, step, Math.sqrt(length), Math.sqrt(lost));
  }

  /**
   * A user.
   *
   * @param bytes t' in steps, {@value #USER_ZERO} above what they are
   * @param step t' is so many times its steps
   * @param shift the exponent is so much more than {@code t·w}
   * @param length |t'|
   * @param lost |t - t'|
   * @param rounding of everything in doubles
   */
  record User(
      byte[] bytes, double step, double shift, double length, double lost, double rounding) {

    double exponent(float product) {
      return shift + step * product;
    }

    /** A product that is reached where an exponent is, and hardly elsewhere. */
    float reached(double exponent) {
      double product = (exponent - shift) / step;
      float lower = (float) (product - FLOAT_ROUNDING * Math.abs(product)) - Float.MIN_NORMAL;
      // Not a number, where the step is 0, or the exponent infinite.
      return lower == lower ? lower : Float.NEGATIVE_INFINITY;
    }

    /**
     * Greatest error of {@code shift + step · product}.
     *
     * @param itemLength |w|, at most
     * @param itemLost |w - w'|, at most
     */
    double error(double itemLength, double itemLost) {
      return (lost + FLOAT_ROUNDING * length) * itemLength
          + (1 + FLOAT_ROUNDING) * length * itemLost
          + rounding;
    }
  }

  User user(float[] vector) {
    var exact = new double[width];
    double most = 0;
    double shift = 0;
    double rounding = 0;
    for (int k = 0; k < width; k++) {
      exact[k] = vector[k] * deviation[k];
      most = Math.max(most, Math.abs(exact[k]));
      shift += vector[k] * mean[k];
      rounding += ROUNDING * Math.abs(vector[k]) * largest[k];
    }
    double step = most / LARGEST_OF_USER;
    var bytes = new byte[width];
    double length = 0;
    double lost = 0;
    for (int k = 0; k < width; k++) {
      int steps = steps(exact[k], step, LARGEST_OF_USER);
      bytes[k] = (byte) (USER_ZERO + steps);
      length += step * steps * step * steps;
      lost += (exact[k] - step * steps) * (exact[k] - step * steps);
    }
    return new User(bytes, step, shift, Math.sqrt(length), Math.sqrt(lost), rounding);
  }

  private static int steps(double exact, double step, int largest) {
    return step > 0 ? (int) Math.max(-largest, Math.min(largest, Math.rint(exact / step))) : 0;
  }

  private double value(int item, int k) {
    return vectors.values()[item * width + k];
  }
}
