package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.SENTIMENT;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.udfs.TextHeads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What is read off texts of one language with one encoder: sentiment, emotions and toxicity. {@code
 * nightfeed train-annotators} makes them. Those of the shipped encoders are resources; those of
 * another encoder lie beside its model, as {@value #FILE}.
 *
 * @param encoder name of the encoder whose embeddings they read
 * @param modelSha256 digest of that encoder's model file: other embeddings would make no sense
 * @param languages that the heads were trained on (ISO 639-1); on texts in others they abstain
 * @param heads by the reading
 * @param calibration by the reading, on texts that no choice was made on
 * @param provenance data, licences, command
 */
public record Heads(
    String encoder,
    String modelSha256,
    List<String> languages,
    Map<Reading, Head> heads,
    Map<Reading, Calibration> calibration,
    Map<String, String> provenance) {

  /** Of heads that lie beside an encoder's model. */
  public static final String FILE = "heads.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Too short to tell, or only emoji, which have names in the encoder's language. */
  private static final String UNDECIDED = "und";

  /** Between transforms only. */
  private static final String READ = "read";

  /**
   * The heads for an encoder: beside its model, or shipped.
   *
   * @param folder the encoder's folder
   * @throws JobFailure when there are none, or they were trained on another model file
   */
  public static Heads load(Encoder encoder, Path folder) {
    var heads = parse(encoder, text(encoder, folder));
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
  public static String text(Encoder encoder, Path folder) {
    var beside = folder.resolve(FILE);
    var name = "/heads/" + encoder.name() + ".json";
    try (var stream =
        Files.exists(beside)
            ? Files.newInputStream(beside)
            : Heads.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new JobFailure(
            ExitCode.FAILED,
            "Encoder %s has no heads: neither %s nor resource %s exists. Run `nightfeed"
                    .formatted(encoder.name(), beside, name)
                + " train-annotators` for it.");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the heads of encoder " + encoder.name(), e);
    }
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
  }

  /**
   * Adds {@code sentiment}, {@code emotions}, {@code toxicity} and {@code valence}; null where the
   * heads abstain.
   *
   * @param embedded rows with language, readable text and embedding
   */
  public Dataset<Row> read(Dataset<Row> embedded) {
    var readings = List.of(Reading.values());
    var function =
        new TextHeads(readings.stream().map(one -> heads.get(one).layer(one.column())).toList());
    var isTrained = col(LANGUAGE).isin(languages.toArray()).or(col(LANGUAGE).equalTo(UNDECIDED));
    return embedded
        .withColumn(
            READ,
            when(
                isTrained,
                udf(function, function.type())
                    .withName("text_heads")
                    .apply(col(EMBEDDING), col(READABLE_TEXT))))
        .withColumn(SENTIMENT, of(Reading.SENTIMENT))
        .withColumn(EMOTIONS, of(Reading.EMOTION))
        .withColumn(TOXICITY, probability(Reading.TOXICITY, "toxic"))
        .withColumn(
            VALENCE,
            probability(Reading.SENTIMENT, "positive")
                .minus(probability(Reading.SENTIMENT, "negative")))
        .drop(READ, READABLE_TEXT);
  }

  private static Column of(Reading reading) {
    return col(READ).getField(reading.column());
  }

  private static Column probability(Reading reading, String name) {
    return of(reading).getItem(reading.classes().indexOf(name));
  }

  private static Heads parse(Encoder encoder, String json) {
    try {
      return JSON.readValue(json, Heads.class);
    } catch (IOException e) {
      throw new UncheckedIOException("The heads of encoder " + encoder.name() + " are damaged", e);
    }
  }
}
