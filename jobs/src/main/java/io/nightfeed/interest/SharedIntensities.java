package io.nightfeed.interest;

import java.io.Serializable;

/**
 * What all users share, while {@link IntensityCalibration} fits it.
 *
 * @param items {@code [v_c, popularity, 1]} of every post; where taste was learned before {@code
 *     [a_c, 0, 1]} or {@code [0, 1]}, which the emotion term weighs
 * @param population mean of the users' weights
 * @param tasteSlope by what the exponent of behaviour grows with taste, where that was learned
 *     before
 * @param populationTaste mean of the users' tastes for every post; null where none was learned
 * @param emotion the emotion term
 */
record SharedIntensities(
    FactorMatrix items,
    double[] population,
    double tasteSlope,
    float[] populationTaste,
    EmotionParameters emotion)
    implements Serializable {

  /** f of somebody of whom nothing is known. */
  double populationBehaviour(int item) {
    return Intensities.exponential(
        populationTaste == null
            ? items.dot(item, population)
            : tasteSlope * populationTaste[item] + population[0]);
  }

  /** g for one row of a history. */
  double emotionAt(UserHistory history, int row, float[][] contentEmotions) {
    int item = history.items()[row];
    return Intensities.exponential(
        items.dot(item, emotion.appeal())
            + emotion.moodExponent(history.states()[row])
            + emotion.interactionExponent(history.states()[row], contentEmotions[item]));
  }
}
