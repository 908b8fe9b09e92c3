package io.nightfeed.evaluate;

import static io.nightfeed.evaluate.MethodFigures.bars;
import static io.nightfeed.evaluate.MethodFigures.ends;
import static io.nightfeed.evaluate.MethodFigures.forest;
import static io.nightfeed.evaluate.MethodFigures.row;
import static io.nightfeed.evaluate.MethodFigures.signed;
import static io.nightfeed.evaluate.MethodFigures.spaced;
import static io.nightfeed.evaluate.MethodFigures.style;
import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;

import io.nightfeed.evaluate.PagePart.Chart;
import io.nightfeed.evaluate.Recommender.Role;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.IntervalChart.Row;
import io.nightfeed.pages.ScatterChart;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/** How well all methods find, by how much ours is ahead, and what their lists are like. */
record AccuracyParts(Results results) {

  PagePart accuracy() {
    var main = results.protocol().main();
    var rows =
        results.byMainFigure().stream()
            .map(
                method -> {
                  var interval = results.intervals().get(method.name());
                  return row(method.name(), interval, style(method));
                })
            .toList();
    var names =
        Stream.concat(results.protocol().measure().printed().stream(), Stream.of(Measure.AREA));
    return new PagePart(
        "accuracy",
        "Accuracy",
        "Means over users with something to find; intervals are 95 %, users resampled. The best of a column is bold.",
        List.of(bars(main, rows)),
        List.of(
            MethodFigures.table(
                "All methods", results.byMainFigure(), names.toList(), Evaluated::mean)),
        List.of());
  }

  PagePart differences() {
    var charts = new ArrayList<Chart>();
    var table =
        FigureTable.of(
            "Differences",
            text("less"),
            text("figure"),
            number("difference"),
            number("95 % interval"));
    for (var figure : results.protocol().compared()) {
      var rows = new ArrayList<Row>();
      results.byMainFigure().stream()
          .filter(method -> !method.is(Role.OURS))
          .forEach(
              method -> {
                var difference = results.differences().get(results.difference(method, figure));
                if (difference != null) {
                  rows.add(row(method.name(), difference, style(method)));
                  table.line(method.name(), figure, signed(difference.mean()), ends(difference));
                }
              });
      charts.add(forest(figure + ", ours less each other method", rows));
    }
    return new PagePart(
        "differences",
        "By how much the interest model is ahead",
        "Of the same users, paired; 95 %, users resampled, each by itself. A method whose interval holds 0 cannot be told from ours.",
        charts,
        List.of(),
        List.of(table));
  }

  PagePart beyondAccuracy() {
    var names = new LinkedHashSet<String>();
    results.methods().forEach(method -> names.addAll(method.lists().figures().keySet()));
    var charts =
        Stream.of(ListFigures.COVERAGE, ListFigures.NOVELTY, ListFigures.POPULARITY_LIFT)
            .filter(names::contains)
            .map(this::scatter)
            .toList();
    return new PagePart(
        "beyond",
        "Beyond accuracy",
        "Of lists of %d items, those of the users who are asked for. To be the best of one of these alone says little: chance covers everything. They are to be read beside accuracy."
            .formatted(results.protocol().listLength()),
        charts,
        List.of(
            MethodFigures.table(
                "All methods", results.byMainFigure(), List.copyOf(names), AccuracyParts::ofLists)),
        List.of());
  }

  private static double ofLists(Evaluated method, String figure) {
    return method.lists().figures().getOrDefault(figure, Double.NaN);
  }

  private Chart scatter(String figure) {
    var main = results.protocol().main();
    var title = main + " against " + spaced(figure);
    var points =
        results.methods().stream()
            .map(
                method ->
                    new ScatterChart.Point(
                        method.name(), ofLists(method, figure), method.mean(main), style(method)))
            .toList();
    return new Chart(title, new ScatterChart(title, spaced(figure), main, points).svg());
  }
}
