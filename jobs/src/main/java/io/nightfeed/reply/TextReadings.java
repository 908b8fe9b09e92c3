package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOKENS;
import static io.nightfeed.tables.Columns.TOXICITY;

import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.heads.TextModels;
import io.nightfeed.run.JobContext;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads texts that nobody said on the platform, templates and written replies, as annotate reads
 * those that somebody did. Encoders stay loaded for as long as the process runs nights.
 */
final class TextReadings {
  private static final StructType TEXTS =
      new StructType()
          .add(TEXT, DataTypes.StringType, false)
          .add(LANGUAGE, DataTypes.StringType, false);

  private final Map<String, TextModels> loaded = new ConcurrentHashMap<>();

  /**
   * @param language as it is read: heads abstain on languages that they were not trained on
   */
  record Text(String text, String language) implements Comparable<Text> {
    @Override
    public int compareTo(Text other) {
      return Comparator.comparing(Text::text).thenComparing(Text::language).compare(this, other);
    }
  }

  /** Rows of {@code toxicity}, {@code tokens} and {@code embedding}, by their texts. */
  Map<Text, Row> read(JobContext context, Encoder encoder, SortedSet<Text> texts) {
    var models =
        loaded.computeIfAbsent(
            encoder.name() + encoder.modelSha256() + encoder.prefix(),
            missing -> TextModels.load(context.spark(), context.settings(), encoder));
    var rows = texts.stream().map(text -> RowFactory.create(text.text(), text.language())).toList();
    var read = new HashMap<Text, Row>();
    models
        .encoder()
        .annotate(context.spark().createDataFrame(rows, TEXTS))
        .transform(models.heads()::read)
        .select(TEXT, LANGUAGE, TOXICITY, TOKENS, EMBEDDING)
        .collectAsList()
        .forEach(row -> read.put(new Text(row.getString(0), row.getString(1)), row));
    return read;
  }
}
