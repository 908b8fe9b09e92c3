package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.KIND;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.OUTCOME;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.VALENCE;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether posts of every language, and of authors with few posts and with many, get teasers alike:
 * how many of those asked for were blocked or replaced, and how the posts sound that got one and
 * that got none. Differences are shown, not judged: groups may write differently.
 */
record TreatmentFigures(List<Group> groups) {
  private static final String GROUP = "group";
  private static final String AUTHORS = "authors";
  private static final int MANY_POSTS = 10;

  /**
   * @param posts of which a teaser was asked for; this and all that follows null where too few
   *     people wrote them
   * @param valence mean of the posts that got one, -1 to 1; null where no model read it
   * @param withheldValence mean of the others
   */
  record Group(
      String name,
      Long posts,
      Long blocked,
      Long fallbacks,
      Double valence,
      Double withheldValence) {}

  static TreatmentFigures read(Night night) {
    var posts = History.posts(night.lake(), night.runDate()).select(POST_ID, AUTHOR_ID);
    var authors =
        posts
            .groupBy(AUTHOR_ID)
            .agg(
                when(count(lit(1)).equalTo(1), "one post")
                    .when(count(lit(1)).lt(MANY_POSTS), "2 to 9 posts")
                    .otherwise("10 posts or more")
                    .as(AUTHORS));
    var readings =
        Annotations.current(night.lake(), night.runDate()).select(TEXT_HASH, LANGUAGE, VALENCE);
    var language = coalesce(col(LANGUAGE), lit("not read"));
    return of(
        night
            .slice(Gold.GENERATED_TEXTS)
            .where(col(KIND).equalTo("teaser"))
            .select(POST_ID, TEXT_HASH, OUTCOME)
            .join(posts, POST_ID)
            .join(authors, AUTHOR_ID)
            .join(readings, new String[] {TEXT_HASH}, "left")
            .withColumn(GROUP, concat_ws(", ", language, col(AUTHORS))),
        night);
  }

  private static TreatmentFigures of(Dataset<Row> asked, Night night) {
    var people = new TreeMap<String, Long>();
    var found = new TreeMap<String, Group>();
    for (var row :
        asked
            .groupBy(GROUP)
            .agg(
                count_distinct(col(AUTHOR_ID)),
                count(lit(1)),
                count_if(hasOutcome("blocked")),
                count_if(hasOutcome("fallback")),
                avg(when(hasOutcome("generated"), col(VALENCE))),
                avg(when(hasOutcome("blocked", "fallback"), col(VALENCE))))
            .collectAsList()) {
      var name = row.getString(0);
      people.put(name, row.getLong(1));
      found.put(
          name,
          new Group(
              name,
              row.getLong(2),
              row.getLong(3),
              row.getLong(4),
              row.<Double>getAs(5),
              row.<Double>getAs(6)));
    }
    for (var name :
        night
            .groups()
            .untold(
                people,
                some ->
                    asked
                        .where(col(GROUP).isin(some.toArray()))
                        .agg(count_distinct(col(AUTHOR_ID)))
                        .first()
                        .getLong(0))) {
      found.put(name, new Group(name, null, null, null, null, null));
    }
    return new TreatmentFigures(List.copyOf(found.values()));
  }

  private static Column hasOutcome(Object... outcomes) {
    return col(OUTCOME).isin(outcomes);
  }

  FigureTable table() {
    var table =
        FigureTable.of(
            "Teasers by language and by how much their authors wrote",
            text("posts of"),
            number("posts"),
            number("blocked"),
            number("replaced"),
            number("mean valence"),
            number("of those without"));
    for (var group : groups) {
      if (group.posts() == null) {
        table.line(group.name(), Night.UNTOLD, Night.UNTOLD, Night.UNTOLD, "–", "–");
      } else {
        table.line(
            group.name(),
            Numbers.count(group.posts()),
            Numbers.percent(group.blocked(), group.posts()),
            Numbers.percent(group.fallbacks(), group.posts()),
            Numbers.figure(group.valence()),
            Numbers.figure(group.withheldValence()));
      }
    }
    return table;
  }
}
