package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static java.util.stream.Collectors.joining;

import io.delta.tables.DeltaTable;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;

/**
 * Removes or changes rows for good: in a table's newest version and in all that came before.
 * Nothing else may read or write the tables meanwhile: files of older versions go, whoever still
 * reads them.
 */
public final class Erasure {
  /** An entry of a Delta log or what lies beside it; hidden ones are checksums and leftovers. */
  private static final Pattern LOG_ENTRY = Pattern.compile("\\.?(\\d{20})\\..*");

  private final SparkSession spark;
  private final Lake lake;

  public Erasure(SparkSession spark, Lake lake) {
    this.spark = spark;
    this.lake = lake;
  }

  public boolean exists(TableSpec table) {
    return DeltaTable.isDeltaTable(spark, lake.location(table).toString());
  }

  /**
   * Replaces the slices of several nights in one commit. What the log keeps of the operation is the
   * nights alone.
   *
   * @param rows all rows of these nights from now on, the run date among the columns
   */
  public void replaceSlices(TableSpec table, Collection<LocalDate> nights, Dataset<Row> rows) {
    var dates = nights.stream().sorted().map(night -> "DATE'" + night + "'").collect(joining(", "));
    rows.select(table.columns())
        .write()
        .format("delta")
        .mode(SaveMode.Overwrite)
        .option("replaceWhere", RUN_DATE + " IN (" + dates + ")")
        .save(lake.location(table).toString());
  }

  /**
   * Replaces all rows in one commit, at most once: where a change of that name was made before,
   * nothing happens.
   */
  public void replaceAll(TableSpec table, Dataset<Row> rows, String change) {
    rows.select(table.columns())
        .write()
        .format("delta")
        .mode(SaveMode.Overwrite)
        .option("txnAppId", change)
        .option("txnVersion", 0)
        .save(lake.location(table).toString());
  }

  /**
   * Removes every file that the newest version does not need, and every entry of the log before a
   * new checkpoint: entries hold the least and greatest values of each column of each file, of
   * removed files too.
   */
  public void dropHistory(TableSpec table) {
    var location = lake.location(table).toString();
    Vacuum.run(spark, lake.location(table), Duration.ZERO);
    DeltaLog.clearCache();
    var log = DeltaLog.forTable(spark, location);
    var newest = DeltaLine.newest(log);
    DeltaLine.checkpoint(log, newest);
    removeEntriesBefore(newest.version(), lake.location(table).resolve("_delta_log"));
    DeltaLog.clearCache();
  }

  private static void removeEntriesBefore(long version, Path log) {
    try (var entries = Files.list(log)) {
      for (var entry : entries.toList()) {
        var name = entry.getFileName().toString();
        var matcher = LOG_ENTRY.matcher(name);
        var isOld = matcher.matches() && Long.parseLong(matcher.group(1)) < version;
        if (Files.isRegularFile(entry) && (isOld || name.endsWith(".tmp"))) {
          Files.delete(entry);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove old entries of " + log, e);
    }
  }
}
