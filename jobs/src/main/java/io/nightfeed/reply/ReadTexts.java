package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOKENS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Texts of corpora as an encoder reads them, kept in a folder, so that each is read once. */
final class ReadTexts {
  private final SparkSession spark;
  private final Settings settings;
  private final Path work;

  ReadTexts(SparkSession spark, Settings settings, Path work) {
    this.spark = spark;
    this.settings = settings;
    this.work = work;
  }

  /** What each text was read as. */
  Map<String, FeatureSpace.Reading> read(Encoder encoder, Collection<String> texts) {
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var distinct = List.copyOf(new TreeSet<>(texts));
    var digest =
        DigestUtils.sha256Hex(
            TextEncoder.digest(encoder, folder, settings.annotate()) + String.join("\n", distinct));
    var kept = work.resolve(encoder.name() + "-" + digest.substring(0, 16)).toAbsolutePath();
    if (!Files.exists(kept.resolve("_SUCCESS"))) {
      var rows =
          spark
              .createDataset(distinct, Encoders.STRING())
              .toDF(TEXT)
              .repartition(TextEncoder.partitions(spark, settings.annotate()), col(TEXT))
              .sortWithinPartitions(length(col(TEXT)), col(TEXT));
      TextEncoder.load(spark, encoder, folder, settings.annotate())
          .annotate(rows)
          .select(TEXT, TOKENS, EMBEDDING)
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(kept.toString());
    }
    return readings(spark.read().parquet(kept.toString()));
  }

  private static Map<String, FeatureSpace.Reading> readings(Dataset<Row> rows) {
    var readings = new HashMap<String, FeatureSpace.Reading>();
    for (var row : rows.select(TEXT, TOKENS, EMBEDDING).collectAsList()) {
      readings.put(row.getString(0), FeatureSpace.Reading.of(row.getList(1), row.getList(2)));
    }
    return readings;
  }
}
