package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitLeastSquaresTest {
  private static final int RANK = 5;
  private static final int VECTORS = 30;
  private static final double UNOBSERVED = 0.3;
  private static final double RIDGE = 0.7;

  private static FactorMatrix vectors() {
    var random = new SplittableRandom(3);
    var vectors = FactorMatrix.zeros(VECTORS, RANK);
    for (int i = 0; i < vectors.values().length; i++) {
      vectors.values()[i] = (float) random.nextDouble(-1, 1);
    }
    return vectors;
  }

  /** Σ_S (1 - w·v)² + α Σ (w·v)² + λ|w - m|², solved as it stands. */
  private static double[] byDefinition(FactorMatrix vectors, int engaged, double[] prior) {
    var system = new NormalEquations(RANK);
    var v = new double[RANK];
    for (int i = 0; i < VECTORS; i++) {
      vectors.copyRow(i, v);
      system.add(v, UNOBSERVED, 0);
      if (i < engaged) {
        system.add(v, 1, 1);
      }
    }
    system.addPrior(RIDGE, prior);
    return system.solve();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, RANK - 1, RANK, 12})
  void fewAndManyEngagements_areSolvedAsTheDefinitionSays(int engaged) {
    var vectors = vectors();
    var gramian = new NormalEquations(RANK);
    var v = new double[RANK];
    for (int i = 0; i < VECTORS; i++) {
      vectors.copyRow(i, v);
      gramian.add(v, 1, 0);
    }
    var side = ImplicitLeastSquares.of(gramian, UNOBSERVED);
    var prior = FactorMatrix.zeros(1, RANK);
    for (int j = 0; j < RANK; j++) {
      prior.set(0, j, 0.1 * j - 0.2);
    }
    var rotatedPrior = new double[RANK];
    side.rotated(prior).copyRow(0, rotatedPrior);
    var rotated = side.rotated(vectors);
    var mine = new double[engaged * RANK];
    for (int i = 0; i < engaged; i++) {
      rotated.copyRow(i, mine, i * RANK);
    }
    var plainPrior = new double[RANK];
    prior.copyRow(0, plainPrior);

    assertThat(side.restored(side.solve(mine, engaged, RIDGE, rotatedPrior)))
        .containsExactly(byDefinition(vectors, engaged, plainPrior), within(1e-5));
  }
}
