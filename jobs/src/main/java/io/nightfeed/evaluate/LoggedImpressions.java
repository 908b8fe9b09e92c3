package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.evaluate.PolicyEstimate.UserSums;
import io.nightfeed.tables.Actions;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** What users were shown and what it led to, weighed by how likely other lists would show it. */
final class LoggedImpressions {
  private LoggedImpressions() {}

  /**
   * One row per impression. An engagement counts for the user's last impression of the post before
   * it on the same day; without one it counts for none.
   *
   * @param events rows of {@code silver.events}, each once
   * @return user, post, event date, propensity (null where the log lacks it) and engagements
   */
  static Dataset<Row> of(Dataset<Row> events) {
    var isView = col(ACTION).equalTo(Actions.VIEW);
    var isEngagement = col(ACTION).isInCollection(Actions.ENGAGEMENTS);
    var inOrder =
        Window.partitionBy(USER_ID, POST_ID, EVENT_DATE)
            .orderBy(col(EVENT_TIME), isView.desc(), col(EVENT_ID))
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    return events
        .where(isView.or(isEngagement))
        .withColumn(ORDER, count(when(isView, 1)).over(inOrder))
        .where(col(ORDER).gt(0))
        .groupBy(USER_ID, POST_ID, EVENT_DATE, ORDER)
        .agg(
            max(when(isView, col(PROPENSITY))).as(PROPENSITY),
            count(when(isEngagement, 1)).as(ENGAGEMENTS))
        .drop(ORDER);
  }

  /**
   * The policy that fills each slot of a user's day with one of the best posts of the night's list,
   * all equally likely.
   *
   * @param lists rows of {@code gold.recommendations}
   * @param top how many of the best
   * @return user, post, event date (the day after the night) and the policy's probability
   */
  static Dataset<Row> policy(Dataset<Row> lists, int top) {
    var places = count(lit(1)).over(Window.partitionBy(USER_ID, RUN_DATE));
    return lists
        .where(col(RANK).leq(top))
        .select(
            col(USER_ID),
            col(POST_ID),
            date_add(col(RUN_DATE), 1).as(EVENT_DATE),
            lit(1.0).divide(places).as(EXPECTED));
  }

  /**
   * Sums over the impressions of each user on days for which there is a list.
   *
   * @param impressions see {@link #of}
   * @param policy see {@link #policy}
   */
  static List<UserSums> sums(Dataset<Row> impressions, Dataset<Row> policy) {
    var days = policy.select(USER_ID, EVENT_DATE).distinct();
    var isKnown = col(PROPENSITY).isNotNull();
    var weight =
        when(col(EXPECTED).isNotNull(), col(EXPECTED).divide(col(PROPENSITY))).otherwise(0);
    return impressions
        .join(days, new String[] {USER_ID, EVENT_DATE}, "left_semi")
        .join(policy, new String[] {USER_ID, EVENT_DATE, POST_ID}, "left")
        .groupBy(USER_ID)
        .agg(
            count(lit(1)),
            known(isKnown, lit(1)),
            known(isKnown, col(ENGAGEMENTS)),
            known(isKnown, weight),
            known(isKnown, weight.multiply(weight)),
            known(isKnown, weight.multiply(col(ENGAGEMENTS))),
            known(isKnown, when(weight.gt(0), 1).otherwise(0)))
        .orderBy(USER_ID)
        .collectAsList()
        .stream()
        .map(
            row ->
                new UserSums(
                    row.getString(0),
                    row.getLong(1),
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getDouble(4),
                    row.getDouble(5),
                    row.getDouble(6),
                    row.getDouble(7)))
        .toList();
  }

  private static Column known(Column isKnown, Column value) {
    return sum(when(isKnown, value).otherwise(0).cast("double"));
  }
}
