package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * The data files of one version of a table, where Delta's checksum of the version names them: it
 * does for tables of few files (up to 50). Asking it starts no Spark job; asking Delta's state of
 * the table starts two or three, which is most of what a small slice costs.
 */
final class TableVersion {
  private final DeltaLog log;
  private final Snapshot snapshot;
  private final List<AddFile> files;

  private TableVersion(DeltaLog log, Snapshot snapshot, List<AddFile> files) {
    this.log = log;
    this.snapshot = snapshot;
    this.files = files;
  }

  /** The newest version; nothing where its checksum does not name its files. */
  static Optional<TableVersion> newest(SparkSession spark, Path location) {
    var log = DeltaLog.forTable(spark, location.toString());
    return of(log, DeltaLine.newest(log));
  }

  /** A version; nothing where its checksum does not name its files, all of them. */
  static Optional<TableVersion> of(DeltaLog log, Snapshot snapshot) {
    var checksum = snapshot.checksumOpt();
    if (checksum.isEmpty() || checksum.get().allFiles().isEmpty()) {
      return Optional.empty();
    }
    var files = JavaConverters.seqAsJavaList(checksum.get().allFiles().get());
    var bytes = files.stream().mapToLong(AddFile::size).sum();
    return files.size() == checksum.get().numFiles() && bytes == checksum.get().tableSizeBytes()
        ? Optional.of(new TableVersion(log, snapshot, files))
        : Optional.empty();
  }

  long number() {
    return snapshot.version();
  }

  /** Rows of the nights. */
  Dataset<Row> rows(Predicate<LocalDate> nights) {
    var chosen = files.stream().filter(file -> nights.test(night(file))).toList();
    return log.createDataFrame(
        snapshot, JavaConverters.asScalaBuffer(chosen).toSeq(), false, Option.empty());
  }

  /** How many rows each night has that has any, the latest first. */
  TreeMap<LocalDate, Long> rowsByNight() {
    var rows = new TreeMap<LocalDate, Long>(Comparator.reverseOrder());
    for (var file : files) {
      long count = rowsOf(file);
      if (count > 0) {
        rows.merge(night(file), count, Long::sum);
      }
    }
    return rows;
  }

  /**
   * How many rows a file has, by its footer, as Delta noted it when the file was written.
   *
   * @throws IllegalStateException when Delta noted nothing
   */
  static long rowsOf(AddFile file) {
    if (file.numLogicalRecords().isEmpty()) {
      throw new IllegalStateException(
          "Delta noted no statistics of %s, which audits count by. Set spark.databricks.delta.stats.collect to true, or leave it out, and run again."
              .formatted(file.path()));
    }
    return (Long) file.numLogicalRecords().get();
  }

  private static LocalDate night(AddFile file) {
    return LocalDate.parse(file.partitionValues().apply(RUN_DATE));
  }
}
