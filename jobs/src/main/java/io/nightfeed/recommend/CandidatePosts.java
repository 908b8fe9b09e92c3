package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;

import io.nightfeed.lake.History;
import io.nightfeed.tables.Actions;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which posts may be recommended at all. */
final class CandidatePosts {
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
}
