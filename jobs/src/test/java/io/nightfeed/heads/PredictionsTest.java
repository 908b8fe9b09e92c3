package io.nightfeed.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.heads.Predictions.Decisions;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsTest {
  private static final double EPSILON = 1e-9;

  private static Predictions predictions(double[][] probabilities, int... labels) {
    return new Predictions(
        probabilities, Predictions.oneHot(java.util.Arrays.stream(labels).boxed().toList(), 2));
  }

  @Test
  void macroF1_isTheMeanOfTheClassesF1() {
    var predictions = predictions(new double[4][2], 0, 0, 0, 1);
    var decided = Predictions.oneHot(List.of(0, 0, 1, 1), 2);
    // Class 0: precision 1, recall 2/3. Class 1: precision 1/2, recall 1.
    assertThat(predictions.macroF1(decided)).isCloseTo((0.8 + 2.0 / 3) / 2, within(EPSILON));
  }

  @Test
  void classThatNeverOccurs_countsAsZero() {
    var predictions = predictions(new double[2][2], 0, 0);
    assertThat(predictions.macroF1(Predictions.oneHot(List.of(0, 0), 2)))
        .isCloseTo(0.5, within(EPSILON));
  }

  @Test
  void interval_holdsTheFigureAndNarrowsWithTexts() {
    var few = interval(40);
    var many = interval(4000);
    assertThat(few.low()).isLessThan(0.75).isGreaterThan(0.4);
    assertThat(few.high()).isGreaterThan(0.75).isLessThan(1);
    assertThat(many.high() - many.low()).isLessThan((few.high() - few.low()) / 5);
  }

  /** Three of four texts right, in both classes. */
  private static Predictions.Interval interval(int texts) {
    var labels = new int[texts];
    var decided = new boolean[texts][2];
    for (int i = 0; i < texts; i++) {
      labels[i] = i % 2;
      decided[i][i % 8 < 2 ? 1 - labels[i] : labels[i]] = true;
    }
    return predictions(new double[texts][2], labels).macroF1Interval(decided);
  }

  @Test
  void logLoss_isSharedByATextsLabels() {
    var both = new Predictions(new double[][] {{0.25, 0.75}}, new boolean[][] {{true, true}});
    assertThat(both.logLoss()).isCloseTo(-(Math.log(0.25) + Math.log(0.75)) / 2, within(EPSILON));
  }

  @Test
  void rareClass_isChosenAtSmallerProbabilities() {
    var probabilities = new double[100][];
    var labels = new int[100];
    for (int i = 0; i < 100; i++) {
      labels[i] = i < 10 ? 1 : 0;
      probabilities[i] = i < 10 ? new double[] {0.7, 0.3} : new double[] {0.95, 0.05};
    }
    var dev = predictions(probabilities, labels);
    var decided = Decisions.choose(dev).decide(dev);
    assertThat(dev.macroF1(decided)).isEqualTo(1);
  }

  @Test
  void multiLabelTexts_canGetSeveralLabelsAndAlwaysGetOne() {
    var dev =
        new Predictions(
            new double[][] {{0.5, 0.5}, {0.9, 0.1}, {0.1, 0.9}, {0.5, 0.5}},
            new boolean[][] {{true, true}, {true, false}, {false, true}, {true, true}});
    var decisions = Decisions.choose(dev);
    assertThat(dev.isMultiLabel()).isTrue();
    assertThat(decisions.decide(dev)[0]).containsExactly(true, true);
    assertThat(decisions.decide(dev)[1]).containsExactly(true, false);
    var unsure = new Predictions(new double[][] {{0.01, 0.005}}, new boolean[][] {{true, false}});
    assertThat(decisions.decide(unsure)[0]).containsExactly(true, false);
  }

  @Test
  void temperature_isFoundOnOverconfidentScores() {
    var scores = new double[200][];
    var none = new double[200][2];
    var labels = new boolean[200][2];
    for (int i = 0; i < 200; i++) {
      // Right three times of four, but sure of it.
      scores[i] = new double[] {8, 0};
      labels[i][i % 4 == 0 ? 1 : 0] = true;
    }
    var blend = Blend.choose(scores, none, labels);
    var calibration = Calibration.of(blend.apply(scores, none, labels), "made up");
    assertThat(Calibration.of(Blend.predictions(scores, labels), "").expectedCalibrationError())
        .isGreaterThan(0.2);
    assertThat(calibration.expectedCalibrationError()).isLessThan(0.03);
    assertThat(calibration.groups()).hasSize(1);
    assertThat(calibration.groups().get(0).accuracy()).isEqualTo(0.75);
  }

  @Test
  void blend_trustsTheReaderThatKnows() {
    var knows = new double[100][];
    var guesses = new double[100][];
    var labels = new boolean[100][2];
    for (int i = 0; i < 100; i++) {
      labels[i][i % 2] = true;
      knows[i] = new double[] {i % 2 == 0 ? 2 : 0, i % 2 == 0 ? 0 : 2};
      guesses[i] = new double[] {i % 3, 0};
    }
    assertThat(Blend.choose(knows, guesses, labels).share()).isEqualTo(1);
    assertThat(Blend.choose(guesses, knows, labels).share()).isZero();
  }
}
