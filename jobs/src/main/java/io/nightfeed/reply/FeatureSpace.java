package io.nightfeed.reply;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.spark.ml.feature.HashingTF;

/**
 * Where texts of one encoder are compared. Encoders give any two texts a part in common, and common
 * words tell little: the mean embedding is taken off, and words are weighed by how few texts have
 * them (smoothed inverse document frequency, Salton and Buckley 1988).
 *
 * @param mean of the embeddings
 * @param spread how texts of one meaning differ, as the lower Cholesky factor of their covariance,
 *     which is divided out; null leaves all directions as they are
 * @param textsWith how many texts have a word, by its hash
 * @param texts how many texts there are
 */
record FeatureSpace(double[] mean, double[][] spread, Map<Integer, Integer> textsWith, int texts)
    implements Serializable {
  private static final HashingTF HASHES = new HashingTF().setNumFeatures(1 << 20);

  /** What a text was read as: {@code tokens} and {@code embedding} of silver.text_annotations. */
  record Reading(List<String> tokens, float[] embedding) {
    static Reading of(List<String> tokens, List<Float> embedding) {
      var vector = new float[embedding.size()];
      for (int d = 0; d < vector.length; d++) {
        vector[d] = embedding.get(d);
      }
      return new Reading(List.copyOf(tokens), vector);
    }
  }

  /**
   * @param readings in an order that is the same on every run, since the mean is a sum
   */
  static FeatureSpace of(Collection<Reading> readings, int dimension) {
    var mean = new double[dimension];
    var textsWith = new HashMap<Integer, Integer>();
    for (var reading : readings) {
      for (int d = 0; d < dimension; d++) {
        mean[d] += reading.embedding()[d] / readings.size();
      }
      new HashSet<>(words(reading.tokens()))
          .forEach(word -> textsWith.merge(word, 1, Integer::sum));
    }
    return new FeatureSpace(mean, null, textsWith, readings.size());
  }

  /**
   * The same space, less sensitive to what varies among texts that mean the same: within-class
   * covariance normalisation (Hatch, Kajarekar and Stolcke 2006). The covariance is shrunk half
   * towards equal variance in all directions, since examples are fewer than dimensions.
   *
   * @param groups texts that mean the same, in an order that is the same on every run
   */
  FeatureSpace within(Collection<List<Reading>> groups) {
    int dimension = mean.length;
    var covariance = new double[dimension][dimension];
    for (var group : groups) {
      var centre = of(group, dimension).mean;
      for (var reading : group) {
        for (int i = 0; i < dimension; i++) {
          double left = reading.embedding()[i] - centre[i];
          for (int j = 0; j < dimension; j++) {
            covariance[i][j] += left * (reading.embedding()[j] - centre[j]);
          }
        }
      }
    }
    double variance = IntStream.range(0, dimension).mapToDouble(i -> covariance[i][i]).sum();
    if (variance <= 0) {
      return this;
    }
    for (int i = 0; i < dimension; i++) {
      covariance[i][i] += variance / dimension;
    }
    var lower =
        new CholeskyDecomposition(new Array2DRowRealMatrix(covariance, false)).getL().getData();
    return new FeatureSpace(mean, lower, textsWith, texts);
  }

  Features features(Reading reading) {
    var vector = new double[mean.length];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = reading.embedding()[d] - mean[d];
      if (spread != null) {
        for (int e = 0; e < d; e++) {
          vector[d] -= spread[d][e] * vector[e];
        }
        vector[d] /= spread[d][d];
      }
    }
    var counts = new TreeMap<Integer, Double>();
    words(reading.tokens()).forEach(word -> counts.merge(word, 1.0, Double::sum));
    counts.replaceAll((word, count) -> (1 + Math.log(count)) * rarity(word));
    return Features.of(vector, counts);
  }

  private double rarity(int word) {
    return Math.log((1.0 + texts) / (1.0 + textsWith.getOrDefault(word, 0))) + 1;
  }

  private static List<Integer> words(List<String> tokens) {
    return tokens.stream().flatMap(token -> Words.of(token).stream()).map(HASHES::indexOf).toList();
  }

  /** The parts of tokens that are compared. */
  static final class Words {
    private Words() {}

    /**
     * The token in lower case; of a Chinese word its characters, too: words are cut differently in
     * other sentences. Punctuation is none.
     */
    static List<String> of(String token) {
      if (token.codePoints().noneMatch(Character::isLetterOrDigit)) {
        return List.of();
      }
      var lower = token.toLowerCase(Locale.ROOT);
      if (lower.length() == 1 || lower.codePoints().noneMatch(Character::isIdeographic)) {
        return List.of(lower);
      }
      var words = new java.util.ArrayList<>(List.of(lower));
      lower.codePoints().mapToObj(Character::toString).forEach(words::add);
      return words;
    }
  }
}
