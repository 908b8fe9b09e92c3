package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankingMetricsTest {
  private static RankingMetrics of(int relevant, int... list) {
    return RankingMetrics.of(list, 4, item -> item < 10, relevant);
  }

  /** By hand: relevant at ranks 1 and 3 of 4 places, three relevant items in all. */
  @Test
  void metrics_areThoseOfTheirDefinitions() {
    var metrics = of(3, 1, 11, 2, 12);

    double ideal = 1 + 1 / (Math.log(3) / Math.log(2)) + 1 / 2.0;
    assertThat(metrics.ndcg()).isCloseTo((1 + 1 / 2.0) / ideal, within(1e-12));
    assertThat(metrics.recall()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(metrics.precision()).isEqualTo(0.5);
    assertThat(metrics.averagePrecision()).isCloseTo((1 + 2 / 3.0) / 3, within(1e-12));
    assertThat(metrics.reciprocalRank()).isEqualTo(1);
  }

  /** More relevant items than places: a list of relevant items alone is ideal. */
  @Test
  void ideal_isAsLongAsTheList() {
    assertThat(of(9, 1, 2, 3, 4).ndcg()).isCloseTo(1, within(1e-12));
    assertThat(of(9, 1, 2, 3, 4).averagePrecision()).isCloseTo(1, within(1e-12));
    assertThat(of(9, 1, 2, 3, 4).recall()).isCloseTo(4 / 9.0, within(1e-12));
  }

  @Test
  void listWithoutHits_isWorthNothing() {
    var metrics = of(2, 20, 21, 5, 22);
    assertThat(metrics.reciprocalRank()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(of(2, 20, 21)).isEqualTo(new RankingMetrics(0, 0, 0, 0, 0));
  }

  @Test
  void best_leavesOutWhatWasMetAndBreaksTiesByNumber() {
    double[] scores = {3, 9, 5, 5, 7, 5};
    assertThat(RankingMetrics.best(scores, new int[] {1}, 3)).containsExactly(4, 2, 3);
    assertThat(RankingMetrics.best(scores, new int[] {0, 1, 2, 3}, 9)).containsExactly(4, 5);
    assertThat(RankingMetrics.best(scores, new int[] {}, 2)).containsExactly(1, 4);
  }
}
