package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What was known at the end of a night: nothing that arrived later, nothing that claims to have
 * happened later. A rerun or a backfill of that night reads the same rows, whatever came since, but
 * for those of people who opted out of all processing: see {@link Consent}.
 */
public final class History {
  private static final String VERSION = "version";

  private History() {}

  /**
   * The events known by then, each once: of an event that arrived on several nights, the row of the
   * first.
   */
  public static Dataset<Row> events(Lake lake, LocalDate runDate) {
    var rows = lake.upTo(Silver.EVENTS, runDate).where(col(EVENT_TIME).lt(endOf(runDate)));
    return one(
        Consent.processed(lake, rows, USER_ID),
        Silver.EVENTS,
        EVENT_ID,
        min(version(Silver.EVENTS)));
  }

  /** The posts known by then, each in the version that arrived last. */
  public static Dataset<Row> posts(Lake lake, LocalDate runDate) {
    var rows = Consent.processed(lake, lake.upTo(Silver.POSTS, runDate), AUTHOR_ID);
    return one(rows, Silver.POSTS, POST_ID, max(version(Silver.POSTS)));
  }

  /** The first instant that the night does not know. */
  public static Column endOf(LocalDate runDate) {
    return lit(Timestamp.from(runDate.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()));
  }

  private static Dataset<Row> one(
      Dataset<Row> rows, TableSpec table, String key, Column chosenVersion) {
    return rows.groupBy(key)
        .agg(chosenVersion.as(VERSION))
        .select(VERSION + ".*")
        .select(table.columns());
  }

  /** All columns, the run date first: versions are compared by it, then by content. */
  private static Column version(TableSpec table) {
    var columns = new ArrayList<>(List.of(RUN_DATE));
    for (var name : table.schema().fieldNames()) {
      if (!name.equals(RUN_DATE)) {
        columns.add(name);
      }
    }
    return struct(columns.stream().map(functions::col).toArray(Column[]::new));
  }
}
