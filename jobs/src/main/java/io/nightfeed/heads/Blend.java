package io.nightfeed.heads;

/**
 * How the scores (log-odds) of two readers of a text become one: share x first + (1 - share) x
 * second, divided by the temperature.
 */
record Blend(double share, double temperature) {

  /** The blend with the least log loss on texts that neither reader was fitted to. */
  static Blend choose(double[][] first, double[][] second, boolean[][] labels) {
    Blend best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int tenth = 0; tenth <= 10; tenth++) {
      for (double temperature = 0.3; temperature < 4; temperature *= 1.1) {
        var blend = new Blend(tenth / 10.0, temperature);
        double loss = blend.apply(first, second, labels).logLoss();
        if (loss < least) {
          least = loss;
          best = blend;
        }
      }
    }
    return best;
  }

  Predictions apply(double[][] first, double[][] second, boolean[][] labels) {
    var scores = new double[first.length][];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = biases(first[i], second[i]);
    }
    return predictions(scores, labels);
  }

  /** Of the blended reader. */
  double[] biases(double[] first, double[] second) {
    var blended = new double[first.length];
    for (int k = 0; k < blended.length; k++) {
      blended[k] = (share * first[k] + (1 - share) * second[k]) / temperature;
    }
    return blended;
  }

  static Predictions predictions(double[][] scores, boolean[][] labels) {
    var probabilities = new double[scores.length][];
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = softmax(scores[i]);
    }
    return new Predictions(probabilities, labels);
  }

  private static double[] softmax(double[] scores) {
    double largest = Double.NEGATIVE_INFINITY;
    for (var score : scores) {
      largest = Math.max(largest, score);
    }
    var probabilities = new double[scores.length];
    double total = 0;
    for (int k = 0; k < scores.length; k++) {
      probabilities[k] = Math.exp(scores[k] - largest);
      total += probabilities[k];
    }
    for (int k = 0; k < scores.length; k++) {
      probabilities[k] /= total;
    }
    return probabilities;
  }
}
