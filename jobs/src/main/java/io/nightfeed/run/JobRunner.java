package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.AuditFailure;
import io.nightfeed.lake.Lake;
import io.nightfeed.lake.PublishingRun;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.TableSpec;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs one after the other for one night, records each, and stops at the first failure. Nights
 * may be run by several threads at once; one night only by one, of all processes.
 */
public final class JobRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final SparkSession spark;
  private final Settings settings;
  private final PrintWriter out;
  private final Clock clock;
  private final Set<String> acceptedVolumes;
  private volatile boolean hasRefused;

  /**
   * @param clock measures durations for the run records; rows never depend on it
   */
  public JobRunner(SparkSession spark, Settings settings, PrintWriter out, Clock clock) {
    this(spark, settings, out, clock, Set.of());
  }

  /**
   * @param acceptedVolumes names of tables whose slices may have any number of rows
   */
  public JobRunner(
      SparkSession spark,
      Settings settings,
      PrintWriter out,
      Clock clock,
      Set<String> acceptedVolumes) {
    this.acceptedVolumes = Set.copyOf(acceptedVolumes);
    this.spark = spark;
    this.settings = settings;
    this.out = out;
    this.clock = clock;
  }

  /** Runs the jobs in order; the code of the first that fails, or OK. */
  public ExitCode run(List<Job> jobs, LocalDate runDate) {
    NightLock lock;
    try {
      new KeyCheck(settings.lakeFolder()).requireNoRotation();
      lock = NightLock.take(settings.lakeFolder(), runDate);
    } catch (JobFailure taken) {
      out.println("nightfeed: " + taken.getMessage());
      out.flush();
      return taken.code();
    }
    try (lock) {
      return runLocked(jobs, runDate);
    }
  }

  private ExitCode runLocked(List<Job> jobs, LocalDate runDate) {
    var rows = new ArrayList<Row>();
    var audits = new ArrayList<Row>();
    var code = ExitCode.OK;
    for (var job : jobs) {
      if (code == ExitCode.OK) {
        var record = run(job, runDate, audits);
        rows.add(record.row());
        code = record.code();
      }
    }
    // Last: who finds the run there finds its audits, too.
    keep(Ops.AUDIT_RESULTS, runDate, audits);
    keep(Ops.JOB_RUNS, runDate, rows);
    return code;
  }

  private void keep(TableSpec table, LocalDate runDate, List<Row> rows) {
    if (!rows.isEmpty()) {
      new Lake(spark, settings.lakeFolder())
          .append(table, runDate, spark.createDataFrame(rows, table.rowSchema()).coalesce(1));
    }
  }

  /** Whether a job that ended well made something that may not serve. */
  public boolean hasRefused() {
    return hasRefused;
  }

  private RunRecord run(Job job, LocalDate runDate, List<Row> audits) {
    var record = new RunRecord(job.name(), runDate, runId(runDate), clock.instant());
    var publishing = new PublishingRun(record.runId(), settings.publish(), acceptedVolumes);
    var lake = new Lake(spark, settings.lakeFolder(), publishing);
    var tasks = spark.sparkContext();
    tasks.setJobGroup(job.name(), job.name() + " " + runDate, false);
    try (var logged = Logged.as(tasks, job.name(), runDate, record.runId());
        var measures = TaskMeasures.start(tasks);
        var lineage = Lineage.start(spark, record, lake)) {
      var code = attempt(job, record, lake, runDate, audits);
      hasRefused |= record.isRefused();
      record.finish(code, measures.totals(), clock.instant());
      logged.end(record);
      lineage.end();
    } finally {
      tasks.clearJobGroup();
    }
    var file = record.write(settings.lakeFolder());
    // In one piece: other threads print, too.
    out.print(record.summary() + "  record: " + file + System.lineSeparator());
    out.flush();
    return record;
  }

  private ExitCode attempt(
      Job job, RunRecord record, Lake lake, LocalDate runDate, List<Row> audits) {
    try {
      try {
        job.run(new JobContext(spark, settings, lake, runDate, record));
        lake.makeVisible(runDate);
      } finally {
        audits.addAll(lake.auditResults());
      }
      return ExitCode.OK;
    } catch (AuditFailure failure) {
      LOG.debug("{} {}", job.name(), runDate, failure);
      record.note(RunRecord.FAILURE, failure.getMessage());
      return ExitCode.DATA_QUALITY;
    } catch (JobFailure failure) {
      LOG.debug("{} {}", job.name(), runDate, failure);
      record.note(RunRecord.FAILURE, failure.getMessage());
      return failure.code();
    } catch (RuntimeException unexpected) {
      LOG.error("{} {} failed", job.name(), runDate, unexpected);
      record.note(RunRecord.FAILURE, unexpected.toString());
      return ExitCode.FAILED;
    }
  }

  /** The same night with the same settings and version has the same id, whoever runs it. */
  String runId(LocalDate runDate) {
    var version = JobRunner.class.getPackage().getImplementationVersion();
    var identity = String.join("|", runDate.toString(), settings.digest(), String.valueOf(version));
    return HexFormat.of().formatHex(DigestUtils.sha256(identity), 0, 8);
  }
}
