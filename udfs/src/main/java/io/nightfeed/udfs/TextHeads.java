package io.nightfeed.udfs;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * Linear readers of a text: for each head the probabilities softmax(W x + V f + b) of its classes,
 * as floats that sum to 1, where x is the text's embedding and f its {@link TextFeatures}, of unit
 * length. Null for a null embedding.
 *
 * <p>Sums run in a fixed order in double precision, so equal texts and embeddings give equal
 * probabilities everywhere.
 */
public final class TextHeads implements UDF2<Seq<Float>, String, Row> {
  private static final long serialVersionUID = 1L;

  private final List<Head> heads;

  /**
   * One linear layer.
   *
   * @param name of the field with its probabilities
   * @param embeddingWeights W: one row for each class, one column for each dimension
   * @param featureWeights V: {@link TextFeatures#BUCKETS} rows of one value for each class, to be
   *     multiplied by the class's scale
   * @param featureScales one for each class
   * @param biases b: one for each class
   */
  public record Head(
      String name,
      float[][] embeddingWeights,
      byte[] featureWeights,
      double[] featureScales,
      double[] biases)
      implements Serializable {
    public Head {
      int classes = biases.length;
      if (embeddingWeights.length != classes
          || featureScales.length != classes
          || featureWeights.length != TextFeatures.BUCKETS * classes) {
        throw new IllegalArgumentException(
            "Head %s: %d biases, %d rows of weights, %d scales and %d feature weights do not fit"
                .formatted(
                    name,
                    classes,
                    embeddingWeights.length,
                    featureScales.length,
                    featureWeights.length));
      }
    }

    private float[] probabilities(float[] embedding, int[] buckets) {
      if (embedding.length != embeddingWeights[0].length) {
        throw new IllegalArgumentException(
            "Embedding of dimension %d; head %s was trained for %d"
                .formatted(embedding.length, name, embeddingWeights[0].length));
      }
      var scores = biases.clone();
      var features = new long[scores.length];
      for (var bucket : buckets) {
        for (int k = 0, at = bucket * scores.length; k < scores.length; k++, at++) {
          features[k] += featureWeights[at];
        }
      }
      var unit = 1 / Math.sqrt(Math.max(1, buckets.length));
      for (int k = 0; k < scores.length; k++) {
        var weights = embeddingWeights[k];
        double sum = 0;
        for (int i = 0; i < embedding.length; i++) {
          sum += (double) weights[i] * embedding[i];
        }
        scores[k] += sum + features[k] * featureScales[k] * unit;
      }
      return softmax(scores);
    }
  }

  public TextHeads(List<Head> heads) {
    this.heads = List.copyOf(heads);
  }

  /** A struct with an array of floats for each head. */
  public StructType type() {
    var type = new StructType();
    for (var head : heads) {
      type = type.add(head.name(), DataTypes.createArrayType(DataTypes.FloatType, false), false);
    }
    return type;
  }

  /**
   * @param embedding of the head's dimension
   * @param text as {@link ReadableText} gives it
   * @throws IllegalArgumentException when the embedding's dimension is not the head's
   */
  @Override
  public Row call(Seq<Float> embedding, String text) {
    if (embedding == null) {
      return null;
    }
    var vector = new float[embedding.length()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = embedding.apply(i);
    }
    var buckets = TextFeatures.buckets(text == null ? "" : text);
    return RowFactory.create(
        heads.stream().map(head -> head.probabilities(vector, buckets)).toArray());
  }

  /** Shifted by the largest score, so that no exponential overflows. */
  private static float[] softmax(double[] scores) {
    var largest = Double.NEGATIVE_INFINITY;
    for (var score : scores) {
      largest = Math.max(largest, score);
    }
    var total = 0.0;
    for (var k = 0; k < scores.length; k++) {
      scores[k] = Math.exp(scores[k] - largest);
      total += scores[k];
    }
    var probabilities = new float[scores.length];
    for (var k = 0; k < scores.length; k++) {
      probabilities[k] = (float) (scores[k] / total);
    }
    return probabilities;
  }
}
