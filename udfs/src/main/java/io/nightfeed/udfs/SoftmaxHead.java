package io.nightfeed.udfs;

import java.util.List;
import org.apache.spark.sql.api.java.UDF1;
import scala.collection.Seq;

/**
 * Multinomial logistic regression over an embedding: probabilities softmax(W x + b), one for each
 * class, as floats that sum to 1. Null for a null embedding.
 *
 * <p>Sums run in the order of the dimensions in double precision, so equal embeddings give equal
 * probabilities everywhere.
 */
public final class SoftmaxHead implements UDF1<Seq<Float>, List<Float>> {
  private static final long serialVersionUID = 1L;

  private final double[][] weights;
  private final double[] biases;

  /**
   * @param weights one row for each class, one column for each dimension of the embedding
   * @param biases one for each class
   */
  public SoftmaxHead(double[][] weights, double[] biases) {
    if (weights.length != biases.length) {
      throw new IllegalArgumentException(
          "%d rows of weights but %d biases".formatted(weights.length, biases.length));
    }
    this.weights = weights;
    this.biases = biases;
  }

  /**
   * @throws IllegalArgumentException when the embedding's dimension is not the head's
   */
  @Override
  public List<Float> call(Seq<Float> embedding) {
    if (embedding == null) {
      return null;
    }
    if (embedding.length() != weights[0].length) {
      throw new IllegalArgumentException(
          "Embedding of dimension %d; the head was trained for %d"
              .formatted(embedding.length(), weights[0].length));
    }
    var scores = biases.clone();
    for (var i = 0; i < embedding.length(); i++) {
      double x = embedding.apply(i);
      for (var k = 0; k < scores.length; k++) {
        scores[k] += weights[k][i] * x;
      }
    }
    return softmax(scores);
  }

  /** Shifted by the largest score, so that no exponential overflows. */
  private static List<Float> softmax(double[] scores) {
    var largest = Double.NEGATIVE_INFINITY;
    for (var score : scores) {
      largest = Math.max(largest, score);
    }
    var total = 0.0;
    for (var k = 0; k < scores.length; k++) {
      scores[k] = Math.exp(scores[k] - largest);
      total += scores[k];
    }
    var probabilities = new Float[scores.length];
    for (var k = 0; k < scores.length; k++) {
      probabilities[k] = (float) (scores[k] / total);
    }
    return List.of(probabilities);
  }
}
