package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.ACTION;
import static io.nightfeed.tables.Columns.ANSWER;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.CONTEXT;
import static io.nightfeed.tables.Columns.CREATED_AT;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.IS_ANSWERED;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.tables.Actions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What was said under each post. Logs do not say which comment a comment answers, so all that is
 * said there is one thread: the post's text, then its comments in order of time.
 */
final class Threads {
  private Threads() {}

  /**
   * Texts of posts and comments, a turn each. A post's text has no {@code event_id}.
   *
   * @param posts rows of silver.posts, each post once
   * @param events rows of silver.events, each event once
   */
  static Dataset<Row> turns(Dataset<Row> posts, Dataset<Row> events) {
    return posts
        .select(
            col(POST_ID),
            lit(null).cast("string").as(EVENT_ID),
            col(CREATED_AT).as(EVENT_TIME),
            col(AUTHOR_ID).as(USER_ID),
            col(TEXT),
            col(TEXT_HASH))
        .unionByName(
            events
                .where(col(ACTION).equalTo(Actions.COMMENT))
                .select(POST_ID, EVENT_ID, EVENT_TIME, USER_ID, TEXT, TEXT_HASH))
        .where(col(TEXT_HASH).isNotNull());
  }

  /**
   * Adds to each turn what led to it and what became of it.
   *
   * <ul>
   *   <li>{@code context}: hashes of the turns before it, oldest first, and its own;
   *   <li>{@code author_id}: who wrote the post, null where its text is not known;
   *   <li>{@code answer}: the next comment, if it is the author's and this one is not; null
   *       otherwise;
   *   <li>{@code is_answered}: whether the author commented after it.
   * </ul>
   *
   * @param most turns of a context, its own included
   */
  static Dataset<Row> inOrder(Dataset<Row> turns, int most) {
    var thread = Window.partitionBy(POST_ID);
    var order = thread.orderBy(col(EVENT_ID).isNotNull(), col(EVENT_TIME), col(EVENT_ID));
    var isComment = col(EVENT_ID).isNotNull();
    var isAuthors = isComment.and(col(USER_ID).equalTo(col(AUTHOR_ID)));
    var next =
        lead(when(isAuthors, struct(col(EVENT_ID), col(USER_ID), col(TEXT), col(TEXT_HASH))), 1);
    var later = order.rowsBetween(1, Window.unboundedFollowing());
    return turns
        .withColumn(AUTHOR_ID, max(when(not(isComment), col(USER_ID))).over(thread))
        .withColumn(CONTEXT, collect_list(col(TEXT_HASH)).over(order.rowsBetween(1L - most, 0)))
        .withColumn(ANSWER, when(isComment.and(not(isAuthors)), next.over(order)))
        .withColumn(IS_ANSWERED, coalesce(max(isAuthors).over(later), lit(false)));
  }
}
