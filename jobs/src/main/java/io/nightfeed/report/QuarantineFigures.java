package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.BYTE_OFFSET;
import static io.nightfeed.tables.Columns.DETAIL;
import static io.nightfeed.tables.Columns.FILE;
import static io.nightfeed.tables.Columns.LINE_NUMBER;
import static io.nightfeed.tables.Columns.ORDER;
import static io.nightfeed.tables.Columns.RAW;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.SOURCE;
import static io.nightfeed.tables.Columns.TOTAL;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.substring;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Silver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** What was refused tonight and why: {@link Silver#QUARANTINE}. */
record QuarantineFigures(List<Reason> reasons, List<Example> examples) {
  private static final int MOST_REASONS = 20;
  private static final int EXAMPLES_PER_REASON = 2;
  private static final int MOST_EXAMPLES = 60;
  private static final int EXCERPT_BYTES = 600;
  private static final int EXCERPT_CHARACTERS = 140;

  record Reason(String source, String name, long lines) {
    String label() {
      return source + ": " + name;
    }
  }

  record Example(
      String source,
      String reason,
      String file,
      long line,
      long offset,
      String detail,
      String raw) {}

  static QuarantineFigures read(Night night) {
    var refused = night.slice(Silver.QUARANTINE);
    var reasons =
        refused
            .groupBy(SOURCE, REASON)
            .agg(count(lit(1)).as(TOTAL))
            .orderBy(col(TOTAL).desc(), col(SOURCE), col(REASON))
            .limit(MOST_REASONS)
            .collectAsList()
            .stream()
            .map(row -> new Reason(row.getString(0), row.getString(1), row.getLong(2)))
            .toList();
    if (reasons.isEmpty()) {
      return new QuarantineFigures(reasons, List.of());
    }
    var firstOfReason = Window.partitionBy(SOURCE, REASON).orderBy(FILE, BYTE_OFFSET);
    var examples =
        refused
            .withColumn(ORDER, row_number().over(firstOfReason))
            .where(col(ORDER).leq(EXAMPLES_PER_REASON))
            .orderBy(SOURCE, REASON, ORDER)
            .limit(MOST_EXAMPLES)
            .select(
                col(SOURCE),
                col(REASON),
                col(FILE),
                col(LINE_NUMBER),
                col(BYTE_OFFSET),
                col(DETAIL),
                substring(col(RAW), 1, EXCERPT_BYTES))
            .collectAsList();
    return new QuarantineFigures(
        reasons, examples.stream().map(QuarantineFigures::example).toList());
  }

  Section section() {
    if (reasons.isEmpty()) {
      return Section.empty("quarantine", "Quarantine");
    }
    var chart =
        Chart.bars(
            "quarantine-reasons",
            "Lines refused tonight, by reason",
            new Chart.Categories("reason", reasons.stream().map(Reason::label).toList()),
            "lines",
            Chart.Direction.LYING,
            Chart.Arrangement.GROUPED,
            List.of(
                new Chart.Series(
                    "lines", reasons.stream().map(Reason::lines).toList(), Palette.BAD)));
    return new Section(
        "quarantine",
        "Quarantine",
        "Refused lines are kept as they came in "
            + Silver.QUARANTINE.name()
            + ", with file and byte offset.",
        List.of(chart),
        List.of(counts(), excerpts()));
  }

  private FigureTable counts() {
    var table = FigureTable.of("By reason", text("source"), text("reason"), number("lines"));
    reasons.forEach(
        reason -> table.line(reason.source(), reason.name(), Numbers.count(reason.lines())));
    return table;
  }

  private FigureTable excerpts() {
    var table =
        FigureTable.of(
            "The first lines of each reason",
            text("source"),
            text("reason"),
            text("file"),
            number("line"),
            text("found and expected"),
            text("begins with"));
    examples.forEach(
        example ->
            table.line(
                example.source(),
                example.reason(),
                example.file(),
                example.line() > 0
                    ? Numbers.count(example.line())
                    : "byte " + Numbers.count(example.offset()),
                Excerpt.of(example.detail(), EXCERPT_CHARACTERS),
                Excerpt.of(example.raw(), EXCERPT_CHARACTERS)));
    return table;
  }

  /** Bytes that are not UTF-8 show as U+FFFD. */
  private static Example example(Row row) {
    var raw = row.isNullAt(6) ? "" : new String((byte[]) row.get(6), StandardCharsets.UTF_8);
    return new Example(
        row.getString(0),
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getString(5),
        raw);
  }
}
