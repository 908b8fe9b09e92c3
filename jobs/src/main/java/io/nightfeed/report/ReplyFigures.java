package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.KIND;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.REPLY;
import static io.nightfeed.tables.Columns.SIMILARITY;
import static io.nightfeed.tables.Columns.SOURCE_IDS;
import static io.nightfeed.tables.Columns.SOURCE_KIND;
import static io.nightfeed.tables.Columns.SOURCE_USER_IDS;
import static io.nightfeed.tables.Columns.STATUS;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOTAL;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.nightfeed.lake.Consent;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** What could be answered to comments: {@link Gold#REPLY_SUGGESTIONS}. */
record ReplyFigures(List<Outcome> outcomes, WritingFigures writing, List<Example> examples) {
  private static final int EXAMPLES_PER_KIND = 5;
  private static final int EXCERPT_CHARACTERS = 160;

  /**
   * What became of some comments.
   *
   * @param kind the source's, or the reason for blocking; empty for neither
   * @param isTold whether anything may be told of those who wrote them
   */
  record Outcome(String status, String kind, long comments, boolean isTold) {}

  record Example(String comment, String reply, String kind, String ids, double similarity) {}

  static ReplyFigures read(Night night) {
    var rows = night.slice(Gold.REPLY_SUGGESTIONS);
    var counted =
        rows.groupBy(col(STATUS), coalesce(col(SOURCE_KIND), col(REASON), lit("")).as(KIND))
            .agg(count(lit(1)).as(TOTAL), countDistinct(col(USER_ID)))
            .orderBy(col(STATUS).desc(), col(KIND))
            .collectAsList();
    var people = new LinkedHashMap<List<String>, Long>();
    counted.forEach(row -> people.put(key(row), row.getLong(3)));
    // Who wrote several counts once at least.
    var untold =
        night.groups().untold(people, some -> some.stream().mapToLong(people::get).max().orElse(0));
    var outcomes =
        counted.stream()
            .map(
                row ->
                    new Outcome(
                        row.getString(0),
                        row.getString(1),
                        row.getLong(2),
                        !untold.contains(key(row))))
            .toList();
    return new ReplyFigures(
        outcomes, WritingFigures.read(night), outcomes.isEmpty() ? List.of() : examples(night));
  }

  private static List<String> key(Row row) {
    return List.of(row.getString(0), row.getString(1));
  }

  /** The most similar of each kind, of people who have not opted out since. */
  private static List<Example> examples(Night night) {
    var lake = night.lake();
    var all = Consent.personalised(lake, night.slice(Gold.REPLY_SUGGESTIONS), USER_ID);
    var quoted = all.select(col(EVENT_ID), explode(col(SOURCE_USER_IDS)).as(AUTHOR_ID));
    var gone = quoted.except(Consent.personalised(lake, quoted, AUTHOR_ID)).select(EVENT_ID);
    var rows = all.join(gone, new String[] {EVENT_ID}, "left_anti");
    var best = Window.partitionBy(SOURCE_KIND).orderBy(col(SIMILARITY).desc(), col(EVENT_ID));
    return rows
        .where(col(REPLY).isNotNull())
        .withColumn(TOTAL, row_number().over(best))
        .where(col(TOTAL).leq(EXAMPLES_PER_KIND))
        .join(History.events(lake, night.runDate()).select(EVENT_ID, TEXT), EVENT_ID)
        .orderBy(col(SOURCE_KIND).desc(), col(TOTAL))
        .select(TEXT, REPLY, SOURCE_KIND, SOURCE_IDS, SIMILARITY)
        .collectAsList()
        .stream()
        .map(ReplyFigures::example)
        .toList();
  }

  private static Example example(Row row) {
    return new Example(
        row.getString(0),
        row.getString(1),
        row.getString(2),
        String.join(", ", row.<String>getList(3)),
        row.getDouble(4));
  }

  Section section() {
    if (outcomes.isEmpty()) {
      return Section.empty("replies", "Suggested replies");
    }
    return new Section(
        "replies",
        "Suggested replies",
        lead(),
        List.of(),
        List.of(table(), writing.table(), exampleTable()));
  }

  private String lead() {
    if (!outcomes.stream().allMatch(Outcome::isTold)) {
      return "Of what became of comments that nobody answered some is not told: it concerns few people.";
    }
    long all = outcomes.stream().mapToLong(Outcome::comments).sum();
    return "Of %s comments that nobody answered %s have a suggestion; for %s nothing was similar enough, %s are blocked."
        .formatted(
            Numbers.count(all),
            Numbers.percent(comments("suggested"), all),
            Numbers.percent(comments("abstained"), all),
            Numbers.percent(comments("blocked"), all));
  }

  private long comments(String status) {
    return outcomes.stream()
        .filter(outcome -> outcome.status().equals(status))
        .mapToLong(Outcome::comments)
        .sum();
  }

  private FigureTable table() {
    var table =
        FigureTable.of(
            "What became of them", text("status"), text("source or reason"), number("comments"));
    outcomes.forEach(
        outcome ->
            table.line(
                outcome.status(),
                outcome.kind(),
                outcome.isTold() ? Numbers.count(outcome.comments()) : Night.UNTOLD));
    return table;
  }

  private FigureTable exampleTable() {
    var table =
        FigureTable.of(
            "The most similar of each kind",
            text("comment"),
            text("suggested reply"),
            text("source"),
            text("cited"),
            number("similarity"));
    examples.forEach(
        example ->
            table.line(
                Excerpt.of(example.comment(), EXCERPT_CHARACTERS),
                Excerpt.of(example.reply(), EXCERPT_CHARACTERS),
                example.kind(),
                Excerpt.of(example.ids(), EXCERPT_CHARACTERS),
                Numbers.decimals(example.similarity())));
    return table;
  }
}
