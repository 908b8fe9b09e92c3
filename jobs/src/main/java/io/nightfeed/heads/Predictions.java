package io.nightfeed.heads;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Probabilities of a head for some texts, beside the texts' labels.
 *
 * @param probabilities a row for each text, a column for each class
 * @param labels which classes each text is labelled with; at least one
 */
record Predictions(double[][] probabilities, boolean[][] labels) {
  private static final double SMALLEST = 1e-12;

  Predictions {
    if (probabilities.length != labels.length) {
      throw new IllegalArgumentException(
          probabilities.length + " predictions for " + labels.length + " texts");
    }
  }

  int size() {
    return labels.length;
  }

  int classes() {
    return labels[0].length;
  }

  double probability(int text, int label) {
    return probabilities[text][label];
  }

  boolean isLabelled(int text, int label) {
    return labels[text][label];
  }

  /** The most likely class; of equally likely ones the first. */
  int likeliest(int text) {
    return largest(probabilities[text]);
  }

  /** Whether some text has several labels. */
  boolean isMultiLabel() {
    for (var text : labels) {
      if (count(text) > 1) {
        return true;
      }
    }
    return false;
  }

  /** Mean cross entropy, in nats; a text's labels share its weight. */
  double logLoss() {
    double loss = 0;
    for (int i = 0; i < size(); i++) {
      double share = 1.0 / count(labels[i]);
      for (int k = 0; k < classes(); k++) {
        if (labels[i][k]) {
          loss -= share * Math.log(Math.max(SMALLEST, probabilities[i][k]));
        }
      }
    }
    return loss / size();
  }

  private static int count(boolean[] labels) {
    int count = 0;
    for (var label : labels) {
      count += label ? 1 : 0;
    }
    return count;
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int k = 1; k < values.length; k++) {
      largest = values[k] > values[largest] ? k : largest;
    }
    return largest;
  }

  /**
   * How probabilities become labels. Where texts can have several, each class whose probability
   * exceeds its threshold, or else the likeliest in units of the thresholds; where they have one,
   * the likeliest in those units.
   */
  record Decisions(double[] thresholds, boolean multiLabel) {
    /** Chooses thresholds for the macro-F1 of these texts. */
    static Decisions choose(Predictions dev) {
      return dev.isMultiLabel() ? chooseEach(dev) : choosePriorPower(dev);
    }

    private static Decisions chooseEach(Predictions dev) {
      var thresholds = new double[dev.classes()];
      for (int k = 0; k < thresholds.length; k++) {
        double best = -1;
        for (double threshold = 0.05; threshold < 0.7; threshold += 0.025) {
          double f1 = dev.f1Above(k, threshold);
          if (f1 > best) {
            best = f1;
            thresholds[k] = threshold;
          }
        }
      }
      return new Decisions(thresholds, true);
    }

    /** One number for all classes, so that rare ones do not choose their own luck. */
    private static Decisions choosePriorPower(Predictions dev) {
      var priors = new double[dev.classes()];
      for (var text : dev.labels) {
        for (int k = 0; k < priors.length; k++) {
          priors[k] += text[k] ? 1.0 / dev.size() : 0;
        }
      }
      Decisions best = null;
      double bestF1 = -1;
      for (double power : new double[] {0, 0.25, 0.5, 0.75, 1}) {
        var thresholds = new double[priors.length];
        for (int k = 0; k < priors.length; k++) {
          thresholds[k] = Math.pow(Math.max(priors[k], 1.0 / dev.size()), power);
        }
        var decisions = new Decisions(thresholds, false);
        double f1 = dev.macroF1(decisions.decide(dev));
        if (f1 > bestF1) {
          bestF1 = f1;
          best = decisions;
        }
      }
      return best;
    }

    boolean[][] decide(Predictions predictions) {
      var decided = new boolean[predictions.size()][thresholds.length];
      for (int i = 0; i < decided.length; i++) {
        var ratios = new double[thresholds.length];
        boolean any = false;
        for (int k = 0; k < ratios.length; k++) {
          ratios[k] = predictions.probabilities[i][k] / thresholds[k];
          decided[i][k] = multiLabel && ratios[k] > 1;
          any |= decided[i][k];
        }
        if (!any) {
          decided[i][largest(ratios)] = true;
        }
      }
      return decided;
    }
  }

  private double f1Above(int label, double threshold) {
    int both = 0;
    int either = 0;
    for (int i = 0; i < size(); i++) {
      boolean predicted = probabilities[i][label] > threshold;
      both += predicted && labels[i][label] ? 1 : 0;
      either += (predicted ? 1 : 0) + (labels[i][label] ? 1 : 0);
    }
    return either == 0 ? 0 : 2.0 * both / either;
  }

  /** The unweighted mean of the classes' F1. */
  double macroF1(boolean[][] decided) {
    var every = new int[size()];
    for (int i = 0; i < every.length; i++) {
      every[i] = i;
    }
    return macroF1(decided, every);
  }

  private double macroF1(boolean[][] decided, int[] texts) {
    double sum = 0;
    for (int k = 0; k < classes(); k++) {
      int both = 0;
      int either = 0;
      for (var i : texts) {
        both += decided[i][k] && labels[i][k] ? 1 : 0;
        either += (decided[i][k] ? 1 : 0) + (labels[i][k] ? 1 : 0);
      }
      sum += either == 0 ? 0 : 2.0 * both / either;
    }
    return sum / classes();
  }

  /** Bounds of a 95% interval. */
  record Interval(double low, double high) {}

  /** By the percentile bootstrap over texts (Efron 1979). */
  Interval macroF1Interval(boolean[][] decided) {
    var random = new SplittableRandom(size());
    var values = new double[1000];
    var drawn = new int[size()];
    for (int b = 0; b < values.length; b++) {
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = random.nextInt(size());
      }
      values[b] = macroF1(decided, drawn);
    }
    java.util.Arrays.sort(values);
    return new Interval(values[24], values[974]);
  }

  /** Rows of classes that each text is given, as {@code decided} wants them. */
  static boolean[][] oneHot(List<Integer> classes, int count) {
    var rows = new boolean[classes.size()][count];
    for (int i = 0; i < rows.length; i++) {
      rows[i][classes.get(i)] = true;
    }
    return rows;
  }
}
