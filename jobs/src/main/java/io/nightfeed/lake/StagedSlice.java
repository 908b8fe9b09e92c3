package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.util.DeltaFileOperations;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The rows of one slice, written into the table's folder and in no commit: no reader of the table
 * sees them, and committing them moves no byte. It is Delta's own write ({@code WriteIntoDelta}),
 * with a pause between its two steps, files and commit.
 *
 * <p>Its transaction is open all the while. Delta's transaction identifier is the table and slice,
 * its version the attempt, one more than the last that was committed: of two processes that publish
 * one slice at once the later is refused, and no attempt can be applied twice. Other slices of the
 * table do not stand in the way.
 */
final class StagedSlice {
  private static final Logger LOG = LoggerFactory.getLogger(StagedSlice.class);
  private static final String PARTITION_VALUES = "partitionValues";
  private static final String STATS = "stats";
  private static final String ROWS = "rows";

  private final TableSpec table;
  private final LocalDate runDate;
  private final Path location;
  private final DeltaLog log;
  private final OptimisticTransaction transaction;
  private final Optional<TableVersion> before;
  private final DeltaOptions options;
  private final SaveMode mode;
  private final long attempt;
  private final DeltaLine.Written written;
  private final List<AddFile> files;
  private final Optional<Map<String, Long>> found;

  /**
   * Writes the files.
   *
   * @param rows the slice, in the table's columns, the run date included
   * @param asked aggregates of all rows, to be counted while they are written, by name
   */
  StagedSlice(
      SparkSession spark,
      TableSpec table,
      LocalDate runDate,
      Path location,
      Dataset<Row> rows,
      Map<String, Column> asked) {
    this.table = table;
    this.runDate = runDate;
    this.location = location;
    log = DeltaLog.forTable(spark, location.toString());
    transaction = DeltaLine.transaction(log);
    before = TableVersion.of(log, transaction.snapshot());
    var slice = table.keepsOneSlice() ? table.name() : table.name() + "/" + runDate;
    attempt = lastAttempt(slice) + 1;
    // What is not there need not be looked for.
    mode = mayHaveRows() ? SaveMode.Overwrite : SaveMode.Append;
    var set = new TreeMap<String, String>();
    set.put(DeltaOptions.TXN_APP_ID(), slice);
    set.put(DeltaOptions.TXN_VERSION(), Long.toString(attempt));
    if (mode == SaveMode.Overwrite && !table.keepsOneSlice()) {
      // Built from a LocalDate, never from text: a raw argument here could widen the predicate.
      set.put(DeltaOptions.REPLACE_WHERE_OPTION(), RUN_DATE + " = DATE'" + runDate + "'");
    }
    options = new DeltaOptions(scalaMap(set), spark.sessionState().conf());
    var counted = new LinkedHashMap<>(asked);
    counted.put(ROWS, functions.count(lit(1)));
    try (var observed = new ObservedRows(rows, counted)) {
      written =
          DeltaLine.write(spark, log, transaction, mode, options, partitions(), observed.rows());
      files =
          JavaConverters.seqAsJavaList(written.actions()).stream()
              .filter(AddFile.class::isInstance)
              .map(AddFile.class::cast)
              .toList();
      // Of no rows Spark may tell nothing.
      found = count() == 0 ? Optional.empty() : observed.found();
    }
  }

  /**
   * What was counted while the rows were written, by name; nothing where it is not known, or is not
   * of all rows that the files have.
   */
  Optional<Map<String, Long>> found() {
    return found.filter(numbers -> numbers.get(ROWS) == count());
  }

  /** Its number among the attempts to publish the slice, from 0. */
  long attempt() {
    return attempt;
  }

  /** Delta's transaction version of the slice; -1 where there is none. */
  private long lastAttempt(String slice) {
    var checksum = transaction.snapshot().checksumOpt();
    if (checksum.isEmpty() || checksum.get().setTransactions().isEmpty()) {
      return transaction.txnVersion(slice);
    }
    // As txnVersion does: whoever commits the same slice meanwhile stands in the way.
    transaction.readTxn().$plus$eq(slice);
    return JavaConverters.seqAsJavaList(checksum.get().setTransactions().get()).stream()
        .filter(one -> one.appId().equals(slice))
        .mapToLong(SetTransaction::version)
        .max()
        .orElse(-1);
  }

  private boolean mayHaveRows() {
    var nights = before.map(TableVersion::rowsByNight);
    return table.keepsOneSlice()
        ? nights.map(rows -> !rows.isEmpty()).orElse(true)
        : nights
            .map(rows -> rows.containsKey(runDate))
            .orElseGet(() -> Files.exists(location.resolve(RUN_DATE + "=" + runDate)));
  }

  /** How many rows were written. */
  long count() {
    return files.stream().mapToLong(TableVersion::rowsOf).sum();
  }

  /** The rows as the files have them. */
  Dataset<Row> rows() {
    return log.createDataFrame(
        transaction.snapshot(), JavaConverters.asScalaBuffer(files).toSeq(), false, Option.empty());
  }

  /**
   * How many rows the slices of the nights before this one have, the latest first, up to one that
   * has none: tables grow, and a backfill in any order compares a night with its neighbours alone.
   */
  List<Long> nightsBefore(int most) {
    var rowsByNight = before.map(TableVersion::rowsByNight).orElseGet(this::countByNight);
    var rows = new ArrayList<Long>();
    for (var night = runDate.minusDays(1);
        rows.size() < most && rowsByNight.containsKey(night);
        night = night.minusDays(1)) {
      rows.add(rowsByNight.get(night));
    }
    return rows;
  }

  private TreeMap<LocalDate, Long> countByNight() {
    var rows = new TreeMap<LocalDate, Long>();
    transaction
        .snapshot()
        .allFiles()
        .toDF()
        .select(
            col(PARTITION_VALUES).getItem(RUN_DATE).cast("date").as(RUN_DATE),
            get_json_object(col(STATS), "$.numRecords").cast("long").as(ROWS))
        .groupBy(RUN_DATE)
        .agg(sum(ROWS).as(ROWS))
        .where(col(ROWS).gt(0))
        .collectAsList()
        .forEach(row -> rows.put(row.getDate(0).toLocalDate(), row.getLong(1)));
    return rows;
  }

  /**
   * Makes the rows the table's slice, and looks whether the log says so.
   *
   * @param publication whose commit it is; null: seen at once
   * @return the table's version
   * @throws IllegalStateException when somebody else published the slice meanwhile, or the log is
   *     not what it should be
   */
  long commit(String publication) {
    var slice = table.keepsOneSlice() ? null : runDate.toString();
    var mark = new CommitMark(publication, slice, mode == SaveMode.Overwrite);
    var operation =
        new DeltaOperations.Write(
            mode, Option.apply(partitions()), options.replaceWhere(), Option.apply(mark.json()));
    try {
      long version = transaction.commit(written.actions(), operation, written.tags());
      new CommittedVersion(location, version).requireFiles(files.size(), count());
      return version;
    } catch (DeltaConcurrentModificationException other) {
      discard();
      throw new IllegalStateException(
          "The slice of %s of %s was published by another process while this one made it. What is there now is the other's; run again if it should be this one's."
              .formatted(runDate, table),
          other);
    }
  }

  /** Removes the files; those that cannot be removed are in no commit, and VACUUM takes them. */
  void discard() {
    for (var file : files) {
      try {
        Files.deleteIfExists(
            Path.of(
                DeltaFileOperations.absolutePath(log.dataPath().toString(), file.path())
                    .toUri()
                    .getPath()));
      } catch (IOException e) {
        LOG.warn("{} was not published, and cannot be removed.", file.path(), e);
      }
    }
  }

  private static Seq<String> partitions() {
    return JavaConverters.asScalaBuffer(List.of(RUN_DATE)).toSeq();
  }

  private static scala.collection.immutable.Map<String, String> scalaMap(Map<String, String> map) {
    var entries = scala.collection.immutable.Map$.MODULE$.<String, String>newBuilder();
    map.forEach((key, value) -> entries.$plus$eq(Tuple2.apply(key, value)));
    return entries.result();
  }
}
