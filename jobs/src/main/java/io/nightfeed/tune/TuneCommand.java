package io.nightfeed.tune;

import io.nightfeed.config.Settings;
import io.nightfeed.evaluate.PairedBootstrap;
import io.nightfeed.evaluate.ValidationWindow;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.tune.SuccessiveHalving.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Searches for better settings of the interest model. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Searches for settings of the interest model that rank the posts of the days after a night better,",
      "by NDCG@20 as evaluate-nights measures it: the model learns what the night knew, and is asked for",
      "what people engaged with in the window. Nothing that was written or happened after it counts.",
      "",
      "tune.space in reference.conf says what is searched. Candidates, the settings as set among them, go",
      "through successive halving: all of them on a quarter of users, the best quarter of them on all (as",
      "tune.first-share and tune.reduction-factor say).",
      "",
      "Every finished trial is a row of ops.tuning_trials. The same command goes on where it was stopped;",
      "with a greater tune.trials it adds candidates. Where MLflow is set up, trials are runs there, too.",
      "",
      "A winner that is better than the settings as set, with a 95%% interval above 0, users resampled, is",
      "written to --to. It was chosen on the very window, which flatters it: see whether it is better on a",
      "later night, with evaluate-nights, before it goes to work."
    },
    footer = {
      "",
      "Example (make tune):",
      "  nightfeed tune --config conf/weibo.conf --night 2013-02-28 --window-days 7 --to target/tuned.conf",
      "  nightfeed train --config conf/weibo.conf --config target/tuned.conf --run-date 2013-03-07"
    })
public final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(
      names = "--night",
      required = true,
      paramLabel = "YYYY-MM-DD",
      description = "The night to learn from; ingest, annotate and profile ran for it.")
  private LocalDate night;

  @Option(
      names = "--window-days",
      defaultValue = "30",
      description = "How far after the night is asked (default ${DEFAULT-VALUE}).")
  private int windowDays;

  @Option(
      names = "--to",
      defaultValue = "target/tuned.conf",
      paramLabel = "FILE",
      description = "Where the settings that differ go (default ${DEFAULT-VALUE}).")
  private Path to;

  @Option(names = "--force", description = "Write them even if they are not clearly better.")
  private boolean isForced;

  @Option(names = "--restart", description = "Measure trials again that were finished before.")
  private boolean isRestarted;

  @Option(
      names = "--json",
      defaultValue = "target/bench/tune.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Override
  public Integer call() throws IOException {
    if (windowDays < 1) {
      throw new JobFailure(
          ExitCode.USAGE, "--window-days is %d; expected 1 or more".formatted(windowDays));
    }
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed tune")) {
      search(spark, settings);
    }
    return ExitCode.OK.status();
  }

  private void search(SparkSession spark, Settings settings) throws IOException {
    var out = spec.commandLine().getOut();
    var lake = new Lake(spark, settings.lakeFolder());
    var window = ValidationWindow.of(lake, settings, night, windowDays);
    var id = Search.id(settings, night, windowDays, window.dataVersion());
    var log = new TrialLog(spark, lake, night, id);
    if (isRestarted) {
      log.restart();
    }
    var tune = settings.tune();
    var mlflow = MlflowRuns.of(tune.mlflowTrackingUri(), System.getenv(), Clock.systemUTC(), out);
    var search = new Search(id, tune, log, mlflow, out);
    var finalists =
        search.run(
            (candidate, rung) -> window.ndcg(options.settings(candidate.changes()), rung.share()));
    show(finalists, out);
    var verdict = Verdict.of(finalists);
    figures(finalists, verdict, search.skipped(), new MeasuredFigures(out, json));
    conclude(verdict, id, out);
  }

  private static void show(List<Result> finalists, PrintWriter out) {
    out.printf(
        "%nNDCG@20 of all users, the best first; less the settings as set [95%% interval]:%n");
    var asSet = SuccessiveHalving.asSet(finalists);
    for (var one : finalists) {
      var gain = Verdict.gain(one, asSet);
      out.printf(
          "  %.4f  %+.4f [%+.4f, %+.4f]  trial %d: %s%n",
          one.mean(),
          gain.mean(),
          gain.low(),
          gain.high(),
          one.candidate().trial(),
          one.candidate());
    }
    out.println();
  }

  private static void figures(
      List<Result> finalists, Verdict verdict, int skipped, MeasuredFigures figures) {
    figures.add("tune.trials.finished_before", skipped);
    figures.add("tune.users", verdict.asSet().ndcg().length);
    for (var one : finalists) {
      figures.add("tune.trial%d.ndcg20".formatted(one.candidate().trial()), one.mean());
    }
    figures.add("tune.as_set.ndcg20", verdict.asSet().mean());
    figures.add("tune.winner", verdict.winner().candidate().trial());
    figures.add("tune.winner.ndcg20", verdict.winner().mean());
    PairedBootstrap gain = verdict.gain();
    figures.add("tune.winner.minus_as_set.ndcg20", gain.mean());
    figures.add("tune.winner.minus_as_set.ndcg20.low", gain.low());
    figures.add("tune.winner.minus_as_set.ndcg20.high", gain.high());
  }

  private void conclude(Verdict verdict, String id, PrintWriter out) throws IOException {
    if (verdict.winner().candidate().isAsSet()) {
      out.println("Nothing is better than the settings as set. " + to + " is not written.");
    } else if (!verdict.isClear() && !isForced) {
      out.printf(
          "Trial %d is not clearly better than the settings as set. %s is not written; --force does so.%n",
          verdict.winner().candidate().trial(), to);
    } else {
      verdict.write(to, night, windowDays, id);
      out.printf(
          "%s has what differs; give it after the other --config files. It was chosen on this window: see whether it is better on a later night.%n",
          to);
    }
    out.flush();
  }
}
