package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.TestSettings;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileJobTest {
  private static final LocalDate MONDAY = LocalDate.parse("2025-06-09");
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);
  private static final LocalDate WEDNESDAY = TUESDAY.plusDays(1);

  @TempDir static Path folder;
  private static Lake lake;
  private static RunRecord record;
  private static List<List<String>> before;

  /** Monday and Tuesday have arrived, and Tuesday's run is done. */
  @BeforeAll
  static void runTuesday() {
    lake = new Lake(SparkTest.spark(), folder);
    monday().arrive(lake, MONDAY);
    tuesday().arrive(lake, TUESDAY);
    record = run(TUESDAY);
    before = everything();
  }

  @Test
  void signals_carryTheStateBeforeTheFirstInteraction() {
    // Ann wrote on Monday alone: one text of joy 1 against a mean of 0.5, prior one text.
    assertThat(joy("ann", "p1")).as("first met on Monday").isZero();
    assertThat(joy("ann", "p2")).as("first met on Tuesday").isCloseTo(0.25f, within(1e-6f));
  }

  @Test
  void eventsOnUnknownPosts_areCountedAndMakeNoSignal() {
    assertThat(record.counts()).containsEntry("unknown_posts", 2L);
    assertThat(record.notes().get("unknown posts")).contains("2 events", "silver.events");
    assertThat(rows(Silver.USER_ITEM_SIGNALS, col(POST_ID).equalTo("gone"))).isZero();
    assertThat(rows(Silver.USER_STATES, col(USER_ID).equalTo("dan"))).isOne();
  }

  @Test
  void eventsBeforeTheHistory_countForNothing() {
    assertThat(rows(Silver.USER_STATES, col(USER_ID).equalTo("old"))).isZero();
    assertThat(rows(Silver.USER_ITEM_SIGNALS, col(USER_ID).equalTo("old"))).isZero();
  }

  @Test
  void counts_areThoseOfTheTables() {
    assertThat(record.counts())
        .containsEntry("users", 3L)
        .containsEntry("users.with_mood", 2L)
        .containsEntry("user_post_pairs", 3L);
  }

  @Test
  void whatArrivesOrHappensLater_changesNothing() {
    tuesday()
        .event("ann", "p1", Actions.HIDE, "2025-06-11T00:00:00Z")
        .comment("bob", "p1", "glad", "2025-06-11T00:01:00Z")
        .post("p8", "bob", "2025-06-11T00:02:00Z", "glad")
        .arrive(lake, TUESDAY);
    new TestPlatform()
        .event("ann", "p1", Actions.LIKE, "2025-06-10T10:00:00Z")
        .comment("bob", "p2", "glad", "2025-06-09T10:00:00Z")
        .comment("eve", "p2", "sad", "2025-06-11T10:00:00Z")
        .post("p1", "ann", "2025-06-09T00:00:00Z", "sad")
        .post("p9", "ann", "2025-06-09T00:00:00Z", "sad")
        .annotation("glad", "newer model", 1, 0, 0, 0, 0, 0, 0, -1)
        .annotation("sad", "newer model", 0, 0, 0, 0, 1, 0, 0, -1)
        .arrive(lake, WEDNESDAY);
    run(TUESDAY);
    assertThat(everything()).isEqualTo(before);
    run(WEDNESDAY);
    assertThat(rows(Silver.USER_STATES, col(USER_ID).equalTo("eve")))
        .as("but the next night sees them")
        .isOne();
  }

  private static TestPlatform monday() {
    return new TestPlatform()
        .post("p1", "zoe", "2025-06-09T08:00:00Z", null)
        .comment("ann", "p1", "glad", "2025-06-09T09:00:00Z")
        .comment("bob", "p1", "angry", "2025-06-09T09:00:00Z")
        .event("bob", "p1", Actions.VIEW, "2025-06-09T09:00:00Z")
        .event("ann", "gone", Actions.LIKE, "2025-06-09T10:00:00Z")
        .event("dan", "gone", Actions.LIKE, "2025-06-09T10:00:00Z")
        .event("old", "p1", Actions.LIKE, "2025-05-11T23:59:59Z")
        .annotation("glad", "model", 0, 0, 0, 1, 0, 0, 0, 1)
        .annotation("angry", "model", 1, 0, 0, 0, 0, 0, 0, -1);
  }

  private static TestPlatform tuesday() {
    return new TestPlatform()
        .post("p2", "zoe", "2025-06-10T08:00:00Z", null)
        .event("ann", "p2", Actions.LIKE, "2025-06-10T09:00:00Z")
        .event("ann", "p1", Actions.LIKE, "2025-06-10T09:00:00Z");
  }

  private static RunRecord run(LocalDate runDate) {
    var record = new RunRecord("profile", runDate, "run", Instant.EPOCH);
    var settings = TestSettings.of(folder, TestSettings.profile(), TestSettings.recommend());
    new ProfileJob().run(new JobContext(SparkTest.spark(), settings, lake, runDate, record));
    return record;
  }

  private static float joy(String user, String post) {
    return lake.slice(Silver.USER_ITEM_SIGNALS, TUESDAY)
        .where(col(USER_ID).equalTo(user).and(col(POST_ID).equalTo(post)))
        .select(col(EMOTIONAL_STATE).getItem(3))
        .first()
        .getFloat(0);
  }

  private static long rows(TableSpec table, Column condition) {
    return lake.all(table).where(condition).count();
  }

  /** Tuesday's slices of both tables as sorted text. */
  private static List<List<String>> everything() {
    return List.of(Silver.USER_STATES, Silver.USER_ITEM_SIGNALS).stream()
        .map(
            table ->
                lake.slice(table, TUESDAY).collectAsList().stream()
                    .map(Row::toString)
                    .sorted()
                    .toList())
        .toList();
  }
}
