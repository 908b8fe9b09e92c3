package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.IS_OPTED_OUT;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.UNREAD_FIELDS;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunRecord;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What became of the lines of one source. The rows that come out and the identifiers among the
 * valid lines are counted apart, so that in = out + duplicates + quarantined + opted out is a
 * check, not a definition.
 *
 * @param withUnreadFields lines with fields that the format does not know
 * @param optedOutUsers people whose lines were left out
 */
record IngestCounts(
    Source source,
    long files,
    long in,
    long out,
    long duplicates,
    long quarantined,
    long late,
    long withUnreadFields,
    long optedOut,
    long optedOutUsers) {
  /** Fewer refused lines than this say nothing about a night. */
  static final long FEW = 10;

  /**
   * @param lines every line, valid or refused
   * @param accepted the rows to be published
   * @throws JobFailure when a line would be lost
   */
  static IngestCounts of(
      Source source, long files, Dataset<Row> lines, Dataset<Row> accepted, LocalDate runDate) {
    var isKept = col(REASON).isNull().and(not(col(IS_OPTED_OUT)));
    var read =
        lines
            .agg(
                count(lit(1)),
                count(col(REASON)),
                count_distinct(when(isKept, col(source.key()))),
                count_if(col(IS_OPTED_OUT)),
                count(col(UNREAD_FIELDS)),
                count_distinct(when(col(IS_OPTED_OUT), col(source.user()))))
            .first();
    var kept = read.getLong(0) - read.getLong(1) - read.getLong(3);
    var late =
        source == Source.EVENTS
            ? accepted.where(col(EVENT_DATE).lt(Date.valueOf(runDate))).count()
            : 0;
    var counts =
        new IngestCounts(
            source,
            files,
            read.getLong(0),
            accepted.count(),
            kept - read.getLong(2),
            read.getLong(1),
            late,
            read.getLong(4),
            read.getLong(3),
            read.getLong(5));
    counts.check();
    return counts;
  }

  /**
   * Whether too many lines were refused to trust the rest. A few are no verdict, unless they are
   * all that arrived of the events. Of opt-outs one is too many: a wish that cannot be read cannot
   * be kept.
   */
  boolean isBad(double mostQuarantinedShare) {
    if (source == Source.OPT_OUTS) {
      return quarantined > 0;
    }
    var isEnough = quarantined >= FEW || out == 0 && source == Source.EVENTS;
    return quarantined > mostQuarantinedShare * in && isEnough;
  }

  /** In the order of silver.ingest_counts. */
  Row row() {
    return RowFactory.create(
        source.label(), files, in, out, duplicates, quarantined, late, optedOut, optedOutUsers);
  }

  void addTo(RunRecord record) {
    var label = source.label();
    if (source == Source.OPT_OUTS && in == 0) {
      return;
    }
    record.count(label + ".files", files);
    record.count(label + ".in", in);
    record.count(label + ".out", out);
    record.count(label + ".duplicates", duplicates);
    record.count(label + ".quarantined", quarantined);
    record.count(label + ".opted_out", optedOut);
    if (source == Source.EVENTS) {
      record.count(label + ".late", late);
    }
  }

  private void check() {
    if (in != out + duplicates + quarantined + optedOut) {
      throw new JobFailure(
          ExitCode.FAILED,
          "%s: %,d lines came in, but %,d rows, %,d duplicates, %,d quarantined lines and %,d of people"
                  .formatted(source.label(), in, out, duplicates, quarantined, optedOut)
              + " who opted out would come out. Nothing was published. This is a fault of ingest, or of files that changed"
              + " while they were read; run again, and report it when it stays.");
    }
  }
}
