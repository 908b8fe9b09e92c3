package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.config.Settings.Dwell;
import io.nightfeed.tables.Actions;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * What users did with posts, decayed: the observations that the interest model learns from.
 *
 * <p>Decayed weights are summed in billionths, as longs, so that sums do not depend on the order of
 * the rows.
 */
final class UserItemSignals {
  private static final double BILLION = 1e9;

  private UserItemSignals() {}

  /**
   * One row per user and post.
   *
   * <p>Engagement is {@code Σ weight(action) 2^(-age/h)}; that of a view is {@code weight · (dwell
   * - least)/(full - least)}, within 0 and the weight. Exposure is the decayed number of views, but
   * at least the decayed weight of the latest interaction: whoever acted on a post has seen it
   * then, whether or not a view was logged.
   *
   * @param events events on known posts, none after the run date
   * @param actionWeights weight of each engagement; an action that is missing weighs nothing
   * @param dwell what a view weighs by its length; views of unknown length weigh nothing
   * @param runDate at whose end ages are counted, in whole days
   * @param halfLifeDays after which an event counts half
   * @return the columns of {@code silver.user_item_signals} but for the emotional state, and the
   *     day of the first interaction
   */
  static Dataset<Row> perPost(
      Dataset<Row> events,
      Map<String, Double> actionWeights,
      Dwell dwell,
      LocalDate runDate,
      double halfLifeDays) {
    var age = datediff(lit(Date.valueOf(runDate)), col(EVENT_DATE));
    var decay = pow(lit(2.0), age.divide(-halfLifeDays));
    var views = when(col(ACTION).equalTo(Actions.VIEW), billionths(decay)).otherwise(0L);
    var isEngagement = col(ACTION).isInCollection(Actions.ENGAGEMENTS);
    return events
        .groupBy(USER_ID, POST_ID)
        .agg(
            sum(billionths(weight(actionWeights, dwell).multiply(decay)))
                .divide(BILLION)
                .as(ENGAGEMENT),
            sum(when(isEngagement, 1L).otherwise(0L)).as(ENGAGEMENTS),
            // The last bound keeps an exposure of ages ago above zero.
            greatest(sum(views), max(billionths(decay)), lit(1L)).divide(BILLION).as(EXPOSURE),
            max(col(ACTION).isInCollection(Actions.REJECTIONS)).as(IS_REJECTED),
            min(EVENT_DATE).as(FIRST_DAY),
            max(EVENT_TIME).as(LAST_EVENT_TIME));
  }

  /**
   * Adds to each row the user's state at the start of the day of the first interaction, so that the
   * interaction itself has no part in it.
   *
   * @param states see {@link UserStates#at}, for every user and first day
   */
  static Dataset<Row> withStates(Dataset<Row> signals, Dataset<Row> states, double priorTexts) {
    var firstDays =
        states.select(
            col(USER_ID),
            col(DAY).as(FIRST_DAY),
            UserStates.emotionalState(priorTexts).as(EMOTIONAL_STATE));
    return signals.join(firstDays, new String[] {USER_ID, FIRST_DAY}).drop(FIRST_DAY);
  }

  private static Column weight(Map<String, Double> actionWeights, Dwell dwell) {
    var weight = when(col(ACTION).equalTo(Actions.VIEW), weight(dwell)).otherwise(0.0);
    for (var entry : actionWeights.entrySet()) {
      weight = when(col(ACTION).equalTo(entry.getKey()), entry.getValue()).otherwise(weight);
    }
    return weight;
  }

  private static Column weight(Dwell dwell) {
    var seconds = coalesce(col(DWELL_MS), lit(0L)).divide(1000.0);
    var share =
        seconds.minus(dwell.leastSeconds()).divide(dwell.fullSeconds() - dwell.leastSeconds());
    return greatest(lit(0.0), least(lit(1.0), share)).multiply(dwell.weight());
  }

  private static Column billionths(Column weight) {
    return round(weight.multiply(BILLION)).cast(DataTypes.LongType);
  }
}
