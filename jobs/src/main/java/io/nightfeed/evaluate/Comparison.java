package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Measures methods by one protocol, and ours against each other one.
 *
 * @param protocol how
 * @param splits how many of the protocol's
 * @param figures where they go
 */
record Comparison(Protocol protocol, int splits, MeasuredFigures figures) {
  /** The method that the others are compared with. */
  static final String OURS = "interest_model";

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

  /**
   * @param methods names of those that are measured; none: all
   */
  void run(List<Recommender> all, List<String> methods) throws Exception {
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

  /** The setting whose figures on the validation part are highest. */
  private Setting chosen(Recommender method) throws Exception {
    if (method.grid().size() == 1) {
      return method.grid().get(0);
    }
    Setting best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (var setting : method.grid()) {
      var reached = reached(setting, 1, one -> protocol.validation());
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
    var reached = reached(setting, splits, protocol.split());
    var prefix =
        "eval.%s.".formatted(protocol.name())
            + (method.name().equals(OURS) ? "" : method.name() + ".");
    var names = protocol.measure().names();
    for (int i = 0; i < names.size(); i++) {
      figures.add(prefix + names.get(i), reached.mean(i));
    }
    return reached;
  }

  private UserFigures reached(Setting setting, int count, IntFunction<Split> splits)
      throws Exception {
    var reached = UserFigures.none(protocol.validation().test().users(), protocol.measure());
    for (int number = 0; number < count; number++) {
      var split = splits.apply(number);
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
