package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The corpora of one encoder's language, read by that encoder. Embeddings are kept in a folder, so
 * that training and evaluation read each text once.
 */
final class EmbeddedCorpora {
  private final SparkSession spark;
  private final Settings settings;
  private final Encoder encoder;
  private final Path data;
  private final Path kept;
  private final boolean isRaw;

  /**
   * @param data the folder that holds the corpora
   * @param work where embeddings are kept
   * @param isRaw whether texts stay as they were written, which annotate never does
   */
  EmbeddedCorpora(
      SparkSession spark, Settings settings, Encoder encoder, Path data, Path work, boolean isRaw) {
    this.spark = spark;
    this.settings = settings;
    this.encoder = encoder;
    this.data = data;
    this.isRaw = isRaw;
    this.kept =
        work.resolve(
                encoder.name()
                    + (isRaw ? "-raw-" : "-")
                    + TextEncoder.digest(encoder, folder(), settings.annotate()).substring(0, 16))
            .toAbsolutePath();
  }

  Encoder encoder() {
    return encoder;
  }

  /** The language whose corpora the encoder can learn from: the first that it names. */
  String language() {
    return encoder.languages().get(0);
  }

  /** The encoder's folder, its files verified. */
  Path folder() {
    return new EncoderFolders(settings.modelsFolder()).verified(encoder);
  }

  /** Text, readable text, embedding, labels and part. */
  Dataset<Row> read(LabelledCorpus corpus) {
    return corpus.read(spark, data).join(embeddings(), TEXT);
  }

  private Dataset<Row> embeddings() {
    if (!Files.exists(kept.resolve("_SUCCESS"))) {
      var texts =
          corpora().stream()
              .map(corpus -> corpus.read(spark, data).select(TEXT))
              .reduce(Dataset::union)
              .orElseThrow()
              .distinct();
      embed(texts).write().mode(SaveMode.Overwrite).parquet(kept.toString());
    }
    return spark.read().parquet(kept.toString());
  }

  /** Adds readable text and embedding to rows with a text. */
  Dataset<Row> embed(Dataset<Row> texts) {
    var spread =
        texts
            .repartition(TextEncoder.partitions(spark, settings.annotate()), col(TEXT))
            .sortWithinPartitions(length(col(TEXT)), col(TEXT));
    var reader = TextEncoder.load(spark, encoder, folder(), settings.annotate());
    return isRaw
        ? reader.embedReadable(spread.withColumn(READABLE_TEXT, col(TEXT)))
        : reader.embed(spread);
  }

  private List<LabelledCorpus> corpora() {
    return Arrays.stream(LabelledCorpus.values())
        .filter(corpus -> corpus.language().equals(language()))
        .toList();
  }

  /** What teaches a reading: the union of its corpora, under the reading's names. */
  Dataset<Row> teaching(Reading reading) {
    return reading.sources(language()).stream()
        .map(source -> source.renamed(read(source.corpus())))
        .map(rows -> rows.select(TEXT, READABLE_TEXT, EMBEDDING, LABELS, PART))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }
}
