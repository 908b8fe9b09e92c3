package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
      "",
      "Settings of each method are chosen on a part of the first split's train part, never on a test",
      "part, and stay the same for all splits. Figures are means over users with something to find;",
      "those of a difference come with a 95%% interval, users resampled. Figures without a method's",
      "name are the interest model's."
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
    DESKDROP
  }

  /** A method's figures: by user the sums over the splits. */
  private record UserFigures(double[][] sums, double[] weights) {
    double mean(int figure) {
      double sum = 0;
      double weight = 0;
      for (int user = 0; user < weights.length; user++) {
        sum += sums[user][figure];
        weight += weights[user];
      }
      return sum / weight;
    }

    double of(int user, int figure) {
      return sums[user][figure] / weights[user];
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
    var spark = Sessions.open("nightfeed evaluate");
    protocol = protocol();
    splits = Math.min(splits, protocol.splits());
    var file =
        json == null ? Path.of("target/bench/eval-%s.json".formatted(protocol.name())) : json;
    figures = new MeasuredFigures(spec.commandLine().getOut(), file);
    var measured = new LinkedHashMap<String, UserFigures>();
    for (var method : recommenders(spark)) {
      if (methods.isEmpty() || methods.contains(method.name())) {
        measured.put(method.name(), measured(method, chosen(method)));
      }
    }
    if (measured.containsKey(OURS)) {
      var ours = measured.remove(OURS);
      measured.forEach((rival, theirs) -> compare(ours, rival, theirs));
    }
    return ExitCode.OK.status();
  }

  private Protocol protocol() throws IOException {
    return switch (name) {
      case MOVIELENS -> PublicProtocols.movieLens(data);
      case CITEULIKE -> PublicProtocols.citeULike(data);
      case DESKDROP -> PublicProtocols.deskdrop(data);
    };
  }

  private List<Recommender> recommenders(SparkSession spark) {
    var all = new ArrayList<>(List.of(Neighbours.popularity(), Neighbours.itemNeighbours()));
    if (protocol.hasContent()) {
      all.add(Neighbours.contentNeighbours(protocol.content()));
    }
    if (protocol.validation().train().users() <= EASE_USERS) {
      all.add(Neighbours.ease());
    }
    var content = protocol.content();
    switch (name) {
      case MOVIELENS -> {
        all.add(FactorModels.als(spark, 128, List.of(1.0, 3.0), List.of(0.1, 0.3, 1.0)));
        all.add(
            FactorModels.ials(
                spark, List.of(128, 256), List.of(0.3), List.of(0.005, 0.0075, 0.01)));
        all.add(FactorModels.episodes(content));
      }
      case CITEULIKE -> {
        all.add(FactorModels.als(spark, 96, List.of(10.0, 40.0, 100.0), List.of(0.3, 1.0)));
        all.add(FactorModels.ials(spark, List.of(96), List.of(0.003, 0.01), List.of(0.01, 0.03)));
        all.add(
            FactorModels.taste(
                spark, content, List.of(96), List.of(0.01), List.of(0.01), List.of(0.4, 0.8, 1.2)));
      }
      case DESKDROP -> {
        all.add(FactorModels.als(spark, 64, List.of(1.0, 3.0, 10.0), List.of(0.3, 1.0, 3.0)));
        all.add(
            FactorModels.taste(
                spark,
                content,
                List.of(32, 64),
                List.of(0.03, 0.1),
                List.of(0.03, 0.05),
                List.of(0.0)));
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
      var reached = new UserFiguresSum(protocol.validation().test().users());
      reached.add(setting.fit().fit(protocol.validation().train()), protocol.validation());
      var figure =
          protocol.chosenBy().stream().mapToDouble(one -> reached.figures().mean(index(one))).sum();
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
    UserFiguresSum sum = null;
    for (int number = 0; number < splits; number++) {
      var split = protocol.split().apply(number);
      sum = sum == null ? new UserFiguresSum(split.test().users()) : sum;
      sum.add(setting.fit().fit(split.train()), split);
    }
    var prefix =
        "eval.%s.".formatted(protocol.name())
            + (method.name().equals(OURS) ? "" : method.name() + ".");
    var names = protocol.measure().names();
    for (int i = 0; i < names.size(); i++) {
      figures.add(prefix + names.get(i), sum.figures().mean(i));
    }
    return sum.figures();
  }

  /** Adds up users' figures over splits. */
  private final class UserFiguresSum {
    private final UserFigures figures;

    UserFiguresSum(int users) {
      figures =
          new UserFigures(new double[users][protocol.measure().names().size()], new double[users]);
    }

    void add(Scores recommender, Split split) {
      IntStream.range(0, split.test().users())
          .parallel()
          .forEach(
              user -> {
                double weight = protocol.measure().weight(user, split);
                if (weight > 0) {
                  var scores = new double[split.train().items()];
                  recommender.write(user, scores);
                  var mine = protocol.measure().of(scores, user, split);
                  for (int i = 0; i < mine.length; i++) {
                    figures.sums()[user][i] += weight * mine[i];
                  }
                  figures.weights()[user] += weight;
                }
              });
    }

    UserFigures figures() {
      return figures;
    }
  }

  private void compare(UserFigures ours, String rival, UserFigures theirs) {
    var users =
        IntStream.range(0, ours.weights().length)
            .filter(user -> ours.weights()[user] > 0)
            .toArray();
    var weights = IntStream.of(users).mapToDouble(user -> ours.weights()[user]).toArray();
    for (var figure : protocol.chosenBy()) {
      int place = index(figure);
      var difference =
          PairedBootstrap.of(
              IntStream.of(users)
                  .mapToDouble(user -> ours.of(user, place) - theirs.of(user, place))
                  .toArray(),
              weights);
      var name = "eval.%s.minus_%s.%s".formatted(protocol.name(), rival, figure);
      figures.add(name, difference.mean());
      figures.add(name + ".low", difference.low());
      figures.add(name + ".high", difference.high());
    }
  }
}
