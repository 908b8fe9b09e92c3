package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.interest.Intensities;
import io.nightfeed.tables.Actions;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Who gets a list, and what scoring must know of each. */
final class Readers {
  private static final StructType INDEX =
      new StructType()
          .add(POST_ID, DataTypes.StringType, false)
          .add(CANDIDATE, DataTypes.IntegerType, false);

  private static final double MILLION = 1e6;

  private Readers() {}

  /** Users with any event in the last days up to and including the run date. */
  static Dataset<Row> active(Dataset<Row> events, LocalDate runDate, int days) {
    return events
        .where(col(EVENT_DATE).gt(lit(Date.valueOf(runDate.minusDays(days)))))
        .select(USER_ID)
        .distinct();
  }

  /**
   * What a user must not get: posts that the user has any event with (seen, hidden and reported
   * ones are among them) and the user's own. Events name posts alone, so that hiding or reporting a
   * post says nothing of its author's others.
   *
   * @param events users, posts and actions
   * @param postIds of all candidates, in the order of their numbers
   * @return user, {@code excluded}: numbers of candidates, ascending, and how many of them are the
   *     user's own, and of the others how many the user hid or reported, and merely met
   */
  static Dataset<Row> exclusions(Dataset<Row> events, Dataset<Row> posts, String[] postIds) {
    var index =
        IntStream.range(0, postIds.length).mapToObj(i -> RowFactory.create(postIds[i], i)).toList();
    var candidatePosts = events.sparkSession().createDataFrame(index, INDEX);
    var isRejected = col(ACTION).isInCollection(Actions.REJECTIONS);
    var met =
        events.select(
            col(USER_ID), col(POST_ID), lit(false).as(IS_OWN), isRejected.as(IS_REJECTED));
    var own =
        posts.select(
            col(AUTHOR_ID).as(USER_ID),
            col(POST_ID),
            lit(true).as(IS_OWN),
            lit(false).as(IS_REJECTED));
    var owned = size(col(REMOVED_OWN));
    var rejected = size(array_except(col(REMOVED_REJECTED), col(REMOVED_OWN)));
    return met.union(own)
        .join(candidatePosts, POST_ID)
        .groupBy(USER_ID)
        .agg(
            sort_array(collect_set(CANDIDATE)).as(EXCLUDED),
            collect_set(when(col(IS_OWN), col(CANDIDATE))).as(REMOVED_OWN),
            collect_set(when(col(IS_REJECTED), col(CANDIDATE))).as(REMOVED_REJECTED))
        .select(
            col(USER_ID),
            col(EXCLUDED),
            owned.as(REMOVED_OWN),
            rejected.as(REMOVED_REJECTED),
            size(col(EXCLUDED)).minus(owned).minus(rejected).as(REMOVED_SEEN));
  }

  /**
   * The latest posts that a user engaged with, and how much each speaks for the user's own taste.
   *
   * @param signals rows of {@code silver.user_item_signals}
   * @param most posts per user
   * @return user and {@code history}: structs of post id, residual and vector, in order of post id
   */
  static Dataset<Row> histories(Dataset<Row> signals, ScoringModel model, int most) {
    var latestFirst =
        Window.partitionBy(USER_ID).orderBy(col(LAST_EVENT_TIME).desc(), col(POST_ID));
    return signals
        .where(col(ENGAGEMENTS).gt(0).and(col(IS_REJECTED).equalTo(false)))
        .select(USER_ID, POST_ID, LAST_EVENT_TIME)
        .withColumn(ORDER, row_number().over(latestFirst))
        .where(col(ORDER).leq(most))
        .join(
            model
                .residuals()
                .select(col(USER_ID), col(POST_ID), col(RESIDUAL).cast(DataTypes.DoubleType)),
            new String[] {USER_ID, POST_ID})
        .join(model.items().select(POST_ID, VECTOR), POST_ID)
        .groupBy(USER_ID)
        .agg(
            sort_array(collect_list(struct(col(POST_ID), col(RESIDUAL), col(VECTOR)))).as(HISTORY));
  }

  /**
   * What the posts that a user engaged with feel like.
   *
   * @param signals rows of {@code silver.user_item_signals}
   * @param negativeValence posts of at most this valence are negative
   * @return user, {@code negative_share}: which share of them is negative, and {@code
   *     history_tone}: means over those that were read, see {@link PostFacts#tone}; null where none
   *     was
   */
  static Dataset<Row> tones(Dataset<Row> signals, ScoringModel model, double negativeValence) {
    var isNegative =
        col(CONTENT_EMOTIONS)
            .getItem(Intensities.VALENCE)
            .leq(negativeValence)
            .cast(DataTypes.IntegerType);
    var isRead =
        array_max(col(CONTENT_EMOTIONS))
            .notEqual(0f)
            .or(array_min(col(CONTENT_EMOTIONS)).notEqual(0f));
    var means = new ArrayList<Column>();
    for (int emotion = 0; emotion < PostFacts.EMOTIONS; emotion++) {
      // Sums of whole numbers do not depend on the order of the rows.
      var millionths = round(col(CONTENT_EMOTIONS).getItem(emotion).multiply(MILLION));
      means.add(avg(when(isRead, millionths.cast(DataTypes.LongType))).divide(MILLION));
    }
    means.add(avg(when(isRead, isNegative)));
    return signals
        .where(col(ENGAGEMENTS).gt(0))
        .select(USER_ID, POST_ID)
        .join(model.items().select(POST_ID, CONTENT_EMOTIONS), POST_ID)
        .groupBy(USER_ID)
        .agg(
            avg(isNegative).as(NEGATIVE_SHARE),
            when(count_if(isRead).gt(0), array(means.toArray(Column[]::new))).as(HISTORY_TONE));
  }

  /**
   * All that scoring takes, one row per user.
   *
   * @param users user ids
   * @param states rows of {@code silver.user_states}
   * @return user, {@code vector} (null for a user whom the model does not know), emotional state
   *     and confidence (null without a state), what {@link #exclusions} say (null where they say
   *     nothing)
   */
  static Dataset<Row> requests(
      Dataset<Row> users, ScoringModel model, Dataset<Row> states, Dataset<Row> exclusions) {
    return users
        .transform(known -> leftJoin(known, model.users().select(USER_ID, VECTOR)))
        .transform(known -> leftJoin(known, states.select(USER_ID, EMOTIONAL_STATE, CONFIDENCE)))
        .transform(known -> leftJoin(known, exclusions));
  }

  /**
   * What lists need beside.
   *
   * @return the requests with what {@link #histories} and {@link #tones} say (null where they say
   *     nothing)
   */
  static Dataset<Row> withHistories(
      Dataset<Row> requests, Dataset<Row> histories, Dataset<Row> tones) {
    return leftJoin(leftJoin(requests, histories), tones);
  }

  private static Dataset<Row> leftJoin(Dataset<Row> users, Dataset<Row> facts) {
    return users.join(facts, new String[] {USER_ID}, "left");
  }
}
