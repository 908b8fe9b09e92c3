package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Measure.FullRanking;
import io.nightfeed.evaluate.Measure.SampledRanking;
import io.nightfeed.evaluate.Measure.WindowRanking;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasureTest {
  private static final int ITEMS = 6;

  /** User 0 met item 0 and is to find 1 and 5; user 1 met 1 and 2 and is to find 3. */
  private static Split split(int... candidates) {
    var train = new Interactions(ITEMS, new int[][] {{0}, {1, 2}, {}});
    var test = new Interactions(ITEMS, new int[][] {{1, 5}, {3}, {4}});
    return candidates.length == 0 ? new Split(train, test) : new Split(train, test, candidates);
  }

  private static double figure(Measure measure, String name, double[] scores, int user, Split at) {
    return measure.of(scores, user, at)[measure.names().indexOf(name)];
  }

  @Test
  void fullRanking_leavesOutWhatWasMet() {
    var measure = new FullRanking(List.of(1, 2));
    // Without item 0, which was met: 5, 1, …
    double[] scores = {9, 4, 1, 2, 3, 8};
    assertThat(figure(measure, "recall1", scores, 0, split())).isEqualTo(0.5);
    assertThat(figure(measure, "recall2", scores, 0, split())).isEqualTo(1);
    assertThat(figure(measure, "ndcg2", scores, 0, split())).isEqualTo(1);
    // Of items 2, 3 and 4, one outscores nothing of 1 and 5: six pairs in order.
    assertThat(figure(measure, "auc", scores, 0, split())).isEqualTo(1);
    assertThat(figure(measure, "auc", new double[] {0, 4, 5, 2, 4, 8}, 0, split()))
        .as("4.5 of six")
        .isEqualTo(0.75);
    assertThat(measure.weight(0, split())).isEqualTo(1);
  }

  @Test
  void windowRanking_ranksCandidatesAndAmongThemTheUnseen() {
    var measure = new WindowRanking(List.of(1));
    double[] scores = {0, 5, 9, 8, 7, 6};
    var window = split(1, 4, 5);
    // 4 is first of the candidates, 2 and 3 are none; 1 was met by somebody.
    assertThat(figure(measure, "recall1", scores, 0, window)).isZero();
    assertThat(figure(measure, "unseen.recall1", new double[] {0, 9, 0, 0, 1, 2}, 0, window))
        .isEqualTo(1);
    assertThat(figure(measure, "seen.recall1", scores, 0, window)).as("1 alone").isEqualTo(1);
    assertThat(measure.weight(2, window)).as("a user without a history").isZero();
    assertThat(measure.printed()).contains("ndcg1", "unseen.mrr1").doesNotContain("auc");
  }

  @Test
  void windowRanking_hasNoFigureOfUnseenItemsForWhoFindsNone() {
    var train = new Interactions(2, new int[][] {{0}, {1}});
    var test = new Interactions(2, new int[][] {{1}, {}});
    var measure = new WindowRanking(List.of(1));
    var window = new Split(train, test, new int[] {1});
    assertThat(figure(measure, "unseen.ndcg1", new double[] {0, 1}, 0, window)).isNaN();
    assertThat(figure(measure, "ndcg1", new double[] {0, 1}, 0, window)).isEqualTo(1);
  }

  @Test
  void sampledRanking_countsPlacesAmongTheNeverMet() {
    int items = 400;
    var train = new Interactions(items, new int[][] {{0}});
    var test = new Interactions(items, new int[][] {{1, 2}});
    var measure = new SampledRanking(List.of(5, 10), 100);
    var split = new Split(train, test);
    var scores = IntStream.range(0, items).mapToDouble(item -> -item).toArray();
    assertThat(measure.of(scores, 0, split)).containsExactly(1, 1, 1);
    scores[2] = -items;
    assertThat(measure.of(scores, 0, split)).containsExactly(0.5, 0.5, 0.5);
    // Nothing is told apart: half of a hundred before each.
    assertThat(measure.of(new double[items], 0, split)).containsExactly(0, 0, 0.5);
    assertThat(measure.weight(0, split)).isEqualTo(2);
  }

  @Test
  void weightedInterval_isOfWeightedMeans() {
    var one = PairedBootstrap.of(new double[] {1, 0}, new double[] {3, 1});
    assertThat(one.mean()).isCloseTo(0.75, within(1e-12));
    assertThat(one.low()).isZero();
    assertThat(one.high()).isEqualTo(1);
  }
}
