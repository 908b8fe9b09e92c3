package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.AuditFailure;
import io.nightfeed.lake.Lake;
import io.nightfeed.lake.PublishingRun;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs jobs one after the other for one night, records each, and stops at the first failure. */
public final class JobRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final SparkSession spark;
  private final Settings settings;
  private final PrintWriter out;
  private final Clock clock;
  private final Set<String> acceptedVolumes;
  private boolean hasRefused;

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
    for (var job : jobs) {
      var code = run(job, runDate);
      if (code != ExitCode.OK) {
        return code;
      }
    }
    return ExitCode.OK;
  }

  /** Whether a job that ended well made something that may not serve. */
  public boolean hasRefused() {
    return hasRefused;
  }

  private ExitCode run(Job job, LocalDate runDate) {
    var record = new RunRecord(job.name(), runDate, runId(runDate), clock.instant());
    var publishing = new PublishingRun(record.runId(), settings.publish(), acceptedVolumes);
    var lake = new Lake(spark, settings.lakeFolder(), publishing);
    spark.sparkContext().setJobGroup(job.name(), job.name() + " " + runDate, false);
    var code = ExitCode.OK;
    try {
      try {
        job.run(new JobContext(spark, settings, lake, runDate, record));
      } finally {
        lake.keepAuditResults(runDate);
      }
    } catch (AuditFailure failure) {
      LOG.debug("{} {}", job.name(), runDate, failure);
      record.note("failure", failure.getMessage());
      code = ExitCode.DATA_QUALITY;
    } catch (JobFailure failure) {
      LOG.debug("{} {}", job.name(), runDate, failure);
      record.note("failure", failure.getMessage());
      code = failure.code();
    } catch (RuntimeException unexpected) {
      LOG.error("{} {} failed", job.name(), runDate, unexpected);
      record.note("failure", unexpected.toString());
      code = ExitCode.FAILED;
    } finally {
      spark.sparkContext().clearJobGroup();
    }
    hasRefused |= record.isRefused();
    record.finish(status(code, record), clock.instant());
    var file = record.write(settings.lakeFolder());
    out.print(record.summary());
    out.println("  record: " + file);
    out.flush();
    return code;
  }

  private static String status(ExitCode code, RunRecord record) {
    if (code != ExitCode.OK) {
      return "failed (exit code " + code.status() + ")";
    }
    return record.isRefused() ? "refused (exit code " + ExitCode.DATA_QUALITY.status() + ")" : "ok";
  }

  /** The same night with the same settings and version has the same id, whoever runs it. */
  private String runId(LocalDate runDate) {
    var version = JobRunner.class.getPackage().getImplementationVersion();
    var identity = String.join("|", runDate.toString(), settings.digest(), String.valueOf(version));
    return HexFormat.of().formatHex(DigestUtils.sha256(identity), 0, 8);
  }
}
