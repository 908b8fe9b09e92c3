package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.CREATED_AT;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TOTAL;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How much of the audience and of the fresh posts the night reached.
 *
 * @param exposure how often posts are recommended
 * @param freshPosts posts young enough to be recommended
 * @param freshRecommended those of them that at least one user gets
 */
record CoverageFigures(
    AudienceFigures audience, Exposure exposure, long freshPosts, long freshRecommended) {
  static CoverageFigures read(Night night, AudienceFigures audience) {
    var recommended =
        night.slice(Gold.RECOMMENDATIONS).groupBy(POST_ID).agg(count(lit(1)).as(TOTAL));
    var fresh = freshPosts(night);
    // (lists, posts, fresh posts): as many rows as there are different numbers of lists.
    var histogram =
        fresh
            .join(recommended, new String[] {POST_ID}, "full")
            .groupBy(coalesce(col(TOTAL), lit(0L)))
            .agg(count(lit(1)), count_if(col(CREATED_AT).isNotNull()))
            .collectAsList();
    var levels =
        histogram.stream()
            .map(row -> new Exposure.Level(row.getLong(0), row.getLong(1)))
            .sorted()
            .toList();
    var all = histogram.stream().mapToLong(row -> row.getLong(2)).sum();
    var unseen =
        histogram.stream().filter(row -> row.getLong(0) == 0).mapToLong(row -> row.getLong(2));
    return new CoverageFigures(audience, new Exposure(levels), all, all - unseen.sum());
  }

  /** As the recommend job takes them: young posts, and the newest when those are too few. */
  private static Dataset<Row> freshPosts(Night night) {
    var rules = night.settings().recommend();
    var runDate = night.runDate();
    var posts =
        History.posts(night.lake(), runDate)
            .select(POST_ID, CREATED_AT)
            .where(col(CREATED_AT).lt(History.endOf(runDate)));
    var oldest = History.endOf(runDate.minusDays(rules.maxPostAgeDays()));
    var newest = posts.orderBy(col(CREATED_AT).desc(), col(POST_ID)).limit(rules.minCandidates());
    return posts.where(col(CREATED_AT).geq(oldest)).union(newest).dropDuplicates(POST_ID);
  }

  Section section() {
    if (exposure.recommendations() == 0) {
      return Section.empty("coverage", "Coverage");
    }
    var alike = List.of(new Chart.Point(0, 0), new Chart.Point(100, 100));
    var chart =
        Chart.curve(
            "lorenz",
            "How evenly posts are recommended (Lorenz curve)",
            "% of posts, least recommended first",
            "% of recommendations",
            new Chart.Curve("recommendations", exposure.lorenz()),
            new Chart.Curve("all posts alike", alike));
    var table =
        FigureTable.of("Reach", text("what"), number("count"), number("of"), number("share"))
            .line(
                "active users who get a list",
                AudienceFigures.told(audience.areActiveTold(), audience.activeServed()),
                AudienceFigures.told(audience.areActiveTold(), audience.active()),
                AudienceFigures.share(
                    audience.areActiveTold(), audience.activeServed(), audience.active()))
            .line(
                "lists for users without a history",
                AudienceFigures.told(audience.areNewTold(), audience.newServed()),
                Numbers.count(audience.served()),
                AudienceFigures.share(
                    audience.areNewTold(), audience.newServed(), audience.served()))
            .line(
                "fresh posts that somebody gets",
                Numbers.count(freshRecommended),
                Numbers.count(freshPosts),
                Numbers.percent(freshRecommended, freshPosts))
            .line("Gini coefficient of exposure", "", "", Numbers.figure(exposure.gini()));
    return new Section(
        "coverage",
        "Coverage",
        "A Gini coefficient of 0 means that every post is recommended equally often, of 1 that one"
            + " post takes every place.",
        List.of(chart),
        List.of(table));
  }
}
