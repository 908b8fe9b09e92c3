package io.nightfeed.interest;

import io.nightfeed.config.Settings.EmotionForm;
import java.io.Serializable;

/** The estimator's numbers, as tasks need them; {@link InterestModelEstimator} documents each. */
record Hyperparameters(
    int rank,
    int iterations,
    EmotionForm emotionForm,
    double userRegularization,
    double itemRegularization,
    double headRegularization,
    double popularityRegularization,
    double unobservedWeight,
    double regularization,
    int contentComponents,
    double contentScale,
    double authorScale,
    boolean hasOffsets,
    int calibrationRounds,
    int sampledNegatives,
    int blocks,
    long seed)
    implements Serializable {

  Hyperparameters withIterations(int other) {
    return new Hyperparameters(
        rank,
        other,
        emotionForm,
        userRegularization,
        itemRegularization,
        headRegularization,
        popularityRegularization,
        unobservedWeight,
        regularization,
        contentComponents,
        contentScale,
        authorScale,
        hasOffsets,
        calibrationRounds,
        sampledNegatives,
        blocks,
        seed);
  }
}
