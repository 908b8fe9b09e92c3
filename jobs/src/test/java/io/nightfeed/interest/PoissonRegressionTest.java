package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class PoissonRegressionTest {
  private static double[] fit(
      double[] features, double[] counts, double[] exposures, double precision) {
    var start = new double[features.length / counts.length];
    return new PoissonRegression(features, counts, exposures, start.clone(), precision)
        .fit(start, PoissonRegression.MAX_STEPS);
  }

  @Test
  void interceptAlone_isTheLogRate() {
    var rate = fit(new double[] {1, 1, 1}, new double[] {2, 0, 4}, new double[] {1, 2, 3}, 1e-9);

    assertThat(rate[0]).isCloseTo(Math.log(6.0 / 6.0), within(1e-6));
  }

  @Test
  void covariance_isTheInverseOfPriorPlusExpectedCounts() {
    var covariance =
        new PoissonRegression(
                new double[] {1, 1}, new double[] {2, 0}, new double[] {1, 2}, new double[1], 0.5)
            .covariance(new double[] {Math.log(3)});

    assertThat(covariance.diagonal(0)).isCloseTo(1 / (0.5 + 3 * 1 + 3 * 2), within(1e-12));
  }

  @Property(tries = 200)
  void mode_hasZeroGradient(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.1, max = 10) double precision) {
    var random = new Random(seed);
    var counts = random.doubles(4, 0, 100).toArray();
    var features = random.doubles(8, -3, 3).toArray();
    var exposures = new double[] {1, 2, 3, 4};
    var weights = fit(features, counts, exposures, precision);

    for (int j = 0; j < 2; j++) {
      double gradient = -precision * weights[j];
      double scale = 1;
      for (int i = 0; i < 4; i++) {
        double expected =
            exposures[i]
                * Math.exp(features[2 * i] * weights[0] + features[2 * i + 1] * weights[1]);
        gradient += (counts[i] - expected) * features[2 * i + j];
        scale += (counts[i] + expected) * Math.abs(features[2 * i + j]);
      }
      assertThat(gradient).isCloseTo(0, within(1e-5 * scale));
    }
  }

  @Test
  void hugeCounts_neitherOverflowNorHang() {
    var weights = fit(new double[] {1, 50}, new double[] {1e12, 0}, new double[] {1e-3, 1e6}, 1e-3);

    assertThat(weights[0]).isFinite();
  }

  @Test
  void noCounts_shrinkTowardsThePriorAsFarAsItHolds() {
    var strong = fit(new double[] {1}, new double[] {0}, new double[] {1}, 1e6);
    var weak = fit(new double[] {1}, new double[] {0}, new double[] {1}, 0.1);

    assertThat(strong[0]).isCloseTo(0, within(1e-5));
    assertThat(weak[0]).isLessThan(-0.5);
  }
}
