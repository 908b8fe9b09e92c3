package io.nightfeed.heads;

import io.nightfeed.udfs.TextFeatures;
import io.nightfeed.udfs.TextHeads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * One head as it is stored; see {@link TextHeads.Head} for its formula. Temperature and blend are
 * within the weights.
 *
 * @param classes in the order of the probabilities
 * @param embeddingWeights one row for each class, one column for each dimension
 * @param featureWeights {@link TextFeatures#BUCKETS} rows of one signed byte for each class, zipped
 * @param featureScales one for each class
 * @param biases one for each class
 */
public record Head(
    List<String> classes,
    float[][] embeddingWeights,
    byte[] featureWeights,
    double[] featureScales,
    double[] biases) {

  /** Largest magnitude of a stored weight. */
  private static final int LARGEST = 127;

  /** Bias of a class that no corpus taught: a probability of practically nothing. */
  private static final double UNKNOWN_CLASS_BIAS = -30;

  /**
   * @param dense weights of the embedding for each of the known classes
   * @param sparse weights of the features, bucket by bucket, for each of the known classes
   * @param known which of the classes the weights are for, in their order
   */
  static Head of(
      List<String> classes,
      List<String> known,
      double[][] dense,
      double[][] sparse,
      double[] biases) {
    int dimension = dense[0].length;
    var embeddingWeights = new float[classes.size()][dimension];
    var scales = new double[classes.size()];
    var allBiases = new double[classes.size()];
    var bytes = new byte[TextFeatures.BUCKETS * classes.size()];
    for (int k = 0; k < classes.size(); k++) {
      int row = known.indexOf(classes.get(k));
      allBiases[k] = row < 0 ? UNKNOWN_CLASS_BIAS : rounded(biases[row]);
      if (row >= 0) {
        for (int i = 0; i < dimension; i++) {
          embeddingWeights[k][i] = (float) rounded(dense[row][i]);
        }
        scales[k] = scale(sparse[row]);
        for (int bucket = 0; bucket < TextFeatures.BUCKETS; bucket++) {
          bytes[bucket * classes.size() + k] = (byte) Math.round(sparse[row][bucket] / scales[k]);
        }
      }
    }
    return new Head(classes, embeddingWeights, zipped(bytes), scales, allBiases);
  }

  TextHeads.Head layer(String name) {
    return new TextHeads.Head(
        name, embeddingWeights, unzipped(featureWeights), featureScales, biases);
  }

  private static double scale(double[] weights) {
    double largest = 0;
    for (var weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    return largest == 0 ? 1 : largest / LARGEST;
  }

  /** Four decimals keep files small; probabilities move by less than 0.001. */
  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }

  private static byte[] zipped(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot zip in memory", e);
    }
    return out.toByteArray();
  }

  private static byte[] unzipped(byte[] bytes) {
    try (var zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return zip.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The weights of a head are damaged", e);
    }
  }
}
