package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.run.BenchCost;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.PeakMemory;
import io.nightfeed.run.Sessions;
import io.nightfeed.simulate.Simulation;
import io.nightfeed.simulate.SimulationSettings;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How time and memory of each job grow with the number of users. */
@Command(
    name = "bench-scale",
    mixinStandardHelpOptions = true,
    description = {
      "Simulates platforms of several sizes, some days each, takes in what came before the last night,",
      "and measures every job of that night: seconds, and the heap that collections left at most. The",
      "smallest size also pays for starting and compiling. A slope is the exponent of users in seconds,",
      "by least squares of logarithms: 1 is proportional, less is mostly what a job costs however small.",
      "Prints what each job would take on a platform and a cluster that are larger, with the arithmetic:",
      "seconds are multiplied with users and divided by cores, as if neither disks nor networks nor",
      "the unevenness of users told. Prints one name=value line for each figure and writes the same as",
      "JSON."
    },
    footer = {"", "Example: nightfeed bench-scale --users 10000,100000 --config conf/scale.conf"})
public final class BenchScaleCommand implements Callable<Integer> {
  private static final LocalDate FIRST_DAY = LocalDate.of(2025, 6, 1);
  private static final int SEED = 5;

  private final List<Job> jobs;

  @Spec private CommandSpec spec;

  @Option(
      names = "--users",
      split = ",",
      defaultValue = "10000,100000,1000000",
      description = "Sizes, ascending (default ${DEFAULT-VALUE}).")
  private List<Integer> sizes;

  @Option(
      names = "--users-per-post",
      defaultValue = "100",
      description = "Default ${DEFAULT-VALUE}.")
  private int usersPerPost;

  @Option(names = "--days", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--impressions",
      defaultValue = "7",
      description = "Per active day of a typical user (default ${DEFAULT-VALUE}).")
  private double impressions;

  @Option(
      names = "--platform-users",
      defaultValue = "100000000",
      description = "The larger platform (default ${DEFAULT-VALUE}).")
  private double platformUsers;

  @Option(
      names = "--cluster-cores",
      defaultValue = "1600",
      description = "The larger cluster: default ${DEFAULT-VALUE}, 100 workers of 16.")
  private int clusterCores;

  @Option(names = "--cores", description = "That Spark has here (default: those of this machine).")
  private int cores;

  @Option(
      names = "--work",
      defaultValue = "target/scale",
      paramLabel = "DIR",
      description = "Where platforms and lakes go; each is deleted when measured.")
  private Path work;

  @Option(
      names = "--json",
      defaultValue = "target/bench/scale.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings that differ.")
  private List<Path> configs = List.of();

  private MeasuredFigures figures;

  /** By job: seconds by size. */
  private final Map<String, TreeMap<Integer, Double>> seconds = new LinkedHashMap<>();

  /**
   * @param jobs of a night, in order
   */
  public BenchScaleCommand(List<Job> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Integer call() throws Exception {
    if (sizes.size() < 2 || !sizes.equals(sizes.stream().sorted().distinct().toList())) {
      throw new JobFailure(
          ExitCode.USAGE, "--users is %s; expected two sizes or more, ascending".formatted(sizes));
    }
    if (usersPerPost < 1 || days < 2 || clusterCores < 1 || cores < 0 || platformUsers < 1) {
      throw new JobFailure(
          ExitCode.USAGE,
          "--users-per-post, --cluster-cores and --platform-users must be 1 or more, --days 2 or more");
    }
    for (int size : sizes) {
      var problems = simulation(size).problems();
      if (!problems.isEmpty()) {
        throw new JobFailure(ExitCode.USAGE, String.join(". ", problems));
      }
    }
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    try (var spark = Sessions.open("nightfeed bench-scale")) {
      for (int size : sizes) {
        measure(spark, size);
      }
      extrapolate(cores > 0 ? cores : Runtime.getRuntime().availableProcessors());
    }
    return ExitCode.OK.status();
  }

  private SimulationSettings simulation(int users) {
    return new SimulationSettings(
        users,
        Math.max(1, users / usersPerPost),
        days,
        impressions,
        SEED,
        FIRST_DAY,
        FIRST_DAY.plusDays(days - 1L),
        1);
  }

  private void measure(SparkSession spark, int users) throws Exception {
    var folder = work.resolve(String.valueOf(users));
    FileUtils.deleteDirectory(folder.toFile());
    var settings = settings(folder);
    new Simulation(simulation(users)).writeTo(settings.rawFolder(), ExistingRecords.REPLACE);
    var night = FIRST_DAY.plusDays(days - 1L);
    run(spark, settings, jobs.get(0), night.minusDays(1));
    for (var job : jobs) {
      try (var memory = PeakMemory.watchQuietly()) {
        double taken = BenchCost.of(() -> run(spark, settings, job, night)).seconds();
        figures.add("scale.users%d.%s.seconds".formatted(users, job.name()), taken);
        figures.add(
            "scale.users%d.%s.heap_mb".formatted(users, job.name()), memory.heapMegabytes());
        seconds.computeIfAbsent(job.name(), missing -> new TreeMap<>()).put(users, taken);
      }
    }
    var lake = new Lake(spark, settings.lakeFolder());
    figures.add("scale.users%d.events".formatted(users), lake.all(Silver.EVENTS).count());
    figures.add("scale.users%d.texts".formatted(users), lake.all(Silver.TEXT_ANNOTATIONS).count());
    figures.add(
        "scale.users%d.rows_out".formatted(users), lake.slice(Gold.RECOMMENDATIONS, night).count());
    FileUtils.deleteDirectory(folder.toFile());
  }

  private Settings settings(Path folder) {
    var all = new LinkedHashMap<String, String>();
    all.put("raw-folder", quoted(folder.resolve("raw")));
    all.put("lake-folder", quoted(folder.resolve("lake")));
    all.put("pseudonyms.key-file", quoted(work.resolve("pseudonym.key")));
    all.put("pseudonyms.generate-key", "true");
    return SettingsLoader.load(configs, all);
  }

  private static String quoted(Path path) {
    return "\"" + path.toAbsolutePath() + "\"";
  }

  private static ExitCode run(SparkSession spark, Settings settings, Job job, LocalDate night) {
    var silent = new PrintWriter(Writer.nullWriter());
    var code = new JobRunner(spark, settings, silent, Clock.systemUTC()).run(List.of(job), night);
    if (code != ExitCode.OK) {
      throw new JobFailure(
          code, "%s failed: see %s/runs".formatted(job.name(), settings.lakeFolder()));
    }
    return code;
  }

  private void extrapolate(int cores) {
    int largest = sizes.get(sizes.size() - 1);
    double total = 0;
    for (var job : seconds.entrySet()) {
      var line = new SimpleRegression();
      job.getValue().forEach((users, taken) -> line.addData(Math.log(users), Math.log(taken)));
      figures.add("scale.slope.%s".formatted(job.getKey()), line.getSlope());
      // A slope below 1 is what a job costs however small; it does not go on.
      double slope = Math.max(1, line.getSlope());
      double taken = job.getValue().get(largest);
      double grown = taken * Math.pow(platformUsers / largest, slope);
      double minutes = grown * cores / clusterCores / 60;
      figures.note(
          "%s: %.1f s at %,d users on %d cores; x (%,.0f / %,d)^%.2f / (%,d / %d cores) = %.1f minutes"
              .formatted(
                  job.getKey(),
                  taken,
                  largest,
                  cores,
                  platformUsers,
                  largest,
                  slope,
                  clusterCores,
                  cores,
                  minutes));
      total += minutes;
    }
    figures.add("scale.platform_minutes", total);
  }
}
