package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.*;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Silver;
import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.Pseudonym;
import io.nightfeed.udfs.ScrubText;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Takes in what arrived on the run date. Every line becomes a row of its table, a duplicate of one,
 * or a row of the quarantine with its bytes; nothing else can happen to it.
 */
public final class IngestJob implements Job {
  private static final String FIRST = "first";
  private static final UserDefinedFunction CLEAN = udf(new CleanText(), DataTypes.StringType);
  private static final UserDefinedFunction SCRUB = udf(new ScrubText(), DataTypes.StringType);

  /** What became of the lines of one source. */
  private record Counts(Source source, long files, long in, long out, long quarantined, long late) {
    long duplicates() {
      return in - out - quarantined;
    }

    Row row() {
      return RowFactory.create(source.label(), files, in, out, duplicates(), quarantined, late);
    }
  }

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public void run(JobContext context) {
    var pseudonym = PseudonymKey.load(context.settings().pseudonyms(), System.getenv());
    var events = lines(context, Source.EVENTS, pseudonym);
    var posts = lines(context, Source.POSTS, pseudonym);
    try {
      var quarantined = refused(events, Source.EVENTS).unionByName(refused(posts, Source.POSTS));
      context.lake().publish(Silver.QUARANTINE, context.runDate(), quarantined);
      noteReasons(context, quarantined);
      refuseBadNight(context, List.of(events, posts));

      context.lake().publish(Silver.EVENTS, context.runDate(), accepted(events, Source.EVENTS));
      context.lake().publish(Silver.POSTS, context.runDate(), accepted(posts, Source.POSTS));
      publishCounts(
          context,
          List.of(counts(context, Source.EVENTS, events), counts(context, Source.POSTS, posts)));
    } finally {
      events.unpersist();
      posts.unpersist();
    }
    context.record().note("written to", context.lake().root().resolve("silver").toString());
  }

  private static Dataset<Row> lines(JobContext context, Source source, Pseudonym pseudonym) {
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
    if (splits.isEmpty() || splits.get().isEmpty()) {
      context.record().note(source.label(), "none arrived in " + landing);
    }
    var format = new RecordFormat(source, settings.ingest(), context.runDate(), pseudonym);
    return ParsedLines.read(
            context.spark(), splits.orElse(List.of()), format, settings.ingest().maxLineBytes())
        .persist(StorageLevel.MEMORY_AND_DISK());
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
        .transform(rows -> first(rows, source))
        .withColumn(TEXT, nullif(SCRUB.apply(CLEAN.apply(col(TEXT))), lit("")))
        .withColumn(TEXT_HASH, sha2(col(TEXT), 256));
  }

  /**
   * Of several records with one identifier, the smallest by content, column after column: which
   * file brought it, and in which order, makes no difference.
   */
  private static Dataset<Row> first(Dataset<Row> rows, Source source) {
    var columns = new ArrayList<Column>();
    for (var name : rows.columns()) {
      if (!List.of(FILE, BYTE_OFFSET, LINE_NUMBER, LINE_BYTES, REASON, DETAIL, RAW)
          .contains(name)) {
        columns.add(col(name));
      }
    }
    return rows.groupBy(source.key())
        .agg(min(struct(columns.toArray(Column[]::new))).as(FIRST))
        .select(FIRST + ".*");
  }

  private static Counts counts(JobContext context, Source source, Dataset<Row> lines) {
    var runDate = context.runDate();
    var slice = context.lake().slice(source.table(), runDate);
    var late =
        source == Source.EVENTS
            ? slice.where(col(EVENT_DATE).lt(Date.valueOf(runDate))).count()
            : 0;
    return new Counts(
        source,
        lines.select(FILE).distinct().count(),
        lines.count(),
        slice.count(),
        lines.where(col(REASON).isNotNull()).count(),
        late);
  }

  private static void publishCounts(JobContext context, List<Counts> counts) {
    var rows = new ArrayList<Row>();
    for (var source : counts) {
      var label = source.source().label();
      context.record().count(label + ".in", source.in());
      context.record().count(label + ".out", source.out());
      context.record().count(label + ".duplicates", source.duplicates());
      context.record().count(label + ".quarantined", source.quarantined());
      if (source.source() == Source.EVENTS) {
        context.record().count(label + ".late", source.late());
      }
      rows.add(source.row());
    }
    context
        .lake()
        .publish(
            Silver.INGEST_COUNTS,
            context.runDate(),
            context.spark().createDataFrame(rows, withoutRunDate(Silver.INGEST_COUNTS.schema())));
  }

  private static StructType withoutRunDate(StructType schema) {
    var fields = schema.fields();
    return new StructType(Arrays.copyOf(fields, fields.length - 1));
  }

  private static void noteReasons(JobContext context, Dataset<Row> quarantined) {
    var reasons = reasons(quarantined);
    if (!reasons.isEmpty()) {
      context.record().note("quarantined", reasons);
    }
  }

  private static String reasons(Dataset<Row> quarantined) {
    return quarantined
        .groupBy(SOURCE, REASON)
        .agg(count(lit(1)).as(VALUE))
        .orderBy(desc(VALUE), col(SOURCE), col(REASON))
        .limit(8)
        .collectAsList()
        .stream()
        .map(row -> row.getString(0) + "." + row.getString(1) + " " + row.getLong(2))
        .collect(joining(", "));
  }

  /** The quarantine is published all the same: it shows what is wrong. */
  private static void refuseBadNight(JobContext context, List<Dataset<Row>> sources) {
    var most = context.settings().ingest().maxQuarantinedShare();
    for (var lines : sources) {
      var in = lines.count();
      var refused = lines.where(col(REASON).isNotNull()).count();
      if (in > 0 && refused > most * in) {
        throw new JobFailure(
            ExitCode.DATA_QUALITY,
            "%,d of %,d lines were refused, more than the share of %s that ingest.max-quarantined-share"
                    .formatted(refused, in, most)
                + " allows: "
                + reasons(lines.withColumn(SOURCE, lit("line")))
                + ". Events and posts of "
                + context.runDate()
                + " were not replaced; the refused lines are in "
                + context.lake().location(Silver.QUARANTINE)
                + ".");
      }
    }
  }
}
