package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import io.nightfeed.tables.Ops;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables below one folder, as one reader sees them: what runs have published that ended well,
 * by {@link PublishLog}, and what the reader's own run has published so far.
 */
final class SeenTables {
  private final SparkSession spark;
  private final Path root;
  private final String publication;
  private final TableUses uses;
  private final PublishLog log;

  /**
   * @param publication the reader's own; null where it has none
   * @param uses is told what is read
   */
  SeenTables(SparkSession spark, Path root, String publication, TableUses uses) {
    this.spark = spark;
    this.root = root;
    this.publication = publication;
    this.uses = uses;
    log = new PublishLog(location(Ops.PUBLISH_LOG));
  }

  private Path location(TableSpec table) {
    return root.resolve(table.path());
  }

  /** Every row; no rows, with the declared columns, when the table does not exist yet. */
  Dataset<Row> all(TableSpec table) {
    var files = LogFiles.of(location(table));
    if (!files.hasTable()) {
      return spark.createDataFrame(List.of(), table.schema());
    }
    var seen = log.seen(files, publication);
    var newest = at(table, seen.version());
    uses.read(table, seen.version());
    return declared(table, rows(table, seen, newest));
  }

  private Dataset<Row> declared(TableSpec table, Dataset<Row> rows) {
    requireColumns(table, List.of(rows.columns()));
    return rows.select(table.columns());
  }

  private Dataset<Row> rows(TableSpec table, PublishLog.Seen seen, Dataset<Row> newest) {
    if (seen.earlier().isEmpty()) {
      return newest;
    }
    if (seen.earlier().containsKey(null)) {
      var whole = seen.earlier().get(null);
      return whole.hasRows() ? at(table, whole.version()) : newest.limit(0);
    }
    var nights = seen.earlier().keySet().stream().map(Date::valueOf).toArray();
    var rows = newest.where(not(col(RUN_DATE).isin(nights)));
    for (var slice : seen.earlier().entrySet()) {
      if (slice.getValue().hasRows()) {
        var night = col(RUN_DATE).equalTo(lit(Date.valueOf(slice.getKey())));
        rows = rows.unionByName(at(table, slice.getValue().version()).where(night));
      }
    }
    return rows;
  }

  /** A version, so that nothing is read that was committed after it was looked up. */
  private Dataset<Row> at(TableSpec table, long version) {
    return spark
        .read()
        .format("delta")
        .option("versionAsOf", version)
        .load(location(table).toString());
  }

  /**
   * Rows of some nights, read without asking Spark which files they are, which takes longer than
   * reading small ones; nothing where only Spark can tell.
   */
  Optional<Dataset<Row>> files(TableSpec table, Predicate<LocalDate> nights) {
    var files = LogFiles.of(location(table));
    if (!files.hasTable()) {
      return Optional.empty();
    }
    var seen = log.seen(files, publication);
    return TableVersion.newest(spark, location(table))
        .filter(newest -> newest.number() == seen.version() && seen.earlier().isEmpty())
        .map(
            newest -> {
              uses.read(table, newest.number());
              return declared(table, newest.rows(nights));
            });
  }

  /** The last night that has rows, whether or not they are seen. */
  Optional<LocalDate> newestNight(TableSpec table) {
    if (!TableFolder.isTable(location(table))) {
      return Optional.empty();
    }
    var version = TableVersion.newest(spark, location(table));
    if (version.isPresent()) {
      return version.get().rowsByNight().keySet().stream().findFirst();
    }
    var newest =
        spark.read().format("delta").load(location(table).toString()).agg(max(RUN_DATE)).first();
    return Optional.ofNullable(newest.getDate(0)).map(Date::toLocalDate);
  }

  /** Whether slices of a table are read from its older versions. */
  boolean needsOlderVersions(TableSpec table) {
    return log.seen(LogFiles.of(location(table)), publication).earlier().values().stream()
        .anyMatch(PublishLog.Earlier::hasRows);
  }

  /** Whether everybody sees what a run has published. */
  boolean isPublished(String one) {
    return log.names(one);
  }

  /**
   * @throws IllegalStateException when a table lacks declared columns
   */
  void requireColumns(TableSpec table, List<String> stored) {
    for (var column : table.schema().fieldNames()) {
      if (!stored.contains(column)) {
        throw new IllegalStateException(
            "Table %s in %s has no column %s: another version of Nightfeed wrote it. Move its folder away, and run the nights again."
                .formatted(table, location(table), column));
      }
    }
  }
}
