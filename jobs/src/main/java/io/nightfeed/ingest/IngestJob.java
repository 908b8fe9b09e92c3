package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.nullif;
import static io.nightfeed.udfs.NightfeedFunctions.CLEAN_TEXT;
import static io.nightfeed.udfs.NightfeedFunctions.SCRUB_TEXT;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.lake.BarredIds;
import io.nightfeed.lake.Consent;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.KeyCheck;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.tables.Silver;
import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.Pseudonym;
import io.nightfeed.udfs.ScrubText;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Takes in what arrived on the run date. Every line becomes a row of its table, a duplicate of one,
 * or a row of the quarantine with its bytes; nothing else can happen to it.
 */
public final class IngestJob implements Job {
  private static final String CHOSEN = "chosen";
  private static final UserDefinedFunction CLEAN =
      udf(new CleanText(), DataTypes.StringType).withName(CLEAN_TEXT);
  private static final UserDefinedFunction SCRUB =
      udf(new ScrubText(), DataTypes.StringType).withName(SCRUB_TEXT);

  /** One source of one night: its lines, and the rows that they make. */
  private record Arrival(Source source, long files, Dataset<Row> lines, Dataset<Row> accepted)
      implements AutoCloseable {
    IngestCounts counts(LocalDate runDate) {
      return IngestCounts.of(source, files, lines, accepted, runDate);
    }

    Dataset<Row> refused() {
      return IngestJob.refused(lines, source);
    }

    @Override
    public void close() {
      accepted.unpersist();
      lines.unpersist();
    }
  }

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public void run(JobContext context) {
    var pseudonym = PseudonymKey.load(context.settings().pseudonyms(), System.getenv());
    new KeyCheck(context.lake().root()).requireOrSet(pseudonym);
    var erased = BarredIds.erased(context.lake(), pseudonym);
    try (var optOuts = arrival(context, Source.OPT_OUTS, pseudonym, erased)) {
      publishOptOuts(context, optOuts);
      var barred = BarredIds.all(context.lake(), pseudonym);
      try (var events = arrival(context, Source.EVENTS, pseudonym, barred);
          var posts = arrival(context, Source.POSTS, pseudonym, barred)) {
        publish(context, List.of(events, posts, optOuts));
      }
    }
    context.record().note("written to", context.lake().root().resolve("silver").toString());
  }

  /** Before all else: what arrived beside them must respect them. Unreadable ones end the night. */
  private static void publishOptOuts(JobContext context, Arrival optOuts) {
    var counts = optOuts.counts(context.runDate());
    if (counts.quarantined() == 0) {
      context.lake().publish(Silver.OPT_OUTS, context.runDate(), optOuts.accepted());
    }
  }

  /** Quarantine and counts are published on a bad night too: they show what is wrong. */
  private static void publish(JobContext context, List<Arrival> arrivals) {
    var lake = context.lake();
    var runDate = context.runDate();
    var counts = arrivals.stream().map(arrival -> arrival.counts(runDate)).toList();
    counts.forEach(count -> count.addTo(context.record()));

    var quarantine = arrivals.stream().map(Arrival::refused).reduce(Dataset::unionByName);
    lake.publish(Silver.QUARANTINE, runDate, quarantine.orElseThrow());
    lake.publish(Silver.INGEST_COUNTS, runDate, countRows(context, counts));
    var reasons = reasons(quarantine.orElseThrow());
    if (!reasons.isEmpty()) {
      context.record().note("quarantined", reasons);
    }
    for (int source = 0; source < counts.size(); source++) {
      if (counts.get(source).withUnreadFields() > 0) {
        context
            .record()
            .note(
                arrivals.get(source).source().label() + ", fields that are not read",
                unreadFields(arrivals.get(source).lines()));
      }
    }
    counts.forEach(count -> refuseBadNight(context, count, reasons));
    arrivals.stream()
        .filter(arrival -> arrival.source() != Source.OPT_OUTS)
        .forEach(arrival -> lake.publish(arrival.source().table(), runDate, arrival.accepted()));
  }

  private static Arrival arrival(
      JobContext context, Source source, Pseudonym pseudonym, BarredIds barred) {
    var settings = context.settings();
    var landing =
        new LandingFolder(
            settings.rawFolder(),
            source.label(),
            context.runDate(),
            context.spark().sparkContext().hadoopConfiguration());
    var splits = landing.splits(settings.ingest().splitSize());
    if (splits.isEmpty() && source == Source.EVENTS) {
      throw landing.notArrived();
    }
    if (source != Source.OPT_OUTS && (splits.isEmpty() || splits.get().isEmpty())) {
      context.record().note(source.label(), "none arrived in " + landing);
    }
    var format = new RecordFormat(source, settings.ingest(), context.runDate(), pseudonym);
    var lines =
        ParsedLines.read(
                context.spark(),
                splits.orElse(List.of()),
                format,
                settings.ingest().maxLineBytes(),
                barred)
            .persist(StorageLevel.MEMORY_AND_DISK());
    var files = splits.orElse(List.of()).stream().map(InputSplit::name).distinct().count();
    return new Arrival(
        source,
        files,
        lines,
        accepted(lines.where(not(col(IS_OPTED_OUT))), source)
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  private static Dataset<Row> refused(Dataset<Row> lines, Source source) {
    return lines
        .where(col(REASON).isNotNull())
        .select(
            lit(source.label()).as(SOURCE),
            col(FILE),
            col(BYTE_OFFSET),
            col(LINE_NUMBER),
            col(LINE_BYTES),
            col(REASON),
            col(DETAIL),
            col(RAW));
  }

  /** The valid records, each identifier once, their texts cleaned and scrubbed. */
  static Dataset<Row> accepted(Dataset<Row> lines, Source source) {
    return lines
        .where(col(REASON).isNull())
        .transform(rows -> one(rows, source))
        .transform(rows -> source == Source.OPT_OUTS ? rows : readable(rows));
  }

  private static Dataset<Row> readable(Dataset<Row> rows) {
    return rows.withColumn(TEXT, nullif(SCRUB.apply(CLEAN.apply(col(TEXT))), lit("")))
        .withColumn(TEXT_HASH, sha2(col(TEXT), 256));
  }

  /**
   * Of several records with one identifier, the smallest by content, column after column: which
   * file brought it, and in which order, makes no difference. Of posts the greatest: versions of a
   * post grow, by tags and words, and the last one counts. Of requests the latest.
   */
  private static Dataset<Row> one(Dataset<Row> rows, Source source) {
    var columns = new ArrayList<Column>();
    for (var name : rows.columns()) {
      if (!List.of(
              FILE,
              BYTE_OFFSET,
              LINE_NUMBER,
              LINE_BYTES,
              REASON,
              DETAIL,
              RAW,
              UNREAD_FIELDS,
              IS_OPTED_OUT)
          .contains(name)) {
        columns.add(col(name));
      }
    }
    var content = struct(columns.toArray(Column[]::new));
    var chosen =
        switch (source) {
          case EVENTS -> min(content);
          case POSTS -> max(content);
          case OPT_OUTS -> max_by(content, Consent.precedence());
        };
    return rows.groupBy(source.key()).agg(chosen.as(CHOSEN)).select(CHOSEN + ".*");
  }

  private static Dataset<Row> countRows(JobContext context, List<IngestCounts> counts) {
    var rows = counts.stream().map(IngestCounts::row).toList();
    return context.spark().createDataFrame(rows, Silver.INGEST_COUNTS.rowSchema());
  }

  private static String reasons(Dataset<Row> quarantined) {
    return mostFrequent(quarantined.select(concat_ws(".", col(SOURCE), col(REASON)).as(REASON)));
  }

  /** A field that a source renamed is one of these, and its values are missing from the table. */
  private static String unreadFields(Dataset<Row> lines) {
    return mostFrequent(lines.select(explode(col(UNREAD_FIELDS)).as(REASON)));
  }

  /** The values of a column with how often each is there, the most frequent ones. */
  private static String mostFrequent(Dataset<Row> values) {
    return values
        .groupBy(REASON)
        .agg(count(lit(1)).as(VALUE))
        .orderBy(desc(VALUE), col(REASON))
        .limit(8)
        .collectAsList()
        .stream()
        .map(row -> row.getString(0) + " " + row.getLong(1))
        .collect(joining(", "));
  }

  private static void refuseBadNight(JobContext context, IngestCounts counts, String reasons) {
    var most = context.settings().ingest().maxQuarantinedShare();
    if (counts.isBad(most) && counts.source() == Source.OPT_OUTS) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "%,d of %,d opt-outs cannot be read (%s), and nobody's wish may be passed over. Nothing of %s"
                  .formatted(counts.quarantined(), counts.in(), reasons, context.runDate())
              + " was replaced but quarantine and counts; the lines are in %s. Correct the files, and run again."
                  .formatted(context.lake().location(Silver.QUARANTINE)));
    }
    if (counts.isBad(most)) {
      throw new JobFailure(
          ExitCode.DATA_QUALITY,
          "%,d of %,d lines of %s were refused, more than the share of %s that"
                  .formatted(counts.quarantined(), counts.in(), counts.source().label(), most)
              + " ingest.max-quarantined-share allows: %s. Events and posts of %s were not replaced;"
                  .formatted(reasons, context.runDate())
              + " the refused lines are in %s. Correct the files, or the setting, and run again."
                  .formatted(context.lake().location(Silver.QUARANTINE)));
    }
  }
}
