package io.nightfeed.heads;

import java.util.ArrayList;
import java.util.List;

/**
 * How far probabilities can be believed: texts are grouped by the probability of their most likely
 * class, and in each group the mean probability is compared with how often the class was right (Guo
 * et al. 2017). A class is right when it is among the text's labels.
 *
 * @param texts how many
 * @param expectedCalibrationError mean distance of the two over the groups, weighted by texts
 * @param groups those that have texts, ascending
 * @param corpus where the texts are from
 */
public record Calibration(
    long texts, double expectedCalibrationError, List<Group> groups, String corpus) {
  private static final int GROUPS = 15;

  /**
   * @param confidence mean probability of the most likely class
   * @param accuracy share of texts where it was right
   */
  public record Group(long texts, double confidence, double accuracy) {}

  static Calibration of(Predictions predictions, String corpus) {
    var texts = new long[GROUPS];
    var confidence = new double[GROUPS];
    var right = new long[GROUPS];
    for (int i = 0; i < predictions.size(); i++) {
      int likeliest = predictions.likeliest(i);
      double probability = predictions.probability(i, likeliest);
      int group = Math.min(GROUPS - 1, (int) (probability * GROUPS));
      texts[group]++;
      confidence[group] += probability;
      right[group] += predictions.isLabelled(i, likeliest) ? 1 : 0;
    }
    var groups = new ArrayList<Group>();
    double error = 0;
    for (int g = 0; g < GROUPS; g++) {
      if (texts[g] > 0) {
        groups.add(new Group(texts[g], confidence[g] / texts[g], (double) right[g] / texts[g]));
        error += Math.abs(confidence[g] - right[g]) / predictions.size();
      }
    }
    return new Calibration(predictions.size(), error, groups, corpus);
  }
}
