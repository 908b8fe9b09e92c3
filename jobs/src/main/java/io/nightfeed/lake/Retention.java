package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.delta.tables.DeltaTable;
import io.nightfeed.tables.TableSpec;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import org.apache.spark.sql.SparkSession;

/** Lets go of what is old: slices, and files of versions that are no longer the newest. */
public final class Retention {
  private final SparkSession spark;
  private final Lake lake;

  public Retention(SparkSession spark, Lake lake) {
    this.spark = spark;
    this.lake = lake;
  }

  /**
   * Deletes the slices of nights before one; whole files, so that none is written.
   *
   * @return how many rows they had
   */
  public long deleteBefore(TableSpec table, LocalDate first) {
    var isOld = col(RUN_DATE).lt(lit(Date.valueOf(first)));
    var rows = lake.all(table).where(isOld).count();
    if (rows > 0) {
      delta(table).delete(isOld);
    }
    return rows;
  }

  /**
   * Removes files that the newest version does not need; none where slices are read from older
   * ones, since a run that published them stopped.
   *
   * @param after how long ago they must have left it; whoever reads an older version for longer
   *     than this fails
   * @return false where older versions stay, since they are read
   */
  public boolean vacuum(TableSpec table, Duration after) {
    if (!DeltaTable.isDeltaTable(spark, lake.location(table).toString())) {
      return true;
    }
    if (lake.needsOlderVersions(table)) {
      return false;
    }
    Vacuum.run(spark, lake.location(table), after);
    return true;
  }

  private DeltaTable delta(TableSpec table) {
    return DeltaTable.forPath(spark, lake.location(table).toString());
  }
}
