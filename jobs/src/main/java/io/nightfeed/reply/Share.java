package io.nightfeed.reply;

import io.nightfeed.run.MeasuredFigures;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A mean over cases with its 95 % interval, by the percentile bootstrap over cases (Efron 1979).
 */
record Share(double mean, double low, double high, int cases) {
  private static final int DRAWS = 1000;

  static Share of(List<Double> values) {
    var random = new SplittableRandom(values.size());
    var means = new double[DRAWS];
    for (int b = 0; b < DRAWS; b++) {
      for (int i = 0; i < values.size(); i++) {
        means[b] += values.get(random.nextInt(values.size())) / values.size();
      }
    }
    Arrays.sort(means);
    double mean = values.stream().mapToDouble(value -> value).sum() / values.size();
    return new Share(mean, means[DRAWS / 40 - 1], means[DRAWS - DRAWS / 40 - 1], values.size());
  }

  void addTo(MeasuredFigures figures, String name) {
    figures.add(name, mean);
    figures.add(name + ".low", low);
    figures.add(name + ".high", high);
  }
}
