package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Evaluated.Choice;
import io.nightfeed.evaluate.Evaluated.Tried;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Measures, and writes the page about it.
   *
   * @param methods names of those that are measured; none: all
   */
  void run(List<Recommender> all, List<String> methods) throws Exception {
    var names = all.stream().map(Recommender::name).toList();
    if (!names.containsAll(methods)) {
      throw new JobFailure(
          ExitCode.USAGE, "--methods are %s; expected some of %s".formatted(methods, names));
    }
    figures.add("eval.%s.splits".formatted(protocol.name()), splits);
    var measured = new ArrayList<Evaluated>();
    for (var method : all) {
      if (methods.isEmpty() || methods.contains(method.name())) {
        measured.add(measured(method));
      }
    }
    var results = Results.of(protocol, splits, measured);
    results.accuracyDifferences().forEach(figures::add);
    results.beyondAccuracyOfTheBest().forEach(figures::add);
    figures.keep(results.everythingElse());
    figures.page(EvaluationPage.of(results));
  }

  private Evaluated measured(Recommender method) throws Exception {
    var choice = choice(method);
    var reached = Evaluated.none(method, choice, protocol);
    for (int number = 0; number < splits; number++) {
      var split = protocol.split().apply(number);
      reached.add(choice.setting().fit().fit(split.train()), protocol.measure(), split);
    }
    var prefix = Results.prefix(protocol, reached);
    for (var name : protocol.measure().printed()) {
      figures.add(prefix + name, reached.mean(name));
    }
    return reached;
  }

  /** The setting whose figures on the validation part are highest. */
  private Choice choice(Recommender method) throws Exception {
    if (method.grid().size() == 1) {
      return new Choice(method.grid().get(0), List.of());
    }
    Setting best = null;
    double highest = Double.NEGATIVE_INFINITY;
    var tried = new ArrayList<Tried>();
    for (var setting : method.grid()) {
      double figure = validated(setting.fit().fit(protocol.validation().train()));
      tried.add(new Tried(setting.description(), figure));
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
    return new Choice(best, tried);
  }

  /** The sum of the figures that settings are chosen by. */
  private double validated(Scores recommender) {
    var split = protocol.validation();
    var measure = protocol.measure();
    var reached = UserFigures.none(split.test().users(), measure.names());
    IntStream.range(0, split.test().users())
        .parallel()
        .filter(user -> measure.weight(user, split) > 0)
        .forEach(
            user -> {
              var scores = new double[split.train().items()];
              recommender.write(user, scores);
              reached.add(user, measure.weight(user, split), measure.of(scores, user, split));
            });
    return protocol.chosenBy().stream().mapToDouble(name -> reached.column(name).mean()).sum();
  }
}
