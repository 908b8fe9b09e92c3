package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The mean of differences and its 95 % interval over resampled users (Efron 1979, percentiles).
 *
 * @param low 2.5 % of the resampled means are below
 * @param high 2.5 % of the resampled means are above
 */
record PairedBootstrap(double mean, double low, double high) {
  private static final int DRAWS = 2000;
  private static final long SEED = 20250608;

  /**
   * @param differences one method's figure less the other's, user by user
   */
  static PairedBootstrap of(double[] differences) {
    var random = new SplittableRandom(SEED);
    var means = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int i = 0; i < differences.length; i++) {
        means[draw] += differences[random.nextInt(differences.length)] / differences.length;
      }
    }
    Arrays.sort(means);
    return new PairedBootstrap(
        Arrays.stream(differences).average().orElse(0),
        means[(int) (0.025 * DRAWS)],
        means[(int) (0.975 * DRAWS) - 1]);
  }
}
