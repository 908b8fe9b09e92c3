package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.Settings.Dwell;
import io.nightfeed.tables.Actions;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Half-life ten days; a comment weighs two, the rest one, a follow nothing, a view by its length.
 */
class UserItemSignalsTest {
  private static final LocalDate RUN_DATE = LocalDate.parse("2025-06-20");
  private static final Dwell DWELL = new Dwell(0.5, 5, 25);
  private static final Map<String, Double> WEIGHTS =
      Map.of("click", 1.0, "like", 1.0, "comment", 2.0, "share", 1.0);

  @Test
  void engagement_addsDecayedWeights() {
    var row =
        signal(
            new TestPlatform()
                .event("u", "p", Actions.VIEW, "2025-06-10T10:00:00Z")
                .comment("u", "p", "t", "2025-06-10T10:00:00Z")
                .event("u", "p", Actions.LIKE, "2025-06-20T23:59:59Z"));
    assertThat(row.<Double>getAs(ENGAGEMENT)).isEqualTo(2 * 0.5 + 1);
    assertThat(row.<Long>getAs(ENGAGEMENTS)).isEqualTo(2);
    assertThat(row.<Date>getAs(FIRST_DAY)).isEqualTo(Date.valueOf("2025-06-10"));
    assertThat(row.<Timestamp>getAs(LAST_EVENT_TIME).toInstant())
        .isEqualTo(Instant.parse("2025-06-20T23:59:59Z"));
    assertThat(row.<Boolean>getAs(IS_REJECTED)).isFalse();
  }

  @Test
  void exposure_countsDecayedViews() {
    var row =
        signal(
            new TestPlatform()
                .event("u", "p", Actions.VIEW, "2025-06-20T01:00:00Z")
                .event("u", "p", Actions.VIEW, "2025-06-20T02:00:00Z")
                .event("u", "p", Actions.VIEW, "2025-06-10T02:00:00Z")
                .event("u", "p", Actions.LIKE, "2025-06-20T03:00:00Z"));
    assertThat(row.<Double>getAs(EXPOSURE)).isEqualTo(2.5);
  }

  @ParameterizedTest
  @CsvSource({", 0", "0, 0", "5000, 0", "10000, 0.125", "25000, 0.5", "86400000, 0.5"})
  void aLongView_isEngagementInProportion(Long milliseconds, double engagement) {
    var row = viewed(milliseconds, DWELL, "2025-06-20T01:00:00Z");
    assertThat(row.<Double>getAs(ENGAGEMENT)).isEqualTo(engagement);
    assertThat(row.<Double>getAs(EXPOSURE)).isEqualTo(1);
    assertThat(row.<Long>getAs(ENGAGEMENTS)).as("it is no action").isZero();
  }

  @Test
  void aLongView_decaysAsActionsDo() {
    assertThat(viewed(25_000L, DWELL, "2025-06-10T01:00:00Z").<Double>getAs(ENGAGEMENT))
        .isEqualTo(0.25);
  }

  @Test
  void withoutAWeight_noViewIsEngagement() {
    var row = viewed(86_400_000L, new Dwell(0, 5, 25), "2025-06-20T01:00:00Z");
    assertThat(row.<Double>getAs(ENGAGEMENT)).isZero();
  }

  private static Row viewed(Long milliseconds, Dwell dwell, String time) {
    var events =
        new TestPlatform()
            .event("u", "p", Actions.VIEW, time)
            .events()
            .withColumn(DWELL_MS, lit(milliseconds).cast("long"));
    return UserItemSignals.perPost(events, WEIGHTS, dwell, RUN_DATE, 10).first();
  }

  @Test
  void engagementWithoutView_isOneImpressionAtItsAge() {
    var today = new TestPlatform().event("u", "p", Actions.FOLLOW, "2025-06-20T03:00:00Z");
    assertThat(signal(today).<Double>getAs(EXPOSURE)).isEqualTo(1);
    assertThat(signal(today).<Double>getAs(ENGAGEMENT)).as("a follow weighs nothing").isZero();
    assertThat(signal(today).<Long>getAs(ENGAGEMENTS)).isEqualTo(1);
    var earlier = new TestPlatform().event("u", "p", Actions.LIKE, "2025-06-10T03:00:00Z");
    assertThat(signal(earlier).<Double>getAs(EXPOSURE)).isEqualTo(0.5);
  }

  @Test
  void rejectionAlone_isExposureWithoutEngagement() {
    for (var action : Actions.REJECTIONS) {
      var row = signal(new TestPlatform().event("u", "p", action, "2025-06-20T03:00:00Z"));
      assertThat(row.<Boolean>getAs(IS_REJECTED)).isTrue();
      assertThat(row.<Double>getAs(ENGAGEMENT)).isZero();
      assertThat(row.<Long>getAs(ENGAGEMENTS)).isZero();
      assertThat(row.<Double>getAs(EXPOSURE)).isEqualTo(1);
    }
  }

  @Test
  void ancientInteraction_keepsAnExposureAboveZero() {
    var row = signal(new TestPlatform().event("u", "p", Actions.LIKE, "2005-06-20T03:00:00Z"));
    assertThat(row.<Double>getAs(EXPOSURE)).isPositive().isCloseTo(0, within(1e-8));
    assertThat(row.<Double>getAs(ENGAGEMENT)).isZero();
  }

  @Test
  void aHundredThousandEventsAtOnce_areOneRow() {
    var likes =
        new TestPlatform()
            .event("u", "p", Actions.LIKE, "2025-06-10T03:00:00Z")
            .events()
            .crossJoin(SparkTest.spark().range(100_000));
    var row = UserItemSignals.perPost(likes, WEIGHTS, DWELL, RUN_DATE, 10).first();
    assertThat(row.<Double>getAs(ENGAGEMENT)).isEqualTo(50_000);
    assertThat(row.<Long>getAs(ENGAGEMENTS)).isEqualTo(100_000);
    assertThat(row.<Double>getAs(EXPOSURE)).isEqualTo(0.5);
  }

  private static Row signal(TestPlatform platform) {
    var rows = UserItemSignals.perPost(platform.events(), WEIGHTS, DWELL, RUN_DATE, 10);
    assertThat(rows.count()).isEqualTo(1);
    return rows.where(col(USER_ID).equalTo("u")).first();
  }
}
