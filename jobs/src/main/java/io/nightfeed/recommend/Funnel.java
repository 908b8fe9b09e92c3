package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What became of every post on the way to a user's list, as counts that add up.
 *
 * @param posts that had arrived by the end of the night
 * @param unsafe of them, those that too many reported
 * @param unknown of the others, those newer than the model
 * @param stale of the others, those too old, or dated after the night; the rest are candidates
 */
record Funnel(long posts, long unsafe, long unknown, long stale) {
  /**
   * @param lists see {@link Lists#SCHEMA}
   * @return rows of {@code gold.candidate_funnel} but for the model's version and the run
   */
  Dataset<Row> rows(Dataset<Row> lists) {
    return lists.select(
        col(USER_ID),
        lit(posts).as(POSTS),
        lit(unsafe).as(REMOVED_UNSAFE),
        lit(unknown).as(REMOVED_UNKNOWN),
        lit(stale).as(REMOVED_STALE),
        col(REMOVED_OWN),
        col(REMOVED_REJECTED),
        col(REMOVED_SEEN),
        col(SCORED),
        col(OUTRANKED),
        col(GUARDED_AWAY),
        col(DELIVERED),
        col(PLACES_CHANGED),
        col(IS_LOW_MOOD));
  }
}
