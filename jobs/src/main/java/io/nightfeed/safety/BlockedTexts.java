package io.nightfeed.safety;

import static io.nightfeed.tables.Columns.JOB;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RUN_ID;
import static io.nightfeed.tables.Columns.SOURCE_IDS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.explode_outer;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sort_array;

import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Silver;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;

/** The rows of {@link Silver#BLOCKED_TEXTS}, which several jobs of one night write. */
public final class BlockedTexts {
  /** The text was to be read: it came from the platform. */
  public static final String INPUT = "input";

  /** The text was written, and was to be shown. */
  public static final String OUTPUT = "output";

  private BlockedTexts() {}

  /**
   * One text that was blocked; neither it nor what was found in it is told.
   *
   * @param textHash SHA-256, in hex, of the platform's text that was read, or that it was written
   *     about
   * @param sourceIds posts that the text is, or was made of
   */
  public static Row row(
      String job,
      String textHash,
      String place,
      BlockReason reason,
      List<String> sourceIds,
      String runId) {
    return RowFactory.create(job, textHash, place, reason.label(), sourceIds, runId);
  }

  /**
   * Makes rows the job's own of that night; those of other jobs stay.
   *
   * @return how many rows the job has there
   */
  public static long publish(Lake lake, LocalDate night, String job, Dataset<Row> rows) {
    var table = Silver.BLOCKED_TEXTS;
    var columns = table.rowSchema().fieldNames();
    var key =
        Stream.of(columns).filter(table.key()::contains).map(functions::col).toArray(Column[]::new);
    // Of a text that was blocked twice every post, whoever came first.
    var own =
        rows.withColumn(POST_ID, explode_outer(col(SOURCE_IDS)))
            .groupBy(key)
            .agg(sort_array(collect_set(POST_ID)).as(SOURCE_IDS), min(RUN_ID).as(RUN_ID))
            .selectExpr(columns);
    if (!lake.mayHold(table, night)) {
      return rows.isEmpty() ? 0 : lake.publish(table, night, own);
    }
    var others = lake.slice(table, night).where(not(col(JOB).equalTo(job))).selectExpr(columns);
    var otherRows = others.count();
    return lake.publish(table, night, own.unionByName(others)) - otherRows;
  }
}
