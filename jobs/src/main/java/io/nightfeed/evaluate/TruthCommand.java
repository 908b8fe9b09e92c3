package io.nightfeed.evaluate;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.run.Sessions;
import io.nightfeed.simulate.Simulation;
import io.nightfeed.simulate.SimulationSettings;
import io.nightfeed.simulate.Truth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Simulates platforms of known truth, runs the jobs on them, and measures what was recovered. */
@Command(
    name = "evaluate-truth",
    mixinStandardHelpOptions = true,
    description = {
      "Simulates platforms with a planted emotion effect and without one, runs ingest, annotate,",
      "profile and train on each, and compares the model with the truth: its I(u,c) on pairs of users",
      "and posts that never met, by rank correlation, and its emotion effect, which is called found",
      "when its z is beyond 2.576 on the planted side, or on either where none was planted. Prints one",
      "name=value line for each figure and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed evaluate-truth --seeds 10 --impressions 20"})
public final class TruthCommand implements Callable<Integer> {
  /** Two-sided 1%: an effect is called found when its z is beyond this. */
  private static final double FOUND = 2.576;

  private static final LocalDate FIRST_DAY = LocalDate.of(2025, 6, 1);

  private final List<Job> jobs;

  @Spec private CommandSpec spec;

  @Option(names = "--users", defaultValue = "2000", description = "Default ${DEFAULT-VALUE}.")
  private int users;

  @Option(names = "--posts", defaultValue = "3000", description = "Default ${DEFAULT-VALUE}.")
  private int posts;

  @Option(names = "--days", defaultValue = "28", description = "Default ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--impressions",
      defaultValue = "50",
      description = "Per active day of a typical user (default ${DEFAULT-VALUE}).")
  private double impressions;

  @Option(
      names = "--seeds",
      defaultValue = "10",
      description = "Platforms of each kind (default ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--effects",
      split = ",",
      defaultValue = "1,0",
      description = "Sizes of the planted emotion effect (default ${DEFAULT-VALUE}).")
  private List<Double> effects;

  @Option(
      names = "--first-seed",
      defaultValue = "11",
      description = "Default ${DEFAULT-VALUE}: the seeds before are for developing.")
  private int firstSeed;

  @Option(
      names = "--work",
      defaultValue = "target/truth",
      paramLabel = "DIR",
      description = "Where platforms and lakes go; each is deleted when measured.")
  private Path work;

  @Option(
      names = "--json",
      defaultValue = "target/bench/truth.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings that differ.")
  private List<Path> configs = List.of();

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /**
   * @param jobs ingest, annotate, profile and train
   */
  public TruthCommand(List<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Integer call() throws IOException {
    checkOptions();
    var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    try (var spark = Sessions.open("nightfeed evaluate-truth")) {
      for (var effect : new LinkedHashSet<>(effects)) {
        var recoveries = new ArrayList<TruthRecovery>();
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++) {
          recoveries.add(recover(spark, seed, effect, figures));
        }
        summarize(effect, recoveries, figures);
      }
    }
    return ExitCode.OK.status();
  }

  private void checkOptions() {
    var problems = new ArrayList<String>();
    if (seeds < 1) {
      problems.add("--seeds is " + seeds + "; expected at least 1");
    }
    effects.forEach(effect -> problems.addAll(simulation(firstSeed, effect).problems()));
    if (!problems.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), String.join(".\n", new LinkedHashSet<>(problems)) + ".");
    }
  }

  private SimulationSettings simulation(int seed, double effect) {
    return new SimulationSettings(
        users, posts, days, impressions, seed, FIRST_DAY, FIRST_DAY.plusDays(days - 1L), effect);
  }

  private void summarize(double effect, List<TruthRecovery> recoveries, MeasuredFigures figures) {
    var prefix = "truth.effect%s.".formatted(label(effect));
    figures.add(prefix + "rank_correlation", mean(recoveries, TruthRecovery::rankCorrelation));
    figures.add(
        prefix + "rank_correlation_smallest",
        recoveries.stream().mapToDouble(TruthRecovery::rankCorrelation).min().orElseThrow());
    figures.add(
        prefix + "engagements_per_user", mean(recoveries, TruthRecovery::engagementsPerUser));
    // Found with the sign that was planted; where none was, any sign is a mistake.
    figures.add(
        prefix + "found_share",
        mean(
            recoveries,
            recovery ->
                effect == 0
                    ? share(Math.abs(recovery.effect().z()) > FOUND)
                    : share(Math.signum(effect) * recovery.effect().z() > FOUND)));
  }

  private static double mean(
      List<TruthRecovery> recoveries, ToDoubleFunction<TruthRecovery> figure) {
    return recoveries.stream().mapToDouble(figure).average().orElseThrow();
  }

  private static double share(boolean isFound) {
    return isFound ? 1 : 0;
  }

  /** 1 rather than 1.0: figures' names are parts of their lines. */
  private static String label(double effect) {
    return BigDecimal.valueOf(effect).stripTrailingZeros().toPlainString();
  }

  private TruthRecovery recover(
      SparkSession spark, int seed, double effect, MeasuredFigures figures) throws IOException {
    var folder = work.resolve("seed-%d-effect-%s".formatted(seed, label(effect)));
    FileUtils.deleteDirectory(folder.toFile());
    var lastDay = FIRST_DAY.plusDays(days - 1L);
    var settings = settings(folder);
    new Simulation(simulation(seed, effect)).writeTo(settings.rawFolder(), ExistingRecords.REPLACE);
    run(spark, settings, jobs.subList(0, 1), lastDay.minusDays(1));
    run(spark, settings, jobs, lastDay);
    var recovery =
        TruthRecovery.measure(
            spark,
            new Lake(spark, settings.lakeFolder()),
            lastDay,
            Truth.load(settings.rawFolder()),
            PseudonymKey.load(settings.pseudonyms(), System.getenv()));
    var prefix = "truth.seed%d.effect%s.".formatted(seed, label(effect));
    figures.add(prefix + "rank_correlation", recovery.rankCorrelation());
    figures.add(prefix + "rank_correlation_within_users", recovery.rankCorrelationWithinUsers());
    figures.add(prefix + "emotion_effect", recovery.effect().estimate());
    figures.add(prefix + "emotion_effect_z", recovery.effect().z());
    figures.add(prefix + "engagements_per_user", recovery.engagementsPerUser());
    figures.add(prefix + "pairs", recovery.pairs());
    FileUtils.deleteDirectory(folder.toFile());
    return recovery;
  }

  private Settings settings(Path folder) {
    var all = new LinkedHashMap<>(overrides);
    all.put("raw-folder", quoted(folder.resolve("raw")));
    all.put("lake-folder", quoted(folder.resolve("lake")));
    all.put("pseudonyms.key-file", quoted(work.resolve("pseudonym.key")));
    all.put("pseudonyms.generate-key", "true");
    // What the model says is compared with the truth, on pairs that never met.
    all.put("train.gate.held-out-share", "0");
    return SettingsLoader.load(configs, all);
  }

  private static String quoted(Path path) {
    return "\"" + path.toAbsolutePath() + "\"";
  }

  private static void run(SparkSession spark, Settings settings, List<Job> jobs, LocalDate night) {
    var silent = new PrintWriter(Writer.nullWriter());
    var code = new JobRunner(spark, settings, silent, Clock.systemUTC()).run(jobs, night);
    if (code != ExitCode.OK) {
      throw new JobFailure(
          code, "A job failed on the simulated platform: see " + settings.lakeFolder() + "/runs");
    }
  }
}
