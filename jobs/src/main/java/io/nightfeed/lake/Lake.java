package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.delta.tables.DeltaTable;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.udfs.NightfeedFunctions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.schema.DeltaInvariantViolationException;

/**
 * The Delta tables below one folder. The only code that reads or writes them.
 *
 * <p>Every table is partitioned by run date. Publishing replaces the slice of one run date:
 *
 * <ol>
 *   <li>Stage: the rows are written once, as the table's files, in no commit ({@link StagedSlice}).
 *   <li>Audit: the rules that the table declares are asked of these rows, some while they are
 *       written, the others of the files ({@link Audit}). If one fails the files are removed, and
 *       what served before serves on.
 *   <li>Commit: one Delta commit takes the old slice out and the new one in, so a reader sees the
 *       one or the other, and a rerun leaves no trace of the first attempt.
 *   <li>Verify: the commit is read back from the log ({@link CommittedVersion}).
 * </ol>
 *
 * <p>What a run publishes is seen when the run says so ({@link #makeVisible}), all of it at once
 * ({@link PublishLog}); until then by the run's own lake alone. Who publishes outside of a run is
 * seen at once.
 */
public final class Lake {
  private static final String FORMAT = "delta";
  private static final String LOCKS = "locks";

  private final SparkSession spark;
  private final Path root;
  private final Supplier<PublishingRun> run;
  private final String publication;
  private final TableUses uses = new TableUses();
  private final SeenTables seen;
  private final List<Row> auditResults = new ArrayList<>();
  private final List<Row> published = new ArrayList<>();

  /** For readers, and for those who publish outside of a run: by the limits that ship. */
  public Lake(SparkSession spark, Path root) {
    this(spark, root, PublishingRun::byHand, null);
  }

  /**
   * Of one run of a job.
   *
   * @param run who publishes, and by which limits
   */
  public Lake(SparkSession spark, Path root, PublishingRun run) {
    this(spark, root, () -> run, UUID.randomUUID().toString());
  }

  private Lake(
      SparkSession spark, Path root, Supplier<PublishingRun> run, String publicationOrNull) {
    this.spark = spark;
    this.root = root.toAbsolutePath();
    this.run = run;
    publication = publicationOrNull;
    seen = new SeenTables(spark, this.root, publication, uses);
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
    return seen.all(table);
  }

  /**
   * The last night that has rows, those included that a run has published which has not ended;
   * nothing where no night has any.
   */
  public Optional<LocalDate> newestNight(TableSpec table) {
    return seen.newestNight(table);
  }

  /**
   * Whether slices of a table are read from its older versions: a run that published them stopped.
   */
  boolean needsOlderVersions(TableSpec table) {
    return seen.needsOlderVersions(table);
  }

  /** The rows that one night wrote. */
  public Dataset<Row> slice(TableSpec table, LocalDate runDate) {
    return nights(table, runDate::equals, col(RUN_DATE).equalTo(date(runDate)));
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
    return nights(table, night -> !night.isAfter(runDate), col(RUN_DATE).leq(date(runDate)));
  }

  private Dataset<Row> nights(TableSpec table, Predicate<LocalDate> nights, Column condition) {
    return seen.files(table, nights).orElseGet(() -> all(table).where(condition));
  }

  /**
   * Replaces the table's slice of one run date, atomically, if it passes its audit.
   *
   * @param rows the new slice: the declared columns, in any order, without the run date
   * @return how many rows the slice has now
   * @throws AuditFailure when a rule or a constraint of the table is broken; nothing has changed
   */
  public long publish(TableSpec table, LocalDate runDate, Dataset<Row> rows) {
    createIfMissing(table);
    var staged = stage(table, runDate, rows);
    boolean isGood = false;
    try {
      audit(table, runDate, staged);
      isGood = true;
    } finally {
      if (!isGood) {
        staged.discard();
      }
    }
    try {
      var owner = table.isSeenAtOnce() ? null : publication;
      var version = staged.commit(owner);
      uses.wrote(new TableUses.Output(table, runDate, version, staged.count()), owner == null);
      if (owner != null) {
        published.add(
            RowFactory.create(
                publication,
                table.name(),
                java.sql.Date.valueOf(runDate),
                staged.attempt(),
                version,
                staged.count(),
                run.get().runId()));
      }
    } catch (RuntimeException failure) {
      requireSpace(table, failure);
      throw failure;
    }
    return staged.count();
  }

  private StagedSlice stage(TableSpec table, LocalDate runDate, Dataset<Row> rows) {
    // Rules may use them.
    NightfeedFunctions.register(spark);
    try {
      return new StagedSlice(
          spark,
          table,
          runDate,
          location(table),
          rows.withColumn(RUN_DATE, date(runDate)).select(table.columns()),
          SliceQuestions.whileWritten(table, runDate));
    } catch (Exception failure) {
      requireSpace(table, failure);
      requireStoredColumns(table);
      var broken = constraint(failure);
      if (broken != null) {
        throw new AuditFailure(table, runDate, broken.getMessage(), failure);
      }
      throw failure;
    }
  }

  /** The constraint that a row broke, if that is why; null otherwise. */
  private static Throwable constraint(Throwable failure) {
    var cause = failure;
    while (cause != null && !(cause instanceof DeltaInvariantViolationException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private void audit(TableSpec table, LocalDate runDate, StagedSlice staged) {
    var publishing = run.get();
    var results = new Audit(this, table, runDate, staged, publishing).results();
    results.forEach(
        result -> auditResults.add(result.row(table.name(), staged.attempt(), publishing.runId())));
    var failed = results.stream().filter(AuditResult::isFailed).toList();
    if (!failed.isEmpty()) {
      throw new AuditFailure(
          table, runDate, failed.stream().map(AuditResult::explained).collect(joining(" ")), null);
    }
  }

  /** What the audits of this lake's publications found, rows of {@link Ops#AUDIT_RESULTS}. */
  public List<Row> auditResults() {
    return List.copyOf(auditResults);
  }

  /**
   * Lets everybody see what this lake has published for its run, by one commit; for the end of a
   * run that did all it had to do.
   *
   * @param runDate the run's night
   */
  public void makeVisible(LocalDate runDate) {
    if (published.isEmpty()) {
      return;
    }
    var rows = spark.createDataFrame(List.copyOf(published), Ops.PUBLISH_LOG.rowSchema());
    var mark = new CommitMark(publication, runDate.toString(), false);
    append(Ops.PUBLISH_LOG, runDate, rows.coalesce(1), Map.of("userMetadata", mark.json()));
    if (!seen.isPublished(publication)) {
      throw new IllegalStateException(
          "%s was committed, and does not name what the run of %s published: readers go on with what they saw before. Look after the disk of %s, and run again."
              .formatted(Ops.PUBLISH_LOG, runDate, location(Ops.PUBLISH_LOG)));
    }
    published.clear();
    uses.showAll();
  }

  /** The tables that were read and written by this lake so far. */
  public TableUses uses() {
    return uses;
  }

  /**
   * Adds rows to the table's slice of one run date in one commit: for rows that come one by one,
   * and whose writers may come at the same time.
   *
   * @param rows the declared columns, in any order, without the run date
   */
  public void append(TableSpec table, LocalDate runDate, Dataset<Row> rows) {
    append(table, runDate, rows, Map.of());
  }

  private void append(
      TableSpec table, LocalDate runDate, Dataset<Row> rows, Map<String, String> options) {
    createIfMissing(table);
    try {
      rows.withColumn(RUN_DATE, date(runDate))
          .select(table.columns())
          .write()
          .format(FORMAT)
          .mode(SaveMode.Append)
          .options(options)
          .save(location(table).toString());
    } catch (Exception failure) {
      requireSpace(table, failure);
      requireStoredColumns(table);
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

  /** Where writing failed, another version's table is the likeliest reason, and says what to do. */
  private void requireStoredColumns(TableSpec table) {
    var stored = spark.read().format(FORMAT).load(location(table).toString());
    seen.requireColumns(table, List.of(stored.columns()));
  }

  private static Column date(LocalDate runDate) {
    return lit(java.sql.Date.valueOf(runDate));
  }

  private void createIfMissing(TableSpec table) {
    var location = location(table);
    if (!TableFolder.isTable(location)) {
      TableFolder.make(location, root.resolve(LOCKS).resolve(table.name()), () -> create(table));
    }
  }

  /** With its constraints, in one commit: nobody sees the table without them. */
  private void create(TableSpec table) {
    var creation =
        DeltaTable.createIfNotExists(spark)
            .location(location(table).toString())
            .comment(table.comment())
            .addColumns(table.schema())
            .partitionedBy(RUN_DATE)
            .property(
                "delta.dataSkippingNumIndexedCols", String.valueOf(table.columnsWithStatistics()));
    if (table.hasChangeFeed()) {
      creation.property("delta.enableChangeDataFeed", "true");
    }
    table
        .constraints()
        .forEach((name, condition) -> creation.property("delta.constraints." + name, condition));
    creation.execute();
  }
}
