package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ranks everything for everybody, by the interest model and by its rivals. */
@Command(
    name = "evaluate-folds",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the interest model with popularity, item neighbours, EASE and Spark's ALS on the ten",
      "published folds of movielens-latest-small. Every item is ranked but those that the user met in",
      "the train part. Settings of each method are chosen on a tenth of the train part of the first",
      "fold, never on a test part. Figures are means over users with test items, over all folds;",
      "those of a difference come with a 95%% interval, users resampled."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed evaluate-folds --data ../shared/data/movielens-latest-small"
    })
public final class EvaluateFoldsCommand implements Callable<Integer> {
  private static final double HELD_SHARE = 0.1;
  private static final long SEED = 20250608;
  private static final String OURS = "interest_model";

  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The data set.")
  private Path data;

  @Option(
      names = "--folds",
      defaultValue = "10",
      paramLabel = "N",
      description = "Only the first N (default ${DEFAULT-VALUE}).")
  private int folds;

  @Option(names = "--top", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--json",
      defaultValue = "target/bench/movielens.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  private MeasuredFigures figures;

  @Override
  public Integer call() throws Exception {
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    var published = MovieLensFolds.read(data);
    var spark = Sessions.open("nightfeed evaluate-folds");
    var methods =
        new ArrayList<>(
            List.of(Neighbours.popularity(), Neighbours.itemNeighbours(), Neighbours.ease()));
    methods.addAll(FactorModels.of(spark));
    var ndcg = new LinkedHashMap<String, double[]>();
    for (var method : methods) {
      var setting = chosen(method, published.train(0));
      ndcg.put(method.name(), measured(method, setting, published));
    }
    compare(ndcg);
    return ExitCode.OK.status();
  }

  /** The setting that ranks the held part of the train rows best. */
  private Setting chosen(Recommender method, Interactions train) throws Exception {
    if (method.grid().size() == 1) {
      return method.grid().get(0);
    }
    var split = train.held(HELD_SHARE, SEED);
    Setting best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (var setting : method.grid()) {
      var metrics = metrics(setting.fit().fit(split.train()), split.train(), split.held());
      var ndcg = mean(metrics.values(), RankingMetrics::ndcg);
      figures.note(
          "%s, %s: validation NDCG@%d %.4f"
              .formatted(method.name(), setting.description(), top, ndcg));
      if (ndcg > highest) {
        highest = ndcg;
        best = setting;
      }
    }
    return best;
  }

  /** Each user's NDCG, the mean over the folds in which the user has test items. */
  private double[] measured(Recommender method, Setting setting, MovieLensFolds published)
      throws Exception {
    var all = new ArrayList<RankingMetrics>();
    var sums = new double[published.test(0).users()];
    var counts = new int[sums.length];
    for (int fold = 0; fold < folds; fold++) {
      var train = published.train(fold);
      var metrics = metrics(setting.fit().fit(train), train, published.test(fold));
      metrics.forEach(
          (user, one) -> {
            sums[user] += one.ndcg();
            counts[user]++;
          });
      all.addAll(metrics.values());
    }
    var name = "eval.movielens.%s.".formatted(method.name());
    figures.add(name + "ndcg" + top, mean(all, RankingMetrics::ndcg));
    figures.add(name + "recall" + top, mean(all, RankingMetrics::recall));
    figures.add(name + "precision" + top, mean(all, RankingMetrics::precision));
    figures.add(name + "map" + top, mean(all, RankingMetrics::averagePrecision));
    figures.add(name + "mrr" + top, mean(all, RankingMetrics::reciprocalRank));
    return IntStream.range(0, sums.length)
        .filter(user -> counts[user] > 0)
        .mapToDouble(user -> sums[user] / counts[user])
        .toArray();
  }

  private void compare(Map<String, double[]> ndcg) {
    var ours = ndcg.get(OURS);
    ndcg.forEach(
        (name, theirs) -> {
          if (!name.equals(OURS)) {
            var difference =
                PairedBootstrap.of(
                    IntStream.range(0, ours.length)
                        .mapToDouble(user -> ours[user] - theirs[user])
                        .toArray());
            var figure = "eval.movielens.minus_" + name + ".ndcg" + top;
            figures.add(figure, difference.mean());
            figures.add(figure + ".low", difference.low());
            figures.add(figure + ".high", difference.high());
          }
        });
  }

  /** By user, of users with something to find. */
  private Map<Integer, RankingMetrics> metrics(
      Scores recommender, Interactions train, Interactions test) {
    var metrics = new LinkedHashMap<Integer, RankingMetrics>();
    var scores = new double[train.items()];
    for (int user = 0; user < test.users(); user++) {
      var relevant = test.byUser()[user];
      if (relevant.length > 0) {
        recommender.write(user, scores);
        var list = RankingMetrics.best(scores, train.byUser()[user], top);
        metrics.put(
            user,
            RankingMetrics.of(
                list, top, item -> Arrays.binarySearch(relevant, item) >= 0, relevant.length));
      }
    }
    return metrics;
  }

  private static double mean(
      Iterable<RankingMetrics> metrics, ToDoubleFunction<RankingMetrics> figure) {
    double sum = 0;
    int count = 0;
    for (var one : metrics) {
      sum += figure.applyAsDouble(one);
      count++;
    }
    return sum / count;
  }
}
