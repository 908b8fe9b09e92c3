package io.nightfeed.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.SmallGroups;
import io.nightfeed.tables.TableSpec;
import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The night that is reported: which tables, which run date, which settings. */
record Night(Lake lake, LocalDate runDate, Settings settings) {
  /** How many days charts over time go back, the run date included. */
  static final int TREND_DAYS = 30;

  /** In the place of what may not be told. */
  static final String UNTOLD = "untold";

  /** Whose figures are told. */
  SmallGroups groups() {
    return settings.smallGroups();
  }

  /** The rows that this night wrote. */
  Dataset<Row> slice(TableSpec table) {
    return lake.slice(table, runDate);
  }

  /** A date column lies in the last days up to and including the run date. */
  Column isWithin(String dateColumn, int days) {
    return col(dateColumn)
        .between(lit(Date.valueOf(runDate.minusDays(days - 1L))), lit(Date.valueOf(runDate)));
  }
}
