package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.unix_micros;

import io.nightfeed.interest.Floats;
import io.nightfeed.lake.History;
import io.nightfeed.tables.Actions;
import java.time.LocalDate;
import java.util.ArrayList;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which posts may be recommended at all. */
final class CandidatePosts {
  private static final double MICROSECONDS_PER_DAY = 86_400e6;

  private CandidatePosts() {}

  /**
   * Posts that nobody may get: reported by too many.
   *
   * @param reports number of distinct users from which a post is unsafe
   * @return post ids
   */
  static Dataset<Row> unsafe(Dataset<Row> events, int reports) {
    return events
        .where(col(ACTION).equalTo(Actions.REPORT))
        .groupBy(POST_ID)
        .agg(countDistinct(USER_ID).as(USERS))
        .where(col(USERS).geq(reports))
        .select(POST_ID);
  }

  /**
   * Posts of the last days up to the end of the run date. Where they are fewer than a least number,
   * the newest posts up to that number, however old. Never a post of after the run date.
   *
   * @param posts one row per post
   * @param maxAgeDays greatest age at the end of the run date
   */
  static Dataset<Row> fresh(
      Dataset<Row> posts, LocalDate runDate, int maxAgeDays, int leastNumber) {
    var published = posts.where(col(CREATED_AT).lt(History.endOf(runDate)));
    var recent = published.where(col(CREATED_AT).geq(History.endOf(runDate.minusDays(maxAgeDays))));
    var newest = published.orderBy(col(CREATED_AT).desc(), col(POST_ID)).limit(leastNumber);
    // Either holds the other: both are the newest posts up to some point in time.
    return recent.union(newest).dropDuplicates(POST_ID);
  }

  /** Candidates, and what re-ranking must know of them, in their order. */
  record Collected(Candidates candidates, PostFacts facts) {}

  /**
   * Brings the candidates and their vectors into memory.
   *
   * @param posts post and author ids, and when each was written
   * @param items see {@link ScoringModel#items}; posts that it lacks are left out
   * @param runDate at whose end posts' ages are taken
   */
  static Collected collect(Dataset<Row> posts, Dataset<Row> items, LocalDate runDate) {
    var age =
        unix_micros(History.endOf(runDate))
            .minus(unix_micros(col(CREATED_AT)))
            .divide(MICROSECONDS_PER_DAY);
    var rows =
        new ArrayList<>(
            posts
                .select(col(POST_ID), col(AUTHOR_ID), age.as(AGE_DAYS))
                .join(items, POST_ID)
                .select(POST_ID, AUTHOR_ID, AGE_DAYS, VECTOR, EMOTION_VECTOR, CONTENT_EMOTIONS)
                .collectAsList());
    rows.sort((left, right) -> left.getString(0).compareTo(right.getString(0)));
    var postIds = rows.stream().map(row -> row.getString(0)).toArray(String[]::new);
    return new Collected(
        new Candidates(
            postIds,
            rows.stream().map(row -> Floats.of(row, VECTOR)).toArray(float[][]::new),
            rows.stream().map(row -> Floats.of(row, EMOTION_VECTOR)).toArray(float[][]::new)),
        new PostFacts(
            postIds,
            rows.stream().map(row -> row.getString(1)).toArray(String[]::new),
            rows.stream().map(row -> Floats.of(row, CONTENT_EMOTIONS)).toArray(float[][]::new),
            rows.stream().mapToDouble(row -> row.getDouble(2)).toArray()));
  }
}
