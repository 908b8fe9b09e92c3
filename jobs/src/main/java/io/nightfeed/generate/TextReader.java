package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.heads.TextModels;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads parts of texts, and texts that were written, as annotate reads whole ones: their vectors,
 * and how offensive they are. Encoders stay loaded for as long as the process runs nights.
 */
final class TextReader {
  private final Map<String, TextModels> loaded = new ConcurrentHashMap<>();

  /**
   * Adds {@code embedding} and {@code toxicity}; of texts of another encoder there is no embedding,
   * and the toxicity stays what it was.
   *
   * @param texts with {@code text}, {@code language}, {@code encoder} and {@code toxicity}
   * @param names of the encoders that texts have; no other is loaded
   */
  Dataset<Row> read(Settings settings, Dataset<Row> texts, Collection<String> names) {
    var encoders =
        settings.encoders().stream().filter(encoder -> names.contains(encoder.name())).toList();
    var known = encoders.stream().map(Encoder::name).toArray();
    var others = texts.where(not(col(ENCODER).isin(known)));
    var all = others.withColumn(EMBEDDING, lit(null).cast("array<float>"));
    for (var encoder : encoders) {
      var models =
          loaded.computeIfAbsent(
              encoder.name() + encoder.modelSha256() + encoder.prefix(),
              missing -> TextModels.load(texts.sparkSession(), settings, encoder));
      var read =
          models
              .encoder()
              .embed(texts.where(col(ENCODER).equalTo(encoder.name())))
              .transform(models.heads()::read);
      all = all.unionByName(read.drop(SENTIMENT, EMOTIONS, VALENCE));
    }
    return all;
  }

  /**
   * Adds {@code embedding} to pieces, and reads their toxicity anew; the only piece of a text is
   * chosen without, and has the text's.
   *
   * @param pieces of {@link ExtractiveTeasers#pieces}, cached
   */
  Dataset<Row> readPieces(SparkSession spark, Settings settings, Dataset<Row> pieces) {
    var isOneOfSeveral = col(TOTAL).gt(1);
    var names = pieces.where(isOneOfSeveral).select(ENCODER).distinct().as(Encoders.STRING());
    var encoders = names.collectAsList();
    var unread = pieces.withColumn(EMBEDDING, lit(null).cast("array<float>"));
    if (encoders.isEmpty()) {
      return unread;
    }
    var several =
        pieces
            .where(isOneOfSeveral)
            .repartition(TextEncoder.partitions(spark, settings.annotate()), col(TEXT_HASH))
            .sortWithinPartitions(length(col(TEXT)), col(TEXT_HASH), col(POSITION));
    return read(settings, several, encoders).unionByName(unread.where(not(isOneOfSeveral)));
  }
}
