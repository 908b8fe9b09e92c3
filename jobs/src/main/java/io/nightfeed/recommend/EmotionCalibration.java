package io.nightfeed.recommend;

/**
 * How far a list's mix of emotions is from that of the reader's history (Steck 2018, "Calibrated
 * recommendations", eq. 5 to 7): the Kullback-Leibler divergence
 *
 * <pre>
 *   C(p, q) = sum over emotions of p log(p / q'),   q' = (1 - a) q + a p,   a = 0.01
 * </pre>
 *
 * of the history's mean distribution p and the list's, q; 0 where both are the same.
 */
final class EmotionCalibration {
  private static final double SMOOTHING = 0.01;

  private final double[] history;
  private final double[] sum;
  private int posts;

  /**
   * @param tone mean probabilities of the emotions in the history; what stands behind them is left
   *     out
   */
  EmotionCalibration(double[] tone) {
    history = new double[PostFacts.EMOTIONS];
    sum = new double[PostFacts.EMOTIONS];
    double total = 0;
    for (int emotion = 0; emotion < history.length; emotion++) {
      total += tone[emotion];
    }
    for (int emotion = 0; emotion < history.length; emotion++) {
      history[emotion] = tone[emotion] / total;
    }
  }

  /** The list has a post more. */
  void add(double[] emotions) {
    posts++;
    for (int emotion = 0; emotion < sum.length; emotion++) {
      sum[emotion] += emotions[emotion];
    }
  }

  /** The divergence that the list would have with one post more. */
  double divergenceWith(double[] emotions) {
    double divergence = 0;
    for (int emotion = 0; emotion < sum.length; emotion++) {
      double expected = history[emotion];
      if (expected > 0) {
        double found = (sum[emotion] + emotions[emotion]) / (posts + 1);
        double smoothed = (1 - SMOOTHING) * found + SMOOTHING * expected;
        divergence += expected * StrictMath.log(expected / smoothed);
      }
    }
    return divergence;
  }
}
