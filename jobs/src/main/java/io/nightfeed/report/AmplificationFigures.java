package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.AUDIENCE;
import static io.nightfeed.tables.Columns.IN_CANDIDATES;
import static io.nightfeed.tables.Columns.IN_HISTORIES;
import static io.nightfeed.tables.Columns.IN_LISTS;
import static io.nightfeed.tables.Columns.LISTS;
import static io.nightfeed.tables.Columns.LISTS_TO_CANDIDATES;
import static io.nightfeed.tables.Columns.LISTS_TO_HISTORIES;
import static io.nightfeed.tables.Columns.MEASURE;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Measures;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Whether lists show more of a feeling than there is, and than readers chose. */
record AmplificationFigures(List<Line> lines, int leastReaders) {
  /** A row of {@code gold.amplification_audit}; null is untold. */
  record Line(
      String measure,
      String audience,
      Long lists,
      Double inCandidates,
      Double inHistories,
      Double inLists,
      Double toCandidates,
      Double toHistories) {
    private static Line of(Row row) {
      return new Line(
          row.getString(0),
          row.getString(1),
          row.getAs(2),
          row.getAs(3),
          row.getAs(4),
          row.getAs(5),
          row.getAs(6),
          row.getAs(7));
    }
  }

  static AmplificationFigures read(Night night) {
    return new AmplificationFigures(
        night
            .slice(Gold.AMPLIFICATION_AUDIT)
            .select(
                MEASURE,
                AUDIENCE,
                LISTS,
                IN_CANDIDATES,
                IN_HISTORIES,
                IN_LISTS,
                LISTS_TO_CANDIDATES,
                LISTS_TO_HISTORIES)
            .collectAsList()
            .stream()
            .map(Line::of)
            .sorted(
                Comparator.comparing(Line::audience)
                    .thenComparing(line -> Measures.ALL.indexOf(line.measure())))
            .toList(),
        night.groups().leastUsers());
  }

  Section section() {
    if (lines.isEmpty()) {
      return Section.empty("amplification", "What lists amplify");
    }
    var everybody = of(Measures.EVERYBODY);
    var chart =
        Chart.bars(
            "amplification",
            "Feelings in lists, as a multiple of their share elsewhere (all readers)",
            new Chart.Categories("feeling", everybody.stream().map(Line::measure).toList()),
            "times; 1 is neither more nor less",
            Chart.Direction.LYING,
            Chart.Arrangement.GROUPED,
            List.of(
                new Chart.Series(
                    "of candidates",
                    everybody.stream().map(Line::toCandidates).toList(),
                    Palette.PALE),
                new Chart.Series(
                    "of what readers engaged with",
                    everybody.stream().map(Line::toHistories).toList(),
                    Palette.EMOTION)));
    return new Section(
        "amplification",
        "What lists amplify",
        "Means over posts: the probability of an emotion, and the share of negative posts. Figures of"
            + " fewer than "
            + leastReaders
            + " readers are not told, nor those that would tell of them.",
        List.of(chart),
        List.of(
            table("All readers", everybody),
            table("Readers in a low mood", of(Measures.LOW_MOOD))));
  }

  private List<Line> of(String audience) {
    return lines.stream().filter(line -> line.audience().equals(audience)).toList();
  }

  private static FigureTable table(String audience, List<Line> lines) {
    var table =
        FigureTable.of(
            audience,
            text("feeling"),
            number("in candidates"),
            number("in histories"),
            number("in lists"),
            number("lists / candidates"),
            number("lists / histories"),
            number("lists"));
    for (var line : lines) {
      table.line(
          line.measure(),
          share(line.inCandidates()),
          share(line.inHistories()),
          share(line.inLists()),
          Numbers.figure(line.toCandidates()),
          Numbers.figure(line.toHistories()),
          line.lists() == null ? Night.UNTOLD : Numbers.count(line.lists()));
    }
    return table;
  }

  private static String share(Double value) {
    return value == null ? "–" : Numbers.percent(value);
  }
}
