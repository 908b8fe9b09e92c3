package io.nightfeed.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.PseudonymKey;
import io.nightfeed.run.Sessions;
import io.nightfeed.simulate.Simulation;
import io.nightfeed.simulate.SimulationSettings;
import io.nightfeed.simulate.Truth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Simulates platforms of known truth, runs the jobs on them, and measures what was recovered. */
@Command(
    name = "evaluate-truth",
    mixinStandardHelpOptions = true,
    description = {
      "Simulates platforms with a planted emotion effect and without one, runs ingest, annotate,",
      "profile and train on each, and compares the model with the truth. Prints one name=value line",
      "for each figure and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed evaluate-truth --seeds 10 --users 2000 --posts 3000"})
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

  @Option(names = "--days", defaultValue = "21", description = "Default ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--seeds",
      defaultValue = "10",
      description = "Platforms of each kind (default ${DEFAULT-VALUE}).")
  private int seeds;

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
    var figures = new LinkedHashMap<String, Double>();
    try (var spark = Sessions.open("nightfeed evaluate-truth")) {
      var correlations = 0.0;
      var found = 0;
      var mistaken = 0;
      for (var seed = 1; seed <= seeds; seed++) {
        var planted = recover(spark, seed, 1, figures);
        var none = recover(spark, seed, 0, figures);
        correlations += planted.rankCorrelation() + none.rankCorrelation();
        found += planted.effect().z() > FOUND ? 1 : 0;
        mistaken += Math.abs(none.effect().z()) > FOUND ? 1 : 0;
      }
      figure(figures, "truth.rank_correlation", correlations / (2 * seeds));
      figure(figures, "truth.effect_found_share", (double) found / seeds);
      figure(figures, "truth.zero_effect_not_found_share", 1 - (double) mistaken / seeds);
    }
    Files.createDirectories(json.toAbsolutePath().getParent());
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(json.toFile(), figures);
    return ExitCode.OK.status();
  }

  private TruthRecovery recover(
      SparkSession spark, int seed, double effect, Map<String, Double> figures) throws IOException {
    var folder = work.resolve("seed-%d-effect-%.0f".formatted(seed, effect));
    FileUtils.deleteDirectory(folder.toFile());
    var lastDay = FIRST_DAY.plusDays(days - 1L);
    var simulation = new SimulationSettings(users, posts, days, seed, FIRST_DAY, lastDay, effect);
    var settings = settings(folder);
    new Simulation(simulation).writeTo(settings.rawFolder(), ExistingRecords.REPLACE);
    run(spark, settings, jobs.subList(0, 1), lastDay.minusDays(1));
    run(spark, settings, jobs, lastDay);
    var recovery =
        TruthRecovery.measure(
            spark,
            new Lake(spark, settings.lakeFolder()),
            lastDay,
            Truth.load(settings.rawFolder()),
            PseudonymKey.load(settings.pseudonyms(), System.getenv()));
    var prefix = "truth.seed%d.effect%.0f.".formatted(seed, effect);
    figure(figures, prefix + "rank_correlation", recovery.rankCorrelation());
    figure(
        figures, prefix + "rank_correlation_within_users", recovery.rankCorrelationWithinUsers());
    figure(figures, prefix + "emotion_effect", recovery.effect().estimate());
    figure(figures, prefix + "emotion_effect_z", recovery.effect().z());
    figure(figures, prefix + "pairs", recovery.pairs());
    FileUtils.deleteDirectory(folder.toFile());
    return recovery;
  }

  private Settings settings(Path folder) {
    var all = new LinkedHashMap<>(overrides);
    all.put("raw-folder", quoted(folder.resolve("raw")));
    all.put("lake-folder", quoted(folder.resolve("lake")));
    all.put("pseudonyms.key-file", quoted(work.resolve("pseudonym.key")));
    all.put("pseudonyms.generate-key", "true");
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

  private void figure(Map<String, Double> figures, String name, double value) {
    figures.put(name, value);
    spec.commandLine().getOut().printf(Locale.ROOT, "%s=%.4f%n", name, value);
    spec.commandLine().getOut().flush();
  }
}
