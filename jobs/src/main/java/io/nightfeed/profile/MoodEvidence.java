package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.tables.Actions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What the texts of one day say of one user's mood, as whole numbers.
 *
 * <p>A mood has eight components: the probabilities of anger, disgust, fear, joy, sadness, surprise
 * and neutral (0 to 6), and valence (7). Sums are kept in millionths, as longs, because sums of
 * longs do not depend on the order of the rows and sums of doubles do.
 */
final class MoodEvidence {
  /** One text, or one unit of a component, in the unit of the sums. */
  static final double MILLION = 1e6;

  // Kinds of text: people comment and post in different tones, and react to yet another.
  private static final String COMMENT = "comment";
  private static final String POST = "post";
  private static final String REACTION = "reaction";

  private MoodEvidence() {}

  /**
   * Which texts speak of a user's mood, and on which day: what the user wrote along with an event,
   * posts that the user wrote, and posts of others that the user liked or shared (each once a day).
   *
   * @return user, day, kind and text hash
   */
  static Dataset<Row> texts(Dataset<Row> events, Dataset<Row> posts) {
    var comments =
        events.select(col(USER_ID), col(EVENT_DATE).as(DAY), lit(COMMENT).as(KIND), col(TEXT_HASH));
    var written =
        posts.select(
            col(AUTHOR_ID).as(USER_ID),
            to_date(col(CREATED_AT)).as(DAY),
            lit(POST).as(KIND),
            col(TEXT_HASH));
    var reactions =
        events
            .where(col(ACTION).isin(Actions.LIKE, Actions.SHARE))
            .select(col(USER_ID), col(EVENT_DATE).as(DAY), col(POST_ID))
            .distinct()
            .join(posts.select(POST_ID, AUTHOR_ID, TEXT_HASH), POST_ID)
            .where(col(USER_ID).notEqual(col(AUTHOR_ID)))
            .select(col(USER_ID), col(DAY), lit(REACTION).as(KIND), col(TEXT_HASH));
    return comments.union(written).union(reactions).where(col(TEXT_HASH).isNotNull());
  }

  /**
   * Evidence per user, day and component.
   *
   * <p>A deviation compares a text with the mean of the same kind of text, read by the same
   * encoder, over all texts given: comments are angrier than posts, and the emotion head of each
   * encoder has its own bias; neither is the user's mood.
   *
   * @param texts see {@link #texts}
   * @param annotations one row per text hash
   * @param reactionWeight weight of a reaction against 1 for the user's own text
   * @return user, day, component, and in millionths: evidence (weight of the texts), the weighted
   *     total of the component and its weighted deviation
   */
  static Dataset<Row> perDay(Dataset<Row> texts, Dataset<Row> annotations, double reactionWeight) {
    var weight = when(col(KIND).equalTo(REACTION), reactionWeight).otherwise(1.0);
    var daily =
        texts
            .where(weight.gt(0))
            .join(
                annotations
                    // Where the heads abstain nothing is known of the mood.
                    .where(col(VALENCE).isNotNull())
                    .select(TEXT_HASH, ENCODER, EMOTIONS, VALENCE),
                TEXT_HASH)
            .withColumn(COMPONENTS, concat(col(EMOTIONS), array(col(VALENCE))))
            .select(
                col(USER_ID),
                col(DAY),
                col(KIND),
                col(ENCODER),
                posexplode(col(COMPONENTS)).as(new String[] {COMPONENT, VALUE}))
            .groupBy(USER_ID, DAY, KIND, ENCODER, COMPONENT)
            .agg(
                count(lit(1)).as(TEXTS),
                sum(whole(col(VALUE).cast(DataTypes.DoubleType).multiply(MILLION))).as(TOTAL));
    var means =
        daily.groupBy(KIND, ENCODER, COMPONENT).agg(sum(TOTAL).divide(sum(TEXTS)).as(EXPECTED));
    var deviation = col(TOTAL).minus(col(TEXTS).multiply(col(EXPECTED)));
    return daily
        .join(broadcast(means), new String[] {KIND, ENCODER, COMPONENT})
        .groupBy(USER_ID, DAY, COMPONENT)
        .agg(
            sum(whole(weight.multiply(col(TEXTS)).multiply(MILLION))).as(EVIDENCE),
            sum(whole(weight.multiply(col(TOTAL)))).as(TOTAL),
            sum(whole(weight.multiply(deviation))).as(DEVIATION));
  }

  private static Column whole(Column number) {
    return round(number).cast(DataTypes.LongType);
  }
}
