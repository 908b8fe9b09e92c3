package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.run.BenchCost;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long taste takes to learn, beside Spark's ALS. */
@Command(
    name = "bench-train",
    mixinStandardHelpOptions = true,
    description = {
      "Simulates people who choose, of items shown by popularity, what their tastes of 16 numbers",
      "like best, and learns from their choices by the interest model's taste and by Spark's ALS, of",
      "the same rank, on the same cached rows. ratio_als_iteration is ALS's time for one iteration",
      "over ours, each the mean of those between a short and a long fit. ratio_als_time_to_quality",
      "is the time that ALS needs to its own last NDCG@10 on held choices (to within 1%%) over the",
      "time that ours needs to its own. Each has the best of its settings. Prints one name=value",
      "line for each figure and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed bench-train"})
public final class BenchTrainCommand implements Callable<Integer> {
  private static final int TASTES = 16;

  /** Items that somebody chooses from. */
  private static final int SHOWN = 40;

  private static final double HELD = 0.1;
  private static final int TOP = 10;

  /** People whose lists are measured. */
  private static final int MEASURED = 4000;

  private static final double ENOUGH = 0.99;
  private static final int[] ITERATIONS = {1, 2, 3, 4, 6, 8, 10};
  private static final long SEED = 11;

  @Spec private CommandSpec spec;

  @Option(names = "--users", defaultValue = "50000", description = "Default ${DEFAULT-VALUE}.")
  private int users;

  @Option(names = "--items", defaultValue = "20000", description = "Default ${DEFAULT-VALUE}.")
  private int items;

  @Option(
      names = "--choices",
      defaultValue = "23",
      description = "Of each user (default ${DEFAULT-VALUE}).")
  private int choices;

  @Option(names = "--rank", defaultValue = "64", description = "Default ${DEFAULT-VALUE}.")
  private int rank;

  @Option(
      names = "--json",
      defaultValue = "target/bench/train.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  private MeasuredFigures figures;
  private Split split;

  /** A method with one setting, fitted for some iterations. */
  private interface Learner {
    Scores fit(int iterations);
  }

  /** A method's course. */
  private record Course(double secondsPerIteration, double secondsToQuality) {}

  @Override
  public Integer call() throws Exception {
    if (Math.min(Math.min(users, items), Math.min(choices, rank)) < 1) {
      throw new JobFailure(
          ExitCode.USAGE, "--users, --items, --choices and --rank must be 1 or more");
    }
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    split = simulated().split(HELD, SEED);
    figures.add("train.users", users);
    figures.add("train.items", items);
    figures.add(
        "train.interactions",
        Arrays.stream(split.train().byUser()).mapToInt(mine -> mine.length).sum());
    try (var spark = Sessions.open("nightfeed bench-train")) {
      var ours = course("taste", learners(spark));
      var als = course("als", alsLearners(spark));
      figures.add(
          "train.ratio_als_iteration", als.secondsPerIteration() / ours.secondsPerIteration());
      figures.add(
          "train.ratio_als_time_to_quality", als.secondsToQuality() / ours.secondsToQuality());
    }
    return ExitCode.OK.status();
  }

  private List<Learner> learners(SparkSession spark) {
    var rows = cached(FactorModels.rows(spark, Items.of(new float[0][]), split.train()));
    return List.of(0.005, 0.02).stream()
        .map(
            ridge ->
                (Learner)
                    iterations ->
                        FactorModels.scores(
                            FactorModels.estimator(rank, 0.03, ridge).setIterations(iterations),
                            rows,
                            split.train()))
        .toList();
  }

  private List<Learner> alsLearners(SparkSession spark) {
    var rows = cached(FactorModels.pairs(spark, split.train()));
    return List.of(0.1, 0.5).stream()
        .map(
            ridge ->
                (Learner)
                    iterations ->
                        FactorModels.scores(
                            FactorModels.alternating(rank, ridge, 30).setMaxIter(iterations),
                            rows,
                            split.train()))
        .toList();
  }

  private static Dataset<Row> cached(Dataset<Row> rows) {
    var cached = rows.cache();
    cached.count();
    return cached;
  }

  private Course course(String name, List<Learner> learners) throws Exception {
    int most = ITERATIONS[ITERATIONS.length - 1];
    Learner best = null;
    double highest = -1;
    // Also warms up what is measured afterwards.
    for (var learner : learners) {
      double ndcg = ndcg(learner.fit(most));
      figures.note("%s, one setting: NDCG@%d %.4f".formatted(name, TOP, ndcg));
      if (ndcg > highest) {
        highest = ndcg;
        best = learner;
      }
    }
    var seconds = new double[ITERATIONS.length];
    var reached = new double[ITERATIONS.length];
    for (int i = 0; i < ITERATIONS.length; i++) {
      var learner = best;
      int iterations = ITERATIONS[i];
      var fitted = new Scores[1];
      seconds[i] = BenchCost.of(() -> fitted[0] = learner.fit(iterations)).seconds();
      reached[i] = ndcg(fitted[0]);
      figures.add("train.%s.iterations_%d.seconds".formatted(name, iterations), seconds[i]);
      figures.add("train.%s.iterations_%d.ndcg%d".formatted(name, iterations, TOP), reached[i]);
    }
    int last = ITERATIONS.length - 1;
    int enough =
        IntStream.rangeClosed(0, last)
            .filter(i -> reached[i] >= ENOUGH * reached[last])
            .findFirst()
            .orElseThrow();
    var course =
        new Course(
            (seconds[last] - seconds[1]) / (ITERATIONS[last] - ITERATIONS[1]), seconds[enough]);
    figures.add("train.%s.seconds_per_iteration".formatted(name), course.secondsPerIteration());
    figures.add("train.%s.seconds_to_quality".formatted(name), course.secondsToQuality());
    return course;
  }

  private double ndcg(Scores scores) {
    int step = Math.max(1, users / MEASURED);
    return IntStream.range(0, users / step)
        .parallel()
        .map(i -> i * step)
        .filter(user -> split.test().byUser()[user].length > 0)
        .mapToDouble(
            user -> {
              var mine = new double[items];
              scores.write(user, mine);
              return new Measure.FullRanking(List.of(TOP)).of(mine, user, split)[0];
            })
        .average()
        .orElse(0);
  }

  /** Choices drawn by hashes of users. */
  private Interactions simulated() {
    var tastes = vectors(users, 1);
    var kinds = vectors(items, 2);
    return new Interactions(
        items,
        IntStream.range(0, users)
            .parallel()
            .mapToObj(user -> chosen(user, tastes[user], kinds))
            .toArray(int[][]::new));
  }

  private int[] chosen(int user, double[] taste, double[][] kinds) {
    var random = new SplittableRandom(SEED + 31L * user);
    return IntStream.range(0, choices)
        .map(
            choice -> {
              int best = 0;
              double highest = Double.NEGATIVE_INFINITY;
              for (int i = 0; i < SHOWN; i++) {
                // Few items are shown often.
                double draw = random.nextDouble();
                int item = (int) (items * draw * draw);
                double liking = -Math.log(-Math.log(random.nextDouble(1e-12, 1)));
                for (int k = 0; k < TASTES; k++) {
                  liking += taste[k] * kinds[item][k];
                }
                if (liking > highest) {
                  highest = liking;
                  best = item;
                }
              }
              return best;
            })
        .sorted()
        .distinct()
        .toArray();
  }

  private static double[][] vectors(int count, long seed) {
    return IntStream.range(0, count)
        .mapToObj(
            row -> {
              var random = new SplittableRandom(seed * 1_000_003 + row);
              return IntStream.range(0, TASTES)
                  .mapToDouble(k -> random.nextDouble(-1, 1))
                  .toArray();
            })
        .toArray(double[][]::new);
  }
}
