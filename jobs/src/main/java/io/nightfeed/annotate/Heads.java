package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.SENTIMENT;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.udfs.SoftmaxHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * What is read off one encoder's embeddings: sentiment and emotion, each a multinomial logistic
 * regression. {@code nightfeed train-annotators} makes them; they ship as resources.
 *
 * @param encoder name of the encoder whose embeddings they read
 * @param modelSha256 digest of that encoder's model file: other embeddings would make no sense
 * @param sentiment over {@link #SENTIMENTS}
 * @param emotions over {@link #EMOTION_NAMES}
 * @param provenance data, licence, command and scores
 */
record Heads(
    String encoder,
    String modelSha256,
    Layer sentiment,
    Layer emotions,
    Map<String, String> provenance) {

  /** Order of the column {@code sentiment}. */
  static final List<String> SENTIMENTS = List.of("negative", "neutral", "positive");

  /** Order of the column {@code emotions}: Ekman's six (1992) and neutral. */
  static final List<String> EMOTION_NAMES =
      List.of("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral");

  /** One linear layer: a row of weights and a bias for each class. */
  record Layer(double[][] weights, double[] biases) {
    UserDefinedFunction function() {
      return udf(
          new SoftmaxHead(weights, biases), DataTypes.createArrayType(DataTypes.FloatType, false));
    }
  }

  /**
   * The heads that ship for an encoder.
   *
   * @throws JobFailure when there are none, or they were trained on another model file
   */
  static Heads load(Encoder encoder) {
    var heads = parse(encoder, resource(encoder));
    if (!heads.modelSha256().equals(encoder.modelSha256())) {
      throw new JobFailure(
          ExitCode.FAILED,
          "The heads of encoder %s were trained on model %s, but the settings name %s. Run"
                  .formatted(encoder.name(), heads.modelSha256(), encoder.modelSha256())
              + " `nightfeed train-annotators` for it.");
    }
    return heads;
  }

  /** The heads' bytes, as they enter the digest of an annotation. */
  static String resource(Encoder encoder) {
    var name = "/heads/" + encoder.name() + ".json";
    try (var stream = Heads.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new JobFailure(
            ExitCode.FAILED,
            "Encoder %s has no heads: %s is not among the resources. Run `nightfeed"
                    .formatted(encoder.name(), name)
                + " train-annotators` for it.");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }

  /** Adds {@code sentiment}, {@code emotions} and {@code valence} to rows with an embedding. */
  Dataset<Row> read(Dataset<Row> embedded) {
    return embedded
        .withColumn(SENTIMENT, sentiment.function().apply(col(EMBEDDING)))
        .withColumn(EMOTIONS, emotions.function().apply(col(EMBEDDING)))
        .withColumn(VALENCE, probability("positive").minus(probability("negative")));
  }

  private static Column probability(String name) {
    return col(SENTIMENT).getItem(SENTIMENTS.indexOf(name));
  }

  private static Heads parse(Encoder encoder, String json) {
    try {
      return new ObjectMapper().readValue(json, Heads.class);
    } catch (IOException e) {
      throw new UncheckedIOException("The heads of encoder " + encoder.name() + " are damaged", e);
    }
  }
}
