package io.nightfeed.interest;

import static io.nightfeed.interest.Intensities.EMOTIONS;

import io.nightfeed.config.Settings.EmotionForm;
import java.io.Serializable;
import java.util.List;

/** What one round of the calibration sums up over users for the parameters that they share. */
final class CalibrationSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int popularity;
  private final NormalEquations emotionSystem;
  private final double[] popularityGradient;
  private final double[] popularityCurvature;
  private final double[] userWeights;
  private double tasteGradient;
  private double tasteCurvature;
  private long users;
  private double logLikelihood;
  private double engagement;
  private double impressions;
  private double engagementLogExposure;
  private double behaviourEngagement;
  private double populationExpected;

  CalibrationSums(SharedIntensities shared, EmotionForm form) {
    var items = shared.items();
    popularity = items.columns() - 2;
    emotionSystem = new NormalEquations(IntensityCalibration.emotionColumns(items.columns(), form));
    popularityGradient = new double[items.rows()];
    popularityCurvature = new double[items.rows()];
    userWeights = new double[shared.population().length];
  }

  static CalibrationSums of(
      List<FittedUser> block,
      SharedIntensities shared,
      float[][] contentEmotions,
      EmotionForm form) {
    var sums = new CalibrationSums(shared, form);
    for (var user : block) {
      sums.add(user, shared, contentEmotions);
    }
    return sums;
  }

  private void add(FittedUser user, SharedIntensities shared, float[][] contentEmotions) {
    users++;
    addTo(userWeights, user.weights());
    var history = user.history();
    var features = new double[emotionSystem.size()];
    boolean isForetelling = user.taste() != null && user.taste().isForetelling();
    for (int row = 0; row < history.size(); row++) {
      int item = history.items()[row];
      double y = history.engagement()[row];
      double exposure = history.exposure()[row];
      double f = user.behaviour(shared, row);
      double g = shared.emotionAt(history, row, contentEmotions);
      double expected = user.expected()[row];
      double behaviourResidual = y * f / (f + g) - expected;
      double emotionResidual = y * g / (f + g) - exposure * g;
      emotionFeatures(shared.items(), item, history.states()[row], contentEmotions, features);
      // Information of the observed data.
      emotionSystem.add(features, exposure * g * g / (f + g), emotionResidual);
      if (user.taste() == null) {
        double behaviourSlope = user.weights()[popularity];
        double emotionSlope = shared.emotion().appeal()[popularity];
        popularityGradient[item] +=
            behaviourSlope * behaviourResidual + emotionSlope * emotionResidual;
        popularityCurvature[item] +=
            expected * behaviourSlope * behaviourSlope + exposure * g * emotionSlope * emotionSlope;
      } else if (isForetelling) {
        double score = user.taste().scores()[row];
        tasteGradient += score * behaviourResidual;
        tasteCurvature += score * score * expected;
      }
      engagement += y;
      impressions += exposure;
      engagementLogExposure += y * Math.log(exposure);
      behaviourEngagement += y * f / (f + g);
      populationExpected += exposure * shared.populationBehaviour(item);
      double mean = expected + exposure * g;
      logLikelihood += y * Math.log(mean) - mean;
    }
  }

  /** [item vector, e] and, in the interaction form, e ⊗ a_c. */
  private static void emotionFeatures(
      FactorMatrix items, int item, float[] state, float[][] contentEmotions, double[] target) {
    items.copyRow(item, target);
    int at = items.columns();
    for (float e : state) {
      target[at++] = e;
    }
    if (at < target.length) {
      outerProduct(state, contentEmotions[item], target, at);
    }
  }

  /** Writes e ⊗ a by rows. */
  static void outerProduct(float[] state, float[] content, double[] target, int offset) {
    for (int row = 0; row < EMOTIONS; row++) {
      for (int column = 0; column < EMOTIONS; column++) {
        target[offset + row * EMOTIONS + column] = (double) state[row] * content[column];
      }
    }
  }

  void add(CalibrationSums other) {
    emotionSystem.add(other.emotionSystem);
    addTo(popularityGradient, other.popularityGradient);
    addTo(popularityCurvature, other.popularityCurvature);
    addTo(userWeights, other.userWeights);
    tasteGradient += other.tasteGradient;
    tasteCurvature += other.tasteCurvature;
    users += other.users;
    logLikelihood += other.logLikelihood;
    engagement += other.engagement;
    impressions += other.impressions;
    engagementLogExposure += other.engagementLogExposure;
    behaviourEngagement += other.behaviourEngagement;
    populationExpected += other.populationExpected;
  }

  private static void addTo(double[] sum, double[] other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  double[] meanWeights() {
    var mean = userWeights.clone();
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= users;
    }
    return mean;
  }

  /**
   * What the population's intercept lacks to expect, of everybody's rows, the engagements that
   * behaviour accounts for. A model without any has nothing to add.
   */
  double populationUncertainty() {
    return behaviourEngagement > 0 ? Math.log(behaviourEngagement / populationExpected) : 0;
  }

  /**
   * Of the emotion term: the observed data's information, and the gradient, which completed and
   * observed data share.
   */
  NormalEquations emotionSystem() {
    return emotionSystem;
  }

  /** Newton's, towards the likeliest slope of taste. */
  double tasteSlopeStep() {
    return tasteCurvature > 0 ? tasteGradient / tasteCurvature : 0;
  }

  double[] popularityGradient() {
    return popularityGradient;
  }

  double[] popularityCurvature() {
    return popularityCurvature;
  }

  /** Log-likelihood of Poisson(exposure · (E f + g)), without the terms of the data alone. */
  double logLikelihood() {
    return logLikelihood;
  }

  /** The same for the best single rate for everybody and everything. */
  double nullLogLikelihood() {
    return engagement * Math.log(engagement / impressions) + engagementLogExposure - engagement;
  }
}
