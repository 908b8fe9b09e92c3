package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Recommender.Role;
import io.nightfeed.evaluate.UserFigures.Column;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all methods reached, and by how much ours is ahead.
 *
 * @param methods in the order in which they were measured
 * @param ours the interest model, if it was measured
 * @param bestRival of the rivals the one whose main figure is highest, if there is any
 * @param intervals of the main figure, by method
 * @param differences by name; ours less a method's
 */
record Results(
    Protocol protocol,
    int splits,
    List<Evaluated> methods,
    Optional<Evaluated> ours,
    Optional<Evaluated> bestRival,
    Map<String, PairedBootstrap> intervals,
    Map<String, PairedBootstrap> differences) {

  static Results of(Protocol protocol, int splits, List<Evaluated> methods) {
    var ours = methods.stream().filter(method -> method.is(Role.OURS)).findFirst();
    var bestRival =
        methods.stream()
            .filter(method -> method.is(Role.RIVAL))
            .max(Comparator.comparingDouble(method -> method.mean(protocol.main())));
    var intervals = new LinkedHashMap<String, PairedBootstrap>();
    for (var method : methods) {
      if (method.everybody().column(protocol.main()).users().length == 0) {
        throw new JobFailure(
            ExitCode.DATA_QUALITY,
            "Nobody of whom something is known engages with anything that is to be found: there is"
                + " nothing to measure. Give more, or longer, windows.");
      }
      intervals.put(method.name(), method.everybody().column(protocol.main()).interval());
    }
    var results =
        new Results(protocol, splits, methods, ours, bestRival, intervals, new LinkedHashMap<>());
    ours.ifPresent(results::compare);
    return results;
  }

  private void compare(Evaluated ours) {
    for (var other : methods) {
      if (!other.is(Role.OURS)) {
        for (var figure : protocol.compared()) {
          compare(
              difference(other, figure),
              ours.everybody().column(figure),
              other.everybody().column(figure));
        }
      }
    }
    bestRival.ifPresent(
        rival ->
            segmentFigures()
                .forEach(
                    figure ->
                        ours.segments(figure)
                            .forEach(
                                (segment, column) ->
                                    compare(
                                        difference(rival, segmentFigure(segment, figure)),
                                        column,
                                        rival.segments(figure).get(segment)))));
  }

  private void compare(String name, Column mine, Column theirs) {
    if (mine.users().length > 0) {
      differences.put(name, mine.minus(theirs));
    }
  }

  /** The best by the main figure first. */
  List<Evaluated> byMainFigure() {
    return methods.stream()
        .sorted(
            Comparator.<Evaluated>comparingDouble(method -> method.mean(protocol.main()))
                .reversed())
        .toList();
  }

  /** Name of the difference of ours and another method. */
  String difference(Evaluated other, String figure) {
    return "eval.%s.minus_%s.%s".formatted(protocol.name(), other.name(), figure);
  }

  static String segmentFigure(String segment, String figure) {
    return "segment." + segment + "." + figure;
  }

  /** Before a method's figures. */
  static String prefix(Protocol protocol, Evaluated method) {
    return "eval.%s.".formatted(protocol.name())
        + (method.is(Role.OURS) ? "" : method.name() + ".");
  }

  /** Figures that are told segment by segment. */
  List<String> segmentFigures() {
    return Stream.concat(protocol.chosenBy().stream(), Stream.of(Measure.AREA)).toList();
  }

  /** Of the figures that settings are chosen by, of all users. */
  Map<String, Double> accuracyDifferences() {
    return differences(false);
  }

  private Map<String, Double> differences(boolean areOfSegments) {
    var figures = new LinkedHashMap<String, Double>();
    differences.forEach(
        (name, difference) -> {
          if (name.contains(".segment.") == areOfSegments) {
            put(name, difference, figures);
          }
        });
    return figures;
  }

  private static void put(String name, PairedBootstrap value, Map<String, Double> figures) {
    figures.put(name, value.mean());
    putEnds(name, value, figures);
  }

  private static void putEnds(String name, PairedBootstrap value, Map<String, Double> figures) {
    figures.put(name + ".low", value.low());
    figures.put(name + ".high", value.high());
  }

  /** The area under the curve and what lists are like, of ours and of the best rival. */
  Map<String, Double> beyondAccuracyOfTheBest() {
    var figures = new LinkedHashMap<String, Double>();
    Stream.concat(ours.stream(), bestRival.stream())
        .forEach(method -> figures.putAll(beyondAccuracy(method)));
    return figures;
  }

  private Map<String, Double> beyondAccuracy(Evaluated method) {
    var figures = new LinkedHashMap<String, Double>();
    var prefix = prefix(protocol, method);
    figures.put(prefix + Measure.AREA, method.mean(Measure.AREA));
    method.lists().figures().forEach((name, value) -> figures.put(prefix + name, value));
    return figures;
  }

  /** Every method's figures that no line tells. */
  Map<String, Double> everythingElse() {
    var figures = new LinkedHashMap<String, Double>();
    for (var method : methods) {
      var prefix = prefix(protocol, method);
      putEnds(prefix + protocol.main(), intervals.get(method.name()), figures);
      figures.putAll(beyondAccuracy(method));
      for (var figure : segmentFigures()) {
        method
            .segments(figure)
            .forEach(
                (segment, column) ->
                    figures.put(prefix + segmentFigure(segment, figure), column.mean()));
      }
    }
    methods.stream()
        .limit(1)
        .forEach(
            method ->
                method
                    .segments(protocol.main())
                    .forEach(
                        (segment, column) ->
                            figures.put(
                                "eval.%s.%s"
                                    .formatted(protocol.name(), segmentFigure(segment, "users")),
                                (double) column.users().length)));
    figures.putAll(differences(true));
    return figures;
  }
}
