package io.nightfeed.run;

import static io.nightfeed.tables.Columns.COUNTS;
import static io.nightfeed.tables.Columns.JOB;
import static io.nightfeed.tables.Columns.NOTES;
import static io.nightfeed.tables.Columns.STATUS;
import static io.nightfeed.tables.Columns.TASKS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRunnerTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);

  @TempDir Path lake;
  private final StringWriter printed = new StringWriter();

  @Test
  void success_isSummarisedAndRecorded() throws IOException {
    var code = run(job("first", context -> context.record().count("rows.in", 1234)));
    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(printed.toString()).contains("first 2025-06-02: ok").contains("1,234");
    var record =
        new ObjectMapper()
            .readTree(lake.resolve("runs/run_date=2025-06-02/first/run.json").toFile());
    assertThat(record.get("counts").get("rows.in").asLong()).isEqualTo(1234);
    assertThat(record.get("status").asText()).isEqualTo("ok");
  }

  @Test
  void failure_keepsItsCodeAndStopsTheNight() {
    var code =
        run(
            job(
                "first",
                context -> {
                  throw new JobFailure(ExitCode.RETRY, "not there yet");
                }),
            job("second", context -> {}));
    assertThat(code).isEqualTo(ExitCode.RETRY);
    assertThat(printed.toString()).contains("not there yet").doesNotContain("second");
  }

  @Test
  void unexpectedError_isRecordedAsFailed() {
    var code =
        run(
            job(
                "first",
                context -> {
                  throw new IllegalStateException("boom");
                }));
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(printed.toString()).contains("failed (exit code 1)").contains("boom");
  }

  @Test
  void failedAudit_endsWithDataQualityAndIsKept() {
    var rows = wanted(0);
    var code =
        run(job("first", context -> context.lake().publish(Silver.LABELS_WANTED, NIGHT, rows)));
    assertThat(code).isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(printed.toString())
        .contains("failed (exit code 3)")
        .contains("rule uncertainty_in_range")
        .contains("text_hash=h");
    var kept = opened().slice(Ops.AUDIT_RESULTS, NIGHT);
    assertThat(kept.where("outcome = 'failed' and rule = 'uncertainty_in_range'").count())
        .isEqualTo(1);
  }

  @Test
  void jobThatFails_leavesWhatItPublishedUnseen_andTheRetryShowsAll() {
    var isBroken = new boolean[] {true};
    var pair =
        job(
            "pair",
            context -> {
              context.lake().publish(Gold.SERVING_MODELS, NIGHT, serving());
              if (isBroken[0]) {
                throw new IllegalStateException("boom");
              }
              context.lake().publish(Silver.LABELS_WANTED, NIGHT, wanted(1));
            });
    assertThat(run(pair)).isEqualTo(ExitCode.FAILED);
    assertThat(opened().all(Gold.SERVING_MODELS).count()).isZero();
    isBroken[0] = false;
    var seenByTheNext = new ArrayList<Long>();
    var next =
        job("next", context -> seenByTheNext.add(context.lake().all(Gold.SERVING_MODELS).count()));
    assertThat(run(pair, next)).isEqualTo(ExitCode.OK);
    assertThat(seenByTheNext).containsExactly(1L);
    assertThat(opened().all(Gold.SERVING_MODELS).count()).isEqualTo(1);
    assertThat(opened().all(Silver.LABELS_WANTED).count()).isEqualTo(1);
    assertThat(opened().slice(Ops.PUBLISH_LOG, NIGHT).count()).isEqualTo(2);
  }

  @Test
  void rerun_hasTheSameRunId() {
    var ids = new java.util.TreeSet<String>();
    run(job("first", context -> ids.add(context.record().runId())));
    run(job("second", context -> ids.add(context.record().runId())));
    assertThat(ids).hasSize(1);
  }

  @Test
  void nightOfSeveralJobs_isRecordedAsRows() {
    run(
        job(
            "first",
            context -> {
              context.record().count("rows.in", 7);
              context.spark().range(0, 10, 1, 3).foreach(row -> {});
            }),
        job(
            "second",
            context -> {
              throw new JobFailure(ExitCode.RETRY, "not there yet");
            }));
    var rows =
        opened()
            .slice(Ops.JOB_RUNS, NIGHT)
            .select(JOB, STATUS, COUNTS, NOTES, TASKS)
            .orderBy(JOB)
            .collectAsList();
    assertThat(rows.get(0).getString(1)).isEqualTo("ok");
    assertThat(rows.get(0).<String, Long>getJavaMap(2)).containsEntry("rows.in", 7L);
    assertThat(rows.get(0).getLong(4)).isEqualTo(3);
    assertThat(rows.get(1).getString(1)).isEqualTo("failed");
    assertThat(rows.get(1).getLong(4)).isZero();
    assertThat(rows.get(1).<String, String>getJavaMap(3)).containsEntry("failure", "not there yet");
  }

  static Dataset<Row> wanted(int rank) {
    return SparkTest.spark()
        .sql(
            "SELECT 'h' AS text_hash, 'en' AS language, %d AS rank, 0.5D AS uncertainty, 'd' AS model_digest"
                .formatted(rank));
  }

  static Dataset<Row> serving() {
    return SparkTest.spark()
        .sql(
            "SELECT DATE'%s' AS model_run_date, 'm' AS model_version, 'accepted' AS decision, 'why' AS reason, 'run' AS run_id"
                .formatted(NIGHT));
  }

  private Lake opened() {
    return new Lake(SparkTest.spark(), lake);
  }

  private ExitCode run(Job... jobs) {
    var settings = SettingsLoader.load(List.of(), Map.of("lake-folder", "\"" + lake + "\""));
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    return runner.run(List.of(jobs), NIGHT);
  }

  private static Job job(String name, Consumer<JobContext> body) {
    return new Job() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void run(JobContext context) {
        body.accept(context);
      }
    };
  }
}
