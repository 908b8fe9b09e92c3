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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
      "Searches for settings of the interest model that rank the posts of the days after nights better,",
      "by NDCG@20 as evaluate-nights measures it: the model learns what a night knew, and is asked for",
      "what people engaged with in the window after it. Nothing that was written or happened later counts.",
      "",
      "tune.space in reference.conf says what is searched. Candidates, the settings as set among them, go",
      "through successive halving: all of them on a quarter of users, the best quarter of them on all (as",
      "tune.first-share and tune.reduction-factor say).",
      "",
      "Every finished trial is a row of ops.tuning_trials. The same command goes on where it was stopped;",
      "with a greater tune.trials it adds candidates. Where MLflow is set up, trials are runs there, too.",
      "",
      "A winner that is better than the settings as set on every night, with a 95%% interval above 0, lists",
      "resampled, is written to --to. Take several nights: people of one window flock to the same posts, and",
      "what found those may find others worse. The winner was chosen on these windows, which flatters it: see",
      "with --check whether it is better on later nights, before it goes to work."
    },
    footer = {
      "",
      "Example (make tune):",
      "  nightfeed tune --config conf/weibo.conf --night 2013-02-28,2013-03-02 --window-days 2 --to target/tuned.conf",
      "  nightfeed tune --config conf/weibo.conf --night 2013-03-05 --window-days 2 --check target/tuned.conf",
      "  nightfeed train --config conf/weibo.conf --config target/tuned.conf --run-date 2013-03-07"
    })
public final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(
      names = "--night",
      required = true,
      split = ",",
      paramLabel = "YYYY-MM-DD",
      description =
          "Nights to learn from, each for itself; ingest, annotate and profile ran for them.")
  private List<LocalDate> nights;

  @Option(
      names = "--window-days",
      defaultValue = "30",
      description = "How far after a night is asked (default ${DEFAULT-VALUE}).")
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
      names = "--check",
      paramLabel = "FILE",
      description = {
        "Search nothing: measure the settings of this file, such as what a search wrote, beside the",
        "settings as set."
      })
  private Path checked;

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
      var lake = new Lake(spark, settings.lakeFolder());
      var windows = new TreeMap<LocalDate, ValidationWindow>();
      nights.forEach(
          night -> windows.put(night, ValidationWindow.of(lake, settings, night, windowDays)));
      if (checked == null) {
        search(spark, lake, windows, settings);
      } else {
        check(windows, settings);
      }
    }
    return ExitCode.OK.status();
  }

  private void check(SortedMap<LocalDate, ValidationWindow> windows, Settings settings) {
    var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    var asSet = measured(windows, settings);
    var file = measured(windows, options.settings(checked));
    figures.add("tune.check.lists", asSet.ndcg().length);
    figures.add("tune.check.as_set.ndcg20", asSet.mean());
    figures.add("tune.check.ndcg20", file.mean());
    var verdict = Verdict.of(file, asSet);
    add("tune.check.minus_as_set.ndcg20", verdict.gain(), figures);
    var gains = verdict.byNight().iterator();
    windows
        .keySet()
        .forEach(
            night ->
                figures.add("tune.check.%s.minus_as_set.ndcg20".formatted(night), gains.next()));
  }

  private static Result measured(
      SortedMap<LocalDate, ValidationWindow> windows, Settings settings) {
    return new Result(
        new Candidate(Candidate.AS_SET, Map.of()),
        windows.values().stream().map(window -> window.ndcg(settings, 1)).toList());
  }

  private static void add(String name, PairedBootstrap difference, MeasuredFigures figures) {
    figures.add(name, difference.mean());
    figures.add(name + ".low", difference.low());
    figures.add(name + ".high", difference.high());
  }

  private void search(
      SparkSession spark,
      Lake lake,
      SortedMap<LocalDate, ValidationWindow> windows,
      Settings settings)
      throws IOException {
    var out = spec.commandLine().getOut();
    var data = new TreeMap<LocalDate, String>();
    windows.forEach((night, window) -> data.put(night, window.dataVersion()));
    var id = Search.id(settings, data, windowDays);
    var log = new TrialLog(spark, lake, id);
    if (isRestarted) {
      log.restart();
    }
    var tune = settings.tune();
    var mlflow = MlflowRuns.of(tune.mlflowTrackingUri(), System.getenv(), Clock.systemUTC(), out);
    var search = new Search(id, tune, List.copyOf(windows.keySet()), log, mlflow, out);
    var finalists =
        search.run(
            (night, candidate, rung) ->
                windows.get(night).ndcg(options.settings(candidate.changes()), rung.share()));
    show(finalists, out);
    var verdict = Verdict.of(finalists);
    figures(finalists, verdict, search.skipped(), new MeasuredFigures(out, json));
    conclude(verdict, id, out);
  }

  private static void show(List<Result> finalists, PrintWriter out) {
    out.printf(
        "%nNDCG@20 of all users and nights, the best first; less the settings as set [95%% interval]:%n");
    var asSet = SuccessiveHalving.asSet(finalists);
    for (var one : finalists) {
      out.printf(
          "  %.4f  %s  trial %d: %s%n",
          one.mean(), Verdict.of(one, asSet), one.candidate().trial(), one.candidate());
    }
    out.println();
  }

  private static void figures(
      List<Result> finalists, Verdict verdict, int skipped, MeasuredFigures figures) {
    figures.add("tune.trials.finished_before", skipped);
    figures.add("tune.lists", verdict.asSet().ndcg().length);
    for (var one : finalists) {
      figures.add("tune.trial%d.ndcg20".formatted(one.candidate().trial()), one.mean());
    }
    figures.add("tune.as_set.ndcg20", verdict.asSet().mean());
    figures.add("tune.winner", verdict.winner().candidate().trial());
    figures.add("tune.winner.ndcg20", verdict.winner().mean());
    add("tune.winner.minus_as_set.ndcg20", verdict.gain(), figures);
  }

  private void conclude(Verdict verdict, String id, PrintWriter out) throws IOException {
    if (verdict.winner().candidate().isAsSet()) {
      out.println("Nothing is better than the settings as set. " + to + " is not written.");
    } else if (!verdict.isClear() && !isForced) {
      out.printf(
          "Trial %d is not clearly better than the settings as set. %s is not written; --force does so.%n",
          verdict.winner().candidate().trial(), to);
    } else {
      verdict.write(to, List.copyOf(new TreeSet<>(nights)), windowDays, id);
      out.printf(
          "%s has what differs; give it after the other --config files. It was chosen on these windows: see with --check whether it is better on later nights.%n",
          to);
    }
    out.flush();
  }
}
