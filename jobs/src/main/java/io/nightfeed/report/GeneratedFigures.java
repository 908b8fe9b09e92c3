package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.util.List;

/** What was written for readers, how much of it could not be had, and what it cost. */
record GeneratedFigures(
    List<Line> lines, List<Blocked> blocked, TreatmentFigures treatment, List<Example> examples) {
  private static final int EXAMPLES = 8;

  /** Texts of a kind that came about in the same way. */
  record Line(String kind, String outcome, String writer, long texts, long reused, double cost) {}

  /** Texts that were not used, by where and why. */
  record Blocked(String job, String place, String reason, long texts) {}

  record Example(String text, String writer, String language) {}

  static GeneratedFigures read(Night night) {
    var slice = night.slice(Gold.GENERATED_TEXTS);
    var lines =
        slice
            .groupBy(KIND, OUTCOME, WRITER)
            .agg(count(lit(1)), count_if(col(IS_REUSED)), sum(COST))
            .orderBy(col(KIND).desc(), col(OUTCOME).desc(), col(WRITER))
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Line(
                        row.getString(0),
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getDouble(5)))
            .toList();
    var blocked =
        night
            .slice(Silver.BLOCKED_TEXTS)
            .groupBy(JOB, PLACE, REASON)
            .agg(count(lit(1)))
            .orderBy(JOB, PLACE, REASON)
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Blocked(
                        row.getString(0), row.getString(1), row.getString(2), row.getLong(3)))
            .toList();
    var examples =
        slice
            .where(col(KIND).equalTo("teaser").and(col(OUTCOME).equalTo("generated")))
            .orderBy(xxhash64(col(CONTENT_KEY)), col(POST_ID))
            .limit(EXAMPLES)
            .select(GENERATED_TEXT, WRITER, LANGUAGE)
            .collectAsList()
            .stream()
            .map(row -> new Example(row.getString(0), row.getString(1), row.getString(2)))
            .toList();
    return new GeneratedFigures(lines, blocked, TreatmentFigures.read(night), examples);
  }

  Section section() {
    if (lines.isEmpty()) {
      return Section.empty("generated", "Texts for readers");
    }
    var table =
        FigureTable.of(
            "Teasers and reasons",
            text("kind"),
            text("outcome"),
            text("writer"),
            number("texts"),
            number("of its kind"),
            number("written before"),
            number("cost"));
    for (var line : lines) {
      var all = lines.stream().filter(one -> one.kind().equals(line.kind()));
      table.line(
          line.kind(),
          line.outcome(),
          line.writer(),
          Numbers.count(line.texts()),
          Numbers.percent(line.texts(), all.mapToLong(Line::texts).sum()),
          Numbers.count(line.reused()),
          Numbers.figure(line.cost()));
    }
    var whys =
        FigureTable.of(
            "Texts that were not used",
            text("job"),
            text("place"),
            text("reason"),
            number("texts"));
    blocked.forEach(
        one -> whys.line(one.job(), one.place(), one.reason(), Numbers.count(one.texts())));
    var some = FigureTable.of("Some teasers", text("teaser"), text("writer"), text("language"));
    examples.forEach(one -> some.line(one.text(), one.writer(), one.language()));
    return new Section(
        "generated",
        "Texts for readers",
        "Fallback: what was asked for was not had, or not good enough. Blocked: its source may not be"
            + " quoted. Both show a safe line.",
        List.of(),
        List.of(table, whys, treatment.table(), some));
  }
}
