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
import io.nightfeed.encoders.DetectLanguage;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.heads.TextModels;
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
  private static final UserDefinedFunction DETECT_LANGUAGE =
      udf(new DetectLanguage(), DetectLanguage.TYPE).withName("detect_language");

  /** By model digest. Models stay loaded for as long as the process runs nights. */
  private final Map<String, TextModels> loaded = new HashMap<>();

  @Override
  public String name() {
    return "annotate";
  }

  /** Texts that an earlier night read are left alone. */
  @Override
  public boolean isOrdered() {
    return true;
  }

  @Override
  public void run(JobContext context) {
    var lake = context.lake();
    var night = context.runDate();
    var digests = ModelDigests.of(context.settings());
    var texts = unreadTexts(lake, night, digests.values());
    // Most of a night's cost is in preparing it: where nothing is to be read, nothing is prepared,
    // and tables are asked as little as can be.
    if (texts.count() > 0) {
      annotate(context, digests, texts);
    } else {
      context.record().count("texts.new", 0);
      clear(lake, night);
      context.record().count("texts.annotated", 0);
    }
    context.record().note("written to", lake.location(Silver.TEXT_ANNOTATIONS).toString());
  }

  /**
   * Leaves no rows of that night. Labels are wanted of what it annotated only, and go first: a
   * night stopped between the two is cleared by the next try.
   */
  private static void clear(Lake lake, LocalDate night) {
    if (!lake.mayHold(Silver.TEXT_ANNOTATIONS, night)
        || lake.slice(Silver.TEXT_ANNOTATIONS, night).isEmpty()) {
      return;
    }
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

  private void annotate(JobContext context, Map<Encoder, String> digests, Dataset<Row> texts) {
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
      var rows = annotations(context, digests, detected, counts.keySet());
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
        .repartition(
            TextEncoder.partitions(texts.sparkSession(), settings.annotate()), col(TEXT_HASH))
        .groupBy(TEXT_HASH)
        .agg(min(TEXT).as(TEXT))
        .sortWithinPartitions(length(col(TEXT)), col(TEXT_HASH));
  }

  /**
   * @param encoders names of those that have texts; no other is loaded
   */
  private Dataset<Row> annotations(
      JobContext context, Map<Encoder, String> digests, Dataset<Row> texts, Set<String> encoders) {
    return context.settings().encoders().stream()
        .filter(encoder -> encoders.contains(encoder.name()))
        .map(encoder -> annotate(context, encoder, digests.get(encoder), texts))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private Dataset<Row> annotate(
      JobContext context, Encoder encoder, String digest, Dataset<Row> texts) {
    var mine = texts.where(col(ENCODER).equalTo(encoder.name()));
    var models =
        loaded.computeIfAbsent(
            digest, missing -> TextModels.load(context.spark(), context.settings(), encoder));
    return models
        .encoder()
        .annotate(mine)
        .transform(models.heads()::read)
        .withColumn(MODEL_DIGEST, lit(digest))
        .drop(TEXT, RUN_DATE);
  }
}
