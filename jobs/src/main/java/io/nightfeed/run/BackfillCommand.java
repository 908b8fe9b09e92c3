package io.nightfeed.run;

import io.nightfeed.lake.Lake;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.codec.digest.DigestUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All jobs for a range of nights. */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    description = {
      "Runs all jobs for a range of nights, job by job: every night is ingested before any is profiled,",
      "since a night knows all that arrived up to it. What is done already, with the settings and the",
      "version of now and after everything that it depends on, is skipped; ops.job_runs tells. So the",
      "same command goes on where it was stopped, however it was stopped."
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0   done",
      "  1   a job failed; nothing was begun after it",
      "  2   wrong options or settings",
      "  3   data, or train's model, not good enough to publish",
      "  75  something is not there yet, or another run has one of the nights: try again later",
      "",
      "Example: nightfeed backfill --config conf/local.conf --from 2025-06-01 --to 2025-06-11 --plan"
    })
public final class BackfillCommand implements Callable<Integer> {
  private final List<Job> jobs;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "YYYY-MM-DD",
      description = "The first night, inclusive.")
  private LocalDate from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "YYYY-MM-DD",
      description = "The night after the last one: exclusive.")
  private LocalDate to;

  @Option(
      names = "--max-parallel",
      defaultValue = "1",
      description =
          "Most nights at a time (default ${DEFAULT-VALUE}). Jobs whose nights are ordered (annotate, train) take one.")
  private int atOnce;

  @Option(names = "--plan", description = "Print what would be run, and run nothing.")
  private boolean isPlanOnly;

  @Mixin private AcceptedVolumes acceptedVolumes;

  @Option(names = "--force", description = "Run what is done already, too.")
  private boolean isForced;

  @Option(
      names = "--order-seed",
      description =
          "Take nights in an order that is drawn, to see that it makes no difference (default: by date).")
  private Integer orderSeed;

  /**
   * @param jobs of a night, in order
   */
  public BackfillCommand(List<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!from.isBefore(to)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--from %s is not before --to %s; --to is the night after the last one"
              .formatted(from, to));
    }
    if (atOnce < 1) {
      throw new JobFailure(
          ExitCode.USAGE, "--max-parallel is %d; expected 1 or more".formatted(atOnce));
    }
    var accepted = acceptedVolumes.tables();
    var settings = settingsOptions.settings();
    var out = spec.commandLine().getOut();
    try (var spark = Sessions.open("nightfeed backfill " + from + " " + to)) {
      var runner = new JobRunner(spark, settings, out, Clock.systemUTC(), accepted);
      var ledger = JobLedger.read(new Lake(spark, settings.lakeFolder()));
      var backfill = new Backfill(runner, jobs, ledger, out);
      var nights = nights();
      var plan = backfill.plan(nights, isForced);
      print(out, plan, nights.size());
      if (isPlanOnly) {
        return ExitCode.OK.status();
      }
      var code = backfill.run(plan, atOnce);
      if (code == ExitCode.OK && runner.hasRefused()) {
        return ExitCode.DATA_QUALITY.status();
      }
      return code.status();
    }
  }

  private List<LocalDate> nights() {
    var nights = from.datesUntil(to);
    return (orderSeed == null
            ? nights
            : nights.sorted(
                Comparator.comparing(night -> DigestUtils.sha256Hex(orderSeed + "|" + night))))
        .toList();
  }

  private void print(PrintWriter out, Map<Job, List<LocalDate>> plan, int nights) {
    out.printf("backfill from %s (inclusive) to %s (exclusive): %d nights%n", from, to, nights);
    plan.forEach(
        (job, due) ->
            out.printf(
                "  %-10s %4d to run, %4d done%s%n",
                job.name(),
                due.size(),
                nights - due.size(),
                due.isEmpty() || due.size() == nights ? "" : ": " + due));
    out.flush();
  }
}
