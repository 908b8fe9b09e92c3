package io.nightfeed.report;

import static io.nightfeed.tables.Columns.EVIDENCE;
import static io.nightfeed.tables.Columns.IS_NEW_USER;
import static io.nightfeed.tables.Columns.LAST_ACTIVE_DATE;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.USER_ID;
import static io.nightfeed.tables.SparkFunctions.count_if;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.SmallGroups;
import java.util.Optional;

/**
 * Who is known and who is served.
 *
 * @param known users with a state
 * @param withMood users whose texts say how they feel
 * @param active users with an event in the days that entitle to a list
 * @param activeServed active users with a list
 * @param served all users with a list
 * @param newServed users with a list and no engagement in their history
 * @param groups which of them may be told of, beside all known and all served
 */
record AudienceFigures(
    long known,
    long withMood,
    long active,
    long activeServed,
    long served,
    long newServed,
    SmallGroups groups) {
  static AudienceFigures read(Night night) {
    var served =
        night.slice(Gold.RECOMMENDATIONS).where(col(RANK).equalTo(1)).select(USER_ID, IS_NEW_USER);
    var isKnown = col(LAST_ACTIVE_DATE).isNotNull();
    var isServed = col(IS_NEW_USER).isNotNull();
    var isActive =
        coalesce(
            night.isWithin(LAST_ACTIVE_DATE, night.settings().recommend().activeDays()),
            lit(false));
    var counts =
        night
            .slice(Silver.USER_STATES)
            .select(USER_ID, EVIDENCE, LAST_ACTIVE_DATE)
            .join(served, new String[] {USER_ID}, "full")
            .agg(
                count_if(isKnown),
                count_if(col(EVIDENCE).gt(0)),
                count_if(isActive),
                count_if(isActive.and(isServed)),
                count_if(isServed),
                count_if(col(IS_NEW_USER)))
            .first();
    return new AudienceFigures(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4),
        counts.getLong(5),
        night.groups());
  }

  boolean isMoodTold() {
    return groups.isTold(withMood, known);
  }

  /** How many are active, and how many of them have a list: the one would tell the other. */
  boolean areActiveTold() {
    return groups.isTold(active, known)
        && groups.isTold(activeServed, active)
        && groups.isTold(activeServed, served);
  }

  Optional<Long> activeIfTold() {
    return areActiveTold() ? Optional.of(active) : Optional.empty();
  }

  boolean areNewTold() {
    return groups.isTold(newServed, served);
  }

  /** A count where it may be told. */
  static String told(boolean isTold, long count) {
    return isTold ? Numbers.count(count) : Night.UNTOLD;
  }

  /** A share in percent where it may be told. */
  static String share(boolean isTold, long part, long whole) {
    return isTold ? Numbers.percent(part, whole) : Night.UNTOLD;
  }
}
