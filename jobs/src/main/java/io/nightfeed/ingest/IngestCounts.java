package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.UNREAD_FIELDS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
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
 * valid lines are counted apart, so that in = out + duplicates + quarantined is a check, not a
 * definition.
 *
 * @param withUnreadFields lines with fields that the format does not know
 */
record IngestCounts(
    Source source,
    long files,
    long in,
    long out,
    long duplicates,
    long quarantined,
    long late,
    long withUnreadFields) {
  /** Fewer refused lines than this say nothing about a night. */
  static final long FEW = 10;

  /**
   * @param lines every line, valid or refused
   * @param accepted the rows to be published
   * @throws JobFailure when a line would be lost
   */
  static IngestCounts of(
      Source source, long files, Dataset<Row> lines, Dataset<Row> accepted, LocalDate runDate) {
    var identifier = when(col(REASON).isNull(), col(source.key()));
    var read =
        lines
            .agg(
                count(lit(1)),
                count(col(REASON)),
                count_distinct(identifier),
                count(col(UNREAD_FIELDS)))
            .first();
    var valid = read.getLong(0) - read.getLong(1);
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
            valid - read.getLong(2),
            read.getLong(1),
            late,
            read.getLong(3));
    counts.check();
    return counts;
  }

  /**
   * Whether too many lines were refused to trust the rest. A few are no verdict, unless they are
   * all that arrived of the events.
   */
  boolean isBad(double mostQuarantinedShare) {
    var isEnough = quarantined >= FEW || out == 0 && source == Source.EVENTS;
    return quarantined > mostQuarantinedShare * in && isEnough;
  }

  /** In the order of silver.ingest_counts. */
  Row row() {
    return RowFactory.create(source.label(), files, in, out, duplicates, quarantined, late);
  }

  void addTo(RunRecord record) {
    var label = source.label();
    record.count(label + ".files", files);
    record.count(label + ".in", in);
    record.count(label + ".out", out);
    record.count(label + ".duplicates", duplicates);
    record.count(label + ".quarantined", quarantined);
    if (source == Source.EVENTS) {
      record.count(label + ".late", late);
    }
  }

  private void check() {
    if (in != out + duplicates + quarantined) {
      throw new JobFailure(
          ExitCode.FAILED,
          "%s: %,d lines came in, but %,d rows, %,d duplicates and %,d quarantined lines would come"
                  .formatted(source.label(), in, out, duplicates, quarantined)
              + " out. Nothing was published. This is a fault of ingest, or of files that changed"
              + " while they were read; run again, and report it when it stays.");
    }
  }
}
