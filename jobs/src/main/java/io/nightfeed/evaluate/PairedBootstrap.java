package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The mean of differences and its 95 % interval over resampled users (Efron 1979, percentiles).
 *
 * @param low 2.5 % of the resampled means are below
 * @param high 2.5 % of the resampled means are above
 */
public record PairedBootstrap(double mean, double low, double high) {
  private static final int DRAWS = 2000;
  private static final long SEED = 20250608;

  /**
   * @param differences one method's figure less the other's, user by user
   */
  public static PairedBootstrap of(double[] differences) {
    var weights = new double[differences.length];
    Arrays.fill(weights, 1);
    return of(differences, weights);
  }

  /**
   * @param differences one method's figure less the other's, user by user
   * @param weights what each user counts for
   */
  static PairedBootstrap of(double[] differences, double[] weights) {
    var random = new SplittableRandom(SEED);
    var means = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      double weight = 0;
      for (int i = 0; i < differences.length; i++) {
        int user = random.nextInt(differences.length);
        sum += weights[user] * differences[user];
        weight += weights[user];
      }
      means[draw] = sum / weight;
    }
    Arrays.sort(means);
    double sum = 0;
    for (int i = 0; i < differences.length; i++) {
      sum += weights[i] * differences[i];
    }
    return new PairedBootstrap(
        sum / Arrays.stream(weights).sum(),
        means[(int) (0.025 * DRAWS)],
        means[(int) (0.975 * DRAWS) - 1]);
  }
}
