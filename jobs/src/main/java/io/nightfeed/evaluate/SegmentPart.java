package io.nightfeed.evaluate;

import static io.nightfeed.evaluate.MethodFigures.ends;
import static io.nightfeed.evaluate.MethodFigures.forest;
import static io.nightfeed.evaluate.MethodFigures.row;
import static io.nightfeed.evaluate.MethodFigures.signed;
import static io.nightfeed.evaluate.MethodFigures.style;
import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;

import io.nightfeed.evaluate.PagePart.Chart;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.IntervalChart.Row;
import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Users of short and long histories, and items that somebody met or nobody did, told apart. */
record SegmentPart(Results results) {

  PagePart part() {
    var main = results.protocol().main();
    var charts = new ArrayList<Chart>();
    var tables = new ArrayList<FigureTable>();
    if (results.ours().isPresent() && results.bestRival().isPresent()) {
      var ours = results.ours().get();
      var rival = results.bestRival().get();
      for (var figure : results.segmentFigures()) {
        var table =
            FigureTable.of(
                figure + ", ours and the best rival",
                text("segment"),
                number("users"),
                number(ours.name()),
                number(rival.name()),
                number("difference"),
                number("95 % interval"));
        var rows = new ArrayList<Row>();
        ours.segments(figure)
            .forEach(
                (segment, column) -> {
                  var difference =
                      results
                          .differences()
                          .get(results.difference(rival, Results.segmentFigure(segment, figure)));
                  if (difference != null) {
                    rows.add(row(segment, difference, style(rival)));
                    table.line(
                        segment,
                        Numbers.count(column.users().length),
                        Numbers.decimals(column.mean()),
                        Numbers.decimals(rival.segments(figure).get(segment).mean()),
                        signed(difference.mean()),
                        ends(difference));
                  }
                });
        tables.add(table);
        charts.add(forest("%s, ours less %s".formatted(figure, rival.name()), rows));
      }
    }
    return new PagePart(
        "segments",
        "Segments",
        "Users by what they engaged with in the train part: "
            + String.join(
                ", ",
                Stream.of(HistorySegment.values())
                    .map(one -> one.name().toLowerCase(Locale.ROOT) + " " + one.title())
                    .toList())
            + ". Warm: only items that somebody met in the train part are ranked and asked for; cold:"
            + " only those that nobody did. The best rival is the one of the highest "
            + main
            + " here.",
        charts,
        tables,
        List.of(ofEachSegment(main)));
  }

  private FigureTable ofEachSegment(String figure) {
    var names =
        results.methods().isEmpty()
            ? List.<String>of()
            : List.copyOf(results.methods().get(0).segments(figure).keySet());
    return MethodFigures.table(
        figure + " of all methods",
        results.byMainFigure(),
        names,
        (method, segment) -> method.segments(figure).get(segment).mean());
  }
}
