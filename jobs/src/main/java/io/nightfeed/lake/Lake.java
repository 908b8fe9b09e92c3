package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.delta.tables.DeltaTable;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The Delta tables below one folder. The only code that reads or writes them.
 *
 * <p>Every table is partitioned by run date. Publishing replaces the slice of one run date in one
 * Delta commit, so a reader sees the old slice or the new one, and a rerun leaves no trace of the
 * first attempt.
 */
public final class Lake {
  private static final String FORMAT = "delta";

  private final SparkSession spark;
  private final Path root;

  public Lake(SparkSession spark, Path root) {
    this.spark = spark;
    this.root = root.toAbsolutePath();
  }

  /** The folder that holds tables, models, reports and run records. */
  public Path root() {
    return root;
  }

  /** Where a table lies, for readers other than this class. */
  public Path location(TableSpec table) {
    return root.resolve(table.path());
  }

  /** Every row; no rows, with the declared columns, when the table does not exist yet. */
  public Dataset<Row> all(TableSpec table) {
    var location = location(table).toString();
    if (!TableFolder.isTable(location(table))) {
      return spark.createDataFrame(List.of(), table.schema());
    }
    var stored = spark.read().format(FORMAT).load(location);
    requireColumns(table, List.of(stored.columns()));
    return stored.select(table.columns());
  }

  private void requireColumns(TableSpec table, List<String> stored) {
    for (var column : table.schema().fieldNames()) {
      if (!stored.contains(column)) {
        throw new IllegalStateException(
            "Table %s in %s has no column %s: another version of Nightfeed wrote it. Move its folder away, and run the nights again."
                .formatted(table, location(table), column));
      }
    }
  }

  /** The rows that one night wrote. */
  public Dataset<Row> slice(TableSpec table, LocalDate runDate) {
    return all(table).where(col(RUN_DATE).equalTo(date(runDate)));
  }

  /**
   * False only where that night has no rows. Looks for its folder, which costs nothing beside a
   * question to the table; one that is there may be empty or hold what was replaced.
   */
  public boolean mayHold(TableSpec table, LocalDate runDate) {
    return Files.exists(location(table).resolve(RUN_DATE + "=" + runDate));
  }

  /** The rows that nights up to and including one wrote: what that night may know. */
  public Dataset<Row> upTo(TableSpec table, LocalDate runDate) {
    return all(table).where(col(RUN_DATE).leq(date(runDate)));
  }

  /**
   * Replaces the table's slice of one run date, atomically.
   *
   * @param rows the new slice: the declared columns, in any order, without the run date
   * @return how many rows the slice has now
   */
  public long publish(TableSpec table, LocalDate runDate, Dataset<Row> rows) {
    createIfMissing(table);
    var writer =
        rows.withColumn(RUN_DATE, date(runDate))
            .select(table.columns())
            .write()
            .format(FORMAT)
            .mode(SaveMode.Overwrite);
    if (!table.keepsOneSlice()) {
      // Built from a LocalDate, never from text: a raw argument here could widen the predicate.
      writer = writer.option("replaceWhere", RUN_DATE + " = DATE'" + runDate + "'");
    }
    save(writer, table);
    return slice(table, runDate).count();
  }

  /**
   * Adds rows to the table's slice of one run date in one commit: for rows that come one by one,
   * and whose writers may come at the same time.
   *
   * @param rows the declared columns, in any order, without the run date
   */
  public void append(TableSpec table, LocalDate runDate, Dataset<Row> rows) {
    createIfMissing(table);
    save(
        rows.withColumn(RUN_DATE, date(runDate))
            .select(table.columns())
            .write()
            .format(FORMAT)
            .mode(SaveMode.Append),
        table);
  }

  private void save(DataFrameWriter<Row> writer, TableSpec table) {
    var location = location(table).toString();
    try {
      writer.save(location);
    } catch (Exception failure) {
      requireSpace(table, failure);
      // Another version's table is the likeliest reason, and says what to do.
      requireColumns(table, List.of(spark.read().format(FORMAT).load(location).columns()));
      throw failure;
    }
  }

  private void requireSpace(TableSpec table, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // Executors tell the driver their reasons as text.
      if (String.valueOf(cause.getMessage()).contains("No space left on device")) {
        throw new IllegalStateException(
            "No space left on a disk while %s was written: %d MB are free below %s. Nothing was published; the table is as it was. Make room there, or where spark.local.dir is, and run again."
                .formatted(table, root.toFile().getUsableSpace() >> 20, root),
            failure);
      }
    }
  }

  private static Column date(LocalDate runDate) {
    return lit(java.sql.Date.valueOf(runDate));
  }

  private void createIfMissing(TableSpec table) {
    var location = location(table).toString();
    if (TableFolder.isTable(location(table))) {
      return;
    }
    TableFolder.removeUnmade(location(table));
    // With its constraints, in one commit: nobody sees the table without them.
    var creation =
        DeltaTable.createIfNotExists(spark)
            .location(location)
            .comment(table.comment())
            .addColumns(table.schema())
            .partitionedBy(RUN_DATE);
    table
        .constraints()
        .forEach((name, condition) -> creation.property("delta.constraints." + name, condition));
    try {
      creation.execute();
    } catch (RuntimeException failure) {
      // Another run may have made it meanwhile.
      if (!TableFolder.isTable(location(table))) {
        throw failure;
      }
    }
  }
}
