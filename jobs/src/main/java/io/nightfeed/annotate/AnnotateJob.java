package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.LANGUAGE_CONFIDENCE;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.heads.Heads;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.tables.Silver;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.UserDefinedFunction;

/**
 * Reads every text with the language models, once: texts that an earlier night annotated with the
 * same models are left alone. Posts and comments are treated alike.
 */
public final class AnnotateJob implements Job {
  private static final String DETECTED = "detected";
  private static final String UNREAD = "unread";
  private static final String ANNOTATED = "annotated";
  private static final UserDefinedFunction DETECT_LANGUAGE =
      udf(new DetectLanguage(), DetectLanguage.TYPE);

  /** By model digest. Encoders stay loaded for as long as the process runs nights. */
  private final Map<String, TextEncoder> loaded = new HashMap<>();

  @Override
  public String name() {
    return "annotate";
  }

  @Override
  public void run(JobContext context) {
    var lake = context.lake();
    var night = context.runDate();
    var texts = unreadTexts(lake, night, ModelDigests.of(context.settings()).values());
    var slice = lake.slice(Silver.TEXT_ANNOTATIONS, night);
    // Most of a night's cost is in preparing it: where nothing is to be read, nothing is prepared,
    // and one query asks all that must be known.
    var found =
        isThere(texts, UNREAD).union(isThere(slice, ANNOTATED)).collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    if (found.contains(UNREAD)) {
      annotate(context, texts);
    } else {
      context.record().count("texts.new", 0);
      if (found.contains(ANNOTATED)) {
        clear(lake, night);
      }
      context.record().count("texts.annotated", 0);
    }
    context.record().note("written to", lake.location(Silver.TEXT_ANNOTATIONS).toString());
  }

  /** One row, if there are any. */
  private static Dataset<Row> isThere(Dataset<Row> rows, String name) {
    return rows.limit(1).select(lit(name));
  }

  /**
   * Leaves no rows of that night. Labels are wanted of what it annotated only, and go first: a
   * night stopped between the two is cleared by the next try.
   */
  private static void clear(Lake lake, LocalDate night) {
    for (var table : List.of(Silver.LABELS_WANTED, Silver.TEXT_ANNOTATIONS)) {
      lake.publish(table, night, lake.all(table).limit(0));
    }
  }

  private static void publishLabelsWanted(JobContext context) {
    var annotated = context.lake().slice(Silver.TEXT_ANNOTATIONS, context.runDate());
    var wanted = LabelsWanted.choose(annotated, context.settings().annotate().labelsWanted());
    context
        .record()
        .count(
            "labels.wanted",
            context.lake().publish(Silver.LABELS_WANTED, context.runDate(), wanted));
  }

  /** Texts known by that night which no earlier night read with these models; some repeat. */
  private static Dataset<Row> unreadTexts(
      Lake lake, LocalDate runDate, Collection<String> digests) {
    var known =
        lake.upTo(Silver.TEXT_ANNOTATIONS, runDate.minusDays(1))
            .where(col(MODEL_DIGEST).isin(digests.toArray()))
            .select(TEXT_HASH);
    return Consent.processed(lake, lake.upTo(Silver.EVENTS, runDate), USER_ID)
        .select(TEXT_HASH, TEXT)
        .union(
            Consent.processed(lake, lake.upTo(Silver.POSTS, runDate), AUTHOR_ID)
                .select(TEXT_HASH, TEXT))
        .where(col(TEXT_HASH).isNotNull())
        .join(known, new String[] {TEXT_HASH}, "left_anti");
  }

  private void annotate(JobContext context, Dataset<Row> texts) {
    var settings = context.settings();
    var detected =
        texts
            .transform(rows -> spread(rows, settings))
            .transform(rows -> detectLanguage(rows, settings))
            .cache();
    try {
      var counts =
          detected.groupBy(ENCODER).count().collectAsList().stream()
              .collect(toMap(row -> row.getString(0), row -> row.getLong(1)));
      context.record().count("texts.new", counts.values().stream().mapToLong(n -> n).sum());
      var rows = annotations(context, detected, counts.keySet());
      context
          .record()
          .count(
              "texts.annotated",
              context.lake().publish(Silver.TEXT_ANNOTATIONS, context.runDate(), rows));
      publishLabelsWanted(context);
    } finally {
      detected.unpersist();
    }
  }

  /** Adds the language, its confidence and the encoder that reads it. */
  private static Dataset<Row> detectLanguage(Dataset<Row> texts, Settings settings) {
    var confident = col(LANGUAGE_CONFIDENCE).geq(settings.annotate().minLanguageConfidence());
    var language =
        when(confident, col(DETECTED).getField(DetectLanguage.LANGUAGE_FIELD))
            .otherwise(DetectLanguage.UNDECIDED);
    return texts
        .withColumn(DETECTED, DETECT_LANGUAGE.apply(col(TEXT)))
        .withColumn(LANGUAGE_CONFIDENCE, col(DETECTED).getField(DetectLanguage.CONFIDENCE_FIELD))
        .withColumn(LANGUAGE, language)
        .withColumn(ENCODER, encoderOf(col(LANGUAGE), settings.encoders()))
        .drop(DETECTED);
  }

  private static Column encoderOf(Column language, List<Encoder> encoders) {
    var other =
        encoders.stream().filter(e -> e.languages().contains("*")).findFirst().orElseThrow();
    Column name = lit(other.name());
    for (var encoder : encoders) {
      name = when(language.isin(encoder.languages().toArray()), encoder.name()).otherwise(name);
    }
    return name;
  }

  /**
   * Each text once, over so many tasks as are set, neighbours of similar length: a model call takes
   * texts of one length. The order depends on the texts alone.
   */
  private static Dataset<Row> spread(Dataset<Row> texts, Settings settings) {
    return texts
        .repartition(settings.annotate().partitions(), col(TEXT_HASH))
        .groupBy(TEXT_HASH)
        .agg(min(TEXT).as(TEXT))
        .sortWithinPartitions(length(col(TEXT)), col(TEXT_HASH));
  }

  /**
   * @param encoders names of those that have texts; no other is loaded
   */
  private Dataset<Row> annotations(JobContext context, Dataset<Row> texts, Set<String> encoders) {
    var digests = ModelDigests.of(context.settings());
    return context.settings().encoders().stream()
        .filter(encoder -> encoders.contains(encoder.name()))
        .map(encoder -> annotate(context, encoder, digests.get(encoder), texts))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private Dataset<Row> annotate(
      JobContext context, Encoder encoder, String digest, Dataset<Row> texts) {
    var mine = texts.where(col(ENCODER).equalTo(encoder.name()));
    var reader = loaded.computeIfAbsent(digest, missing -> load(context, encoder));
    var folder = new EncoderFolders(context.settings().modelsFolder()).folder(encoder);
    return reader
        .annotate(mine)
        .transform(Heads.load(encoder, folder)::read)
        .withColumn(MODEL_DIGEST, lit(digest))
        .drop(TEXT, RUN_DATE);
  }

  private static TextEncoder load(JobContext context, Encoder encoder) {
    var settings = context.settings();
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    return TextEncoder.load(context.spark(), encoder, folder, settings.annotate());
  }
}
