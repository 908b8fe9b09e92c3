package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Protocol.Items;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ListMetricsTest {
  private static final double CLOSE = 1e-12;

  /** Of 8 people, 4 met item 0, 1 met item 1, nobody item 2: 1, 3 and 3 bits. */
  @Test
  void novelty_isMeanBits_andTheUnmetAreAsIfMetByOne() {
    var popularity = new int[] {4, 1, 0};
    assertThat(ListMetrics.novelty(new int[] {0, 1}, popularity, 8)).isCloseTo(2, within(CLOSE));
    assertThat(ListMetrics.novelty(new int[] {2}, popularity, 8)).isCloseTo(3, within(CLOSE));
    assertThat(ListMetrics.novelty(new int[] {}, popularity, 8)).isNaN();
  }

  /** Cosines of the pairs are 0, 3/5 and 4/5, whatever the lengths; item 3 has no content. */
  @Test
  void diversity_isOneLessTheMeanCosine() {
    float[][] content = {{2, 0}, {0, 7}, {3, 4}, {0, 0}};
    assertThat(ListMetrics.diversity(new int[] {0, 1, 2, 3}, content))
        .isCloseTo(1 - 1.4 / 3, within(CLOSE));
    assertThat(ListMetrics.diversity(new int[] {0, 0}, content)).isCloseTo(0, within(CLOSE));
    assertThat(ListMetrics.diversity(new int[] {0, 3}, content)).as("one item").isNaN();
  }

  /** History: 3/4 of category 0, 1/4 of 1. A list of category 0 alone: by hand. */
  @Test
  void miscalibration_isTheDivergenceFromTheHistory() {
    int[][] categories = {{0}, {0, 1}, {1}, {}};
    var history = new int[] {0, 1};
    double expected =
        0.75 * Math.log(0.75 / (0.99 + 0.01 * 0.75)) + 0.25 * Math.log(0.25 / (0.01 * 0.25));
    assertThat(ListMetrics.miscalibration(history, new int[] {0, 3}, categories))
        .isCloseTo(expected, within(CLOSE));
    assertThat(ListMetrics.miscalibration(history, new int[] {0, 1}, categories))
        .as("the same shares")
        .isCloseTo(0, within(CLOSE));
    assertThat(ListMetrics.miscalibration(history, new int[] {3}, categories)).isNaN();
    assertThat(ListMetrics.miscalibration(new int[] {}, new int[] {0}, categories)).isNaN();
  }

  @Test
  void giniAndCoverage_ofEqualAndOfOneSidedExposure() {
    assertThat(ListMetrics.gini(new int[] {3, 3, 3, 3})).isCloseTo(0, within(CLOSE));
    assertThat(ListMetrics.gini(new int[] {0, 9, 0, 0})).isCloseTo(0.75, within(CLOSE));
    // Half the mean absolute difference of all nine ordered pairs, over the mean: 8/9 / 2 / 1.
    assertThat(ListMetrics.gini(new int[] {0, 2, 1})).isCloseTo(4 / 9.0, within(CLOSE));
    assertThat(ListMetrics.coverage(new int[] {0, 9, 0, 1})).isEqualTo(0.5);
  }

  /** The area that is counted pair by pair. */
  @Property(tries = 200)
  void area_isTheShareOfPairsInOrder(
      @ForAll @Size(min = 5, max = 12) int[] scores, @ForAll long seed) {
    var values = new double[scores.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.floorMod(scores[i], 4);
    }
    var random = new Random(seed);
    int met = random.nextInt(scores.length - 3);
    int[] relevant = {met + 1, met + 2};
    values[met + 3] = random.nextBoolean() ? Double.NEGATIVE_INFINITY : 1;
    double sum = 0;
    int pairs = 0;
    for (int item = 0; item < values.length; item++) {
      if (item != met
          && item != met + 1
          && item != met + 2
          && values[item] > Double.NEGATIVE_INFINITY) {
        for (int one : relevant) {
          pairs++;
          sum += values[one] > values[item] ? 1 : values[one] == values[item] ? 0.5 : 0;
        }
      }
    }
    double area = RankingMetrics.area(values, new int[] {met}, relevant);
    if (pairs == 0) {
      assertThat(area).isNaN();
    } else {
      assertThat(area).isCloseTo(sum / pairs, within(CLOSE));
    }
  }

  /** Users 0 and 1 of four; lists of one of the items 1 to 3, as 0 is no candidate. */
  @Test
  void listFigures_areOfAllListsTogether() {
    var train = new Interactions(4, new int[][] {{0}, {0}, {0, 1}, {}});
    var split = new Split(train, train, new int[] {1, 2, 3});
    var lists = new ListFigures(4, Items.of(new float[0][]), 1);
    var ofSplit = lists.of(split);
    ofSplit.add(0, new double[] {9, 3, 2, 1});
    ofSplit.add(1, new double[] {9, 1, 3, 2});
    ofSplit.end();

    var figures = lists.figures();

    assertThat(figures.get(ListFigures.COVERAGE)).isCloseTo(2 / 3.0, within(CLOSE));
    assertThat(figures.get(ListFigures.GINI)).isCloseTo(1 / 3.0, within(CLOSE));
    // Three people: item 1 was met by one, item 2 by none.
    assertThat(figures.get(ListFigures.NOVELTY))
        .isCloseTo(Math.log(3) / Math.log(2), within(CLOSE));
    // Listed items were met by (1 + 0)/2 on average, histories by 3.
    assertThat(figures.get(ListFigures.POPULARITY_LIFT)).isCloseTo(0.5 / 3 - 1, within(CLOSE));
    assertThat(figures)
        .as("neither content nor categories")
        .doesNotContainKeys(ListFigures.DIVERSITY, ListFigures.MISCALIBRATION);
  }
}
