package io.nightfeed.run;

import static io.nightfeed.tables.Columns.JOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Ops;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BackfillTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);
  private static final LocalDate WEDNESDAY = MONDAY.plusDays(2);
  private static final List<LocalDate> SHUFFLED = List.of(WEDNESDAY, MONDAY, TUESDAY);

  @TempDir Path lake;
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final Job ingest = job("ingest", false, context -> {});
  private final Job train = job("train", true, context -> {});
  private final Job report = job("report", false, context -> {});
  private Settings settings;
  private JobRunner runner;

  /** Every look at it is a second later. */
  private static final class Ticking extends Clock {
    private static final AtomicLong SECONDS = new AtomicLong();

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusSeconds(SECONDS.incrementAndGet());
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void openLake() {
    settings = SettingsLoader.load(List.of(), Map.of("lake-folder", "\"" + lake + "\""));
    runner =
        new JobRunner(
            SparkTest.spark(), settings, new PrintWriter(Writer.nullWriter()), new Ticking());
  }

  @Test
  void nights_areTakenJobByJobAndOrderedWhereTheyMustBe() throws InterruptedException {
    assertThat(backfill(List.of(ingest, train, report), false)).isEqualTo(ExitCode.OK);
    assertThat(done)
        .containsExactly(
            "ingest " + WEDNESDAY,
            "ingest " + MONDAY,
            "ingest " + TUESDAY,
            "train " + MONDAY,
            "train " + TUESDAY,
            "train " + WEDNESDAY,
            "report " + WEDNESDAY,
            "report " + MONDAY,
            "report " + TUESDAY);
  }

  @Test
  void whatIsDone_isSkippedUnlessForced() throws InterruptedException {
    var jobs = List.of(ingest, train);
    backfill(jobs, false);
    done.clear();
    backfill(jobs, false);
    assertThat(done).isEmpty();
    backfill(jobs, true);
    assertThat(done).hasSize(6);
  }

  @Test
  void nightThatIsIngestedAgain_makesWhatDependsOnItDue() throws InterruptedException {
    var jobs = List.of(ingest, train, report);
    backfill(jobs, false);
    done.clear();
    runner.run(List.of(ingest), TUESDAY);
    done.clear();
    backfill(jobs, false);
    assertThat(done)
        .containsExactly(
            "train " + TUESDAY, "train " + WEDNESDAY, "report " + WEDNESDAY, "report " + TUESDAY);
  }

  @Test
  void otherSettings_makeEverythingDue() throws InterruptedException {
    backfill(List.of(ingest), false);
    done.clear();
    settings =
        SettingsLoader.load(
            List.of(), Map.of("lake-folder", "\"" + lake + "\"", "train.rank", "8"));
    runner =
        new JobRunner(
            SparkTest.spark(), settings, new PrintWriter(Writer.nullWriter()), new Ticking());
    backfill(List.of(ingest), false);
    assertThat(done).hasSize(3);
  }

  @Test
  void failure_stopsTheBackfillAndTheNextOneGoesOnThere() throws InterruptedException {
    var isBroken = new boolean[] {true};
    var fragile =
        job(
            "profile",
            true,
            context -> {
              if (isBroken[0] && context.runDate().equals(TUESDAY)) {
                throw new JobFailure(ExitCode.RETRY, "not there yet");
              }
            });
    var jobs = List.of(ingest, fragile, report);
    assertThat(backfill(jobs, false)).isEqualTo(ExitCode.RETRY);
    assertThat(done).doesNotContain("profile " + WEDNESDAY, "report " + MONDAY);
    isBroken[0] = false;
    done.clear();
    assertThat(backfill(jobs, false)).isEqualTo(ExitCode.OK);
    assertThat(done).startsWith("profile " + TUESDAY, "profile " + WEDNESDAY).hasSize(5);
  }

  @Test
  void severalNightsAtOnce_areAllRecorded() throws InterruptedException {
    var backfill = backfillOf(List.of(ingest));
    backfill.run(backfill.plan(MONDAY.datesUntil(MONDAY.plusDays(8)).toList(), false), 4);
    assertThat(done).hasSize(8);
    assertThat(opened().all(Ops.JOB_RUNS).select(JOB).count()).isEqualTo(8);
  }

  @Test
  void nightThatAnotherRunHas_isLeftAlone() {
    var held = NightLock.take(lake, MONDAY);
    try (held) {
      assertThat(runner.run(List.of(ingest), MONDAY)).isEqualTo(ExitCode.RETRY);
      assertThat(runner.run(List.of(ingest), TUESDAY)).isEqualTo(ExitCode.OK);
      assertThat(done).containsExactly("ingest " + TUESDAY);
    }
    assertThat(runner.run(List.of(ingest), MONDAY)).isEqualTo(ExitCode.OK);
  }

  @Test
  void acceptedVolume_mustBeOfATableWhoseVolumeIsAudited() {
    var command = new BackfillCommand(List.of());
    new CommandLine(command)
        .parseArgs("--from=2025-06-01", "--to=2025-06-02", "--accept-volume", "silver.quarantine");
    assertThatThrownBy(command::call)
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("silver.quarantine: expected tables whose volume is audited")
        .hasMessageContaining("silver.events");
  }

  private ExitCode backfill(List<Job> jobs, boolean isForced) throws InterruptedException {
    var backfill = backfillOf(jobs);
    return backfill.run(backfill.plan(SHUFFLED, isForced), 1);
  }

  private Backfill backfillOf(List<Job> jobs) {
    return new Backfill(
        runner, jobs, JobLedger.read(opened()), new PrintWriter(Writer.nullWriter()));
  }

  private Lake opened() {
    return new Lake(SparkTest.spark(), lake);
  }

  private Job job(String name, boolean isOrdered, Consumer<JobContext> body) {
    return new Job() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean isOrdered() {
        return isOrdered;
      }

      @Override
      public void run(JobContext context) {
        body.accept(context);
        done.add(name + " " + context.runDate());
      }
    };
  }
}
