package io.nightfeed.evaluate;

import io.nightfeed.config.SettingsLoader;
import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.sources.PublicDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Ranks everything for everybody, by the interest model and by its rivals. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the interest model with its rivals by the published protocol of a data set:",
      "",
      "  movielens   movielens-latest-small, ten folds, all films ranked (Zanon et al. 2022)",
      "  citeulike   citeulike-t, the split P=10, all papers ranked (Wang, Chen and Li 2013)",
      "  deskdrop    Deskdrop, 100 sampled articles for each to find, as its publisher's notebook",
      "  weibo       weibo-threads, eight origins, all posts of the 30 days after each ranked",
      "",
      "Settings of each method are chosen on a part of the first split's train part and stay the same",
      "for all splits. Figures are means over users with something to find, split by split; those of",
      "a difference come with a 95%% interval, users resampled. The interest model's taste is learned",
      "by neighbours of episodes on movielens, from the order of engagements and genres, which rivals",
      "do not see, and by factors elsewhere; on deskdrop, which has no texts, that is ials. ials is",
      "taste without content; published is the form in which the job train publishes it. Figures",
      "without a method's name are the interest model's; without_… are it less one part, its other",
      "settings as they are."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed evaluate --protocol movielens --data ../shared/data/movielens-latest-small"
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final String OURS = "interest_model";

  /** More users than this, and EASE's matrix takes minutes. */
  private static final int EASE_USERS = 2500;

  private enum Name {
    MOVIELENS,
    CITEULIKE,
    DESKDROP,
    WEIBO
  }

  /** A method's figures: by user and figure, sums over the splits. */
  private record UserFigures(double[][] sums, double[][] weights) {

    static UserFigures none(int users, Measure measure) {
      int figures = measure.names().size();
      return new UserFigures(new double[users][figures], new double[users][figures]);
    }

    void add(Scores recommender, Measure measure, Split split) {
      IntStream.range(0, sums.length)
          .parallel()
          .filter(user -> measure.weight(user, split) > 0)
          .forEach(user -> add(user, recommender, measure, split));
    }

    private void add(int user, Scores recommender, Measure measure, Split split) {
      var scores = new double[split.train().items()];
      recommender.write(user, scores);
      double weight = measure.weight(user, split);
      var mine = measure.of(scores, user, split);
      for (int i = 0; i < mine.length; i++) {
        if (!Double.isNaN(mine[i])) {
          sums[user][i] += weight * mine[i];
          weights[user][i] += weight;
        }
      }
    }

    double mean(int figure) {
      double sum = 0;
      double weight = 0;
      for (int user = 0; user < weights.length; user++) {
        sum += sums[user][figure];
        weight += weights[user][figure];
      }
      return sum / weight;
    }

    double of(int user, int figure) {
      return sums[user][figure] / weights[user][figure];
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--protocol",
      required = true,
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}, in any case.")
  private Name name;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The data set, or another of the same format.")
  private Path data;

  @Option(names = "--splits", paramLabel = "N", description = "Only the first N (default: all).")
  private int splits = Integer.MAX_VALUE;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description = "Only these (default: all).")
  private List<String> methods = List.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Where the figures go (default target/bench/eval-<protocol>.json).")
  private Path json;

  private MeasuredFigures figures;
  private Protocol protocol;

  @Override
  public Integer call() throws Exception {
    if (splits < 1) {
      throw new JobFailure(ExitCode.USAGE, "--splits is %d; expected 1 or more".formatted(splits));
    }
    try (var spark = Sessions.open("nightfeed evaluate")) {
      protocol = protocol(spark);
      splits = Math.min(splits, protocol.splits());
      var file =
          json == null ? Path.of("target/bench/eval-%s.json".formatted(protocol.name())) : json;
      figures = new MeasuredFigures(spec.commandLine().getOut(), file);
      evaluate(recommenders(spark));
    }
    return ExitCode.OK.status();
  }

  private void evaluate(List<Recommender> all) throws Exception {
    var names = all.stream().map(Recommender::name).toList();
    if (!names.containsAll(methods)) {
      throw new JobFailure(
          ExitCode.USAGE, "--methods are %s; expected some of %s".formatted(methods, names));
    }
    figures.add("eval.%s.splits".formatted(protocol.name()), splits);
    var measured = new LinkedHashMap<String, UserFigures>();
    for (var method : all) {
      if (methods.isEmpty() || methods.contains(method.name())) {
        measured.put(method.name(), measured(method, chosen(method)));
      }
    }
    var ours = measured.remove(OURS);
    if (ours != null) {
      measured.forEach((rival, theirs) -> compare(ours, rival, theirs));
    }
  }

  private Protocol protocol(SparkSession spark) throws IOException {
    return switch (name) {
      case MOVIELENS -> PublicProtocols.movieLens(data);
      case CITEULIKE -> PublicProtocols.citeULike(data);
      case DESKDROP -> PublicProtocols.deskdrop(data);
      case WEIBO ->
          TimeSplits.weibo(
              PublicDataset.WEIBO_THREADS.read(data),
              TimeSplits.chinese(spark, SettingsLoader.load(List.of(), Map.of())));
    };
  }

  private List<Recommender> recommenders(SparkSession spark) {
    var all = new ArrayList<>(List.of(Neighbours.popularity(), Neighbours.itemNeighbours()));
    var items = protocol.items();
    if (items.hasTimes()) {
      all.add(Neighbours.recentPopularity());
      all.add(Neighbours.newest(items.created()));
    }
    if (items.hasContent()) {
      all.add(Neighbours.contentNeighbours(items.content()));
    }
    if (protocol.validation().train().users() <= EASE_USERS) {
      all.add(Neighbours.ease());
    } else {
      figures.note(
          "EASE is left out: its matrix of %d users takes too long"
              .formatted(protocol.validation().train().users()));
    }
    switch (name) {
      case MOVIELENS -> {
        all.add(FactorModels.als(spark, 128, List.of(1.0, 3.0), List.of(0.05, 0.1, 0.3)));
        all.add(
            FactorModels.ials(
                spark, List.of(128, 256), List.of(0.3), List.of(0.005, 0.0075, 0.01)));
        all.add(FactorModels.episodes(items.content()));
        all.add(FactorModels.published(spark, items, FactorModels.estimator(256, 0.3, 0.005), 0));
      }
      case CITEULIKE -> {
        all.add(FactorModels.als(spark, 96, List.of(10.0, 40.0, 100.0), List.of(0.3, 1.0)));
        all.add(FactorModels.ials(spark, List.of(96), List.of(0.003, 0.01), List.of(0.01, 0.03)));
        var grid = TasteGrid.of(96, 0.01, 0.01).withContentScales(0.4, 0.8, 1.2);
        all.add(FactorModels.taste(spark, OURS, items, grid));
        var wordless = Items.of(new float[0][]);
        all.add(FactorModels.taste(spark, "without_content", wordless, grid.withContentScales(0)));
        all.add(FactorModels.published(spark, items, FactorModels.estimator(96, 0.01, 0.01), 0.8));
      }
      case DESKDROP -> {
        all.add(FactorModels.als(spark, 64, List.of(1.0, 3.0, 10.0), List.of(0.3, 1.0, 3.0)));
        all.add(
            FactorModels.taste(
                spark,
                OURS,
                items,
                new TasteGrid(
                    List.of(32, 64),
                    List.of(0.03, 0.1),
                    List.of(0.03, 0.05),
                    List.of(0.0),
                    0,
                    List.of())));
        all.add(FactorModels.published(spark, items, FactorModels.estimator(64, 0.03, 0.05), 0));
      }
      case WEIBO -> {
        all.add(FactorModels.als(spark, 32, List.of(1.0, 10.0, 40.0), List.of(0.1, 0.3, 1.0)));
        all.add(FactorModels.ials(spark, List.of(32), List.of(0.01, 0.03), List.of(0.01, 0.03)));
        var grid =
            TasteGrid.of(32, 0.03, 0.03)
                .withContentScales(0.5, 1, 2)
                .withAuthorScale(1)
                .withFreshDays(3, 10);
        all.add(FactorModels.taste(spark, OURS, items, grid));
        all.add(
            FactorModels.fresh(
                Neighbours.contentNeighbours(items.content()), items.created(), grid.freshDays()));
        var textless = new Items(new float[0][], items.authors(), items.created());
        all.add(FactorModels.taste(spark, "without_content", textless, grid.withContentScales(0)));
        all.add(FactorModels.taste(spark, "without_authors", items, grid.withAuthorScale(0)));
        all.add(FactorModels.taste(spark, "without_decay", items, grid.withFreshDays()));
        all.add(
            FactorModels.fresh(
                FactorModels.published(spark, items, FactorModels.estimator(32, 0.03, 0.03), 1),
                items.created(),
                List.of(10.0)));
      }
    }
    return all;
  }

  /** The setting whose figures on the validation part are highest. */
  private Setting chosen(Recommender method) throws Exception {
    if (method.grid().size() == 1) {
      return method.grid().get(0);
    }
    Setting best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (var setting : method.grid()) {
      var reached = reached(setting, List.of(protocol.validation()));
      var figure = protocol.chosenBy().stream().mapToDouble(one -> reached.mean(index(one))).sum();
      figures.note(
          "%s, %s: %s on the validation part %.4f"
              .formatted(
                  method.name(),
                  setting.description(),
                  String.join(" + ", protocol.chosenBy()),
                  figure));
      if (figure > highest) {
        highest = figure;
        best = setting;
      }
    }
    return best;
  }

  private int index(String figure) {
    return protocol.measure().names().indexOf(figure);
  }

  private UserFigures measured(Recommender method, Setting setting) throws Exception {
    var reached = reached(setting, IntStream.range(0, splits).mapToObj(protocol.split()).toList());
    var prefix =
        "eval.%s.".formatted(protocol.name())
            + (method.name().equals(OURS) ? "" : method.name() + ".");
    var names = protocol.measure().names();
    for (int i = 0; i < names.size(); i++) {
      figures.add(prefix + names.get(i), reached.mean(i));
    }
    return reached;
  }

  private UserFigures reached(Setting setting, List<Split> splits) throws Exception {
    var reached = UserFigures.none(splits.get(0).test().users(), protocol.measure());
    for (var split : splits) {
      reached.add(setting.fit().fit(split.train()), protocol.measure(), split);
    }
    return reached;
  }

  private void compare(UserFigures ours, String rival, UserFigures theirs) {
    for (var figure : protocol.compared()) {
      int place = index(figure);
      var users =
          IntStream.range(0, ours.weights().length)
              .filter(user -> ours.weights()[user][place] > 0)
              .toArray();
      var difference =
          PairedBootstrap.of(
              IntStream.of(users)
                  .mapToDouble(user -> ours.of(user, place) - theirs.of(user, place))
                  .toArray(),
              IntStream.of(users).mapToDouble(user -> ours.weights()[user][place]).toArray());
      var name = "eval.%s.minus_%s.%s".formatted(protocol.name(), rival, figure);
      figures.add(name, difference.mean());
      figures.add(name + ".low", difference.low());
      figures.add(name + ".high", difference.high());
    }
  }
}
