package io.nightfeed.interest;

import java.io.Serializable;

/**
 * What all users share, while {@link IntensityCalibration} fits it.
 *
 * @param items {@code [v_c, popularity, 1]} of every post
 * @param population mean of the users' weights
 * @param populationTaste mean of the users' tastes for every post, where they were learned before;
 *     otherwise null
 * @param emotion the emotion term
 */
record SharedIntensities(
    FactorMatrix items, double[] population, float[] populationTaste, EmotionParameters emotion)
    implements Serializable {

  double popularity(int item) {
    return items.get(item, items.columns() - 2);
  }

  /** f of somebody of whom nothing is known. */
  double populationBehaviour(int item) {
    return Intensities.exponential(
        populationTaste == null
            ? items.dot(item, population)
            : population[0] * populationTaste[item]
                + population[1] * popularity(item)
                + population[2]);
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
