package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalEquationsTest {
  /** A = [[5, 2], [2, 3]], b = (9, 8). */
  private static NormalEquations system() {
    var system = new NormalEquations(2);
    system.add(new double[] {2, 1}, 1, 1);
    system.add(new double[] {1, 0}, 1, 7);
    system.add(new double[] {0, 1}, 2, 7);
    return system;
  }

  @Test
  void solution_satisfiesTheSystem() {
    var x = system().solve();

    assertThat(5 * x[0] + 2 * x[1]).isCloseTo(9, within(1e-12));
    assertThat(2 * x[0] + 3 * x[1]).isCloseTo(8, within(1e-12));
  }

  @Test
  void inverse_timesRightSideIsTheSolution() {
    var unit = system().inverse();
    var first = new NormalEquations(2);
    first.add(1, unit);

    // The inverse of [[5, 2], [2, 3]] is [[3, -2], [-2, 5]] / 11.
    assertThat(first.leadingWithNextColumn(1).rightSide()[0]).isCloseTo(2 / 11.0, within(1e-12));
    assertThat(unit.meanDiagonal()).isCloseTo(8 / 22.0, within(1e-12));
  }

  @Test
  void quadraticForm_takesTheVectorFromItsPlace() {
    assertThat(system().quadraticForm(new double[] {9, 2, -3}, 1))
        .isCloseTo(5 * 4 + 2 * 2 * -6 + 3 * 9, within(1e-12));
    assertThat(system().diagonal(1)).isCloseTo(3, within(1e-12));
  }

  @Test
  void eigenpairs_areSortedAndReproduceTheMatrix() {
    var pairs = system().leadingEigenpairs(2);

    assertThat(pairs.values()[0]).isCloseTo(4 + Math.sqrt(5), within(1e-12));
    assertThat(pairs.values()[1]).isCloseTo(4 - Math.sqrt(5), within(1e-12));
    double x = pairs.vectors()[0];
    double y = pairs.vectors()[1];
    assertThat(5 * x + 2 * y).isCloseTo(pairs.values()[0] * x, within(1e-12));
  }

  @Test
  void singularSystem_isRefusedWithAdvice() {
    assertThatThrownBy(() -> new NormalEquations(2).solve())
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("not positive definite")
        .hasMessageContaining("raise");
  }
}
