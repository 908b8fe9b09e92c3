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

  private static ImplicitLeastSquares side(FactorMatrix vectors) {
    var gramian = new NormalEquations(RANK);
    var v = new double[RANK];
    for (int i = 0; i < VECTORS; i++) {
      vectors.copyRow(i, v);
      gramian.add(v, 1, 0);
    }
    return ImplicitLeastSquares.of(gramian, UNOBSERVED);
  }

  /** The first vectors, rotated. */
  private static double[] engaged(ImplicitLeastSquares side, FactorMatrix vectors, int count) {
    var rotated = side.rotated(vectors);
    var engaged = new double[count * RANK];
    for (int i = 0; i < count; i++) {
      rotated.copyRow(i, engaged, i * RANK);
    }
    return engaged;
  }

  private static double[] byDefinition(FactorMatrix vectors, int engaged, double[] prior) {
    return byDefinition(vectors, engaged, prior, -1);
  }

  /**
   * Σ_S (1 - w·v)² + α Σ (w·v)² + λ|w - m|², solved as it stands.
   *
   * @param without an engagement that is not known
   */
  private static double[] byDefinition(
      FactorMatrix vectors, int engaged, double[] prior, int without) {
    var system = new NormalEquations(RANK);
    var v = new double[RANK];
    for (int i = 0; i < VECTORS; i++) {
      vectors.copyRow(i, v);
      system.add(v, UNOBSERVED, 0);
      if (i < engaged && i != without) {
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
    var side = side(vectors);
    var prior = FactorMatrix.zeros(1, RANK);
    for (int j = 0; j < RANK; j++) {
      prior.set(0, j, 0.1 * j - 0.2);
    }
    var rotatedPrior = new double[RANK];
    side.rotated(prior).copyRow(0, rotatedPrior);
    var mine = engaged(side, vectors, engaged);
    var plainPrior = new double[RANK];
    prior.copyRow(0, plainPrior);

    assertThat(side.restored(side.solve(mine, engaged, RIDGE, rotatedPrior)))
        .containsExactly(byDefinition(vectors, engaged, plainPrior), within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, RANK - 1, RANK, 12})
  void leverage_tellsWhatWouldBeFittedWithoutTheEngagement(int engaged) {
    var vectors = vectors();
    var side = side(vectors);
    var leverages = side.leverages(engaged(side, vectors, engaged), engaged, RIDGE);
    var nothing = new double[RANK];
    for (int i = 0; i < engaged; i++) {
      double fitted = vectors.dot(i, byDefinition(vectors, engaged, nothing));
      double without = vectors.dot(i, byDefinition(vectors, engaged, nothing, i));
      assertThat((fitted - leverages[i]) / (1 - leverages[i])).isCloseTo(without, within(1e-5));
    }
  }
}
