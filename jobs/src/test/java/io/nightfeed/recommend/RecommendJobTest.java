package io.nightfeed.recommend;

import static io.nightfeed.recommend.TestModel.item;
import static io.nightfeed.tables.Columns.*;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.TestSettings;
import io.nightfeed.config.Settings;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One platform, one night, and what each user gets; the nights around it come at the end. */
class RecommendJobTest {
  private static final LocalDate NIGHT = LocalDate.parse("2025-06-10");
  private static final String NOON = "2025-06-10T12:00:00Z";

  @TempDir static Path folder;
  private static Lake lake;
  private static RunRecord record;

  private static final String ITEMS =
      String.join(
          ",",
          item("liked", 1, 0, 0, 0),
          item("disliked", -3, 0, 0, 0),
          item("a", 2, 0, -1, 1),
          item("b", 1, 0, -1, 0),
          item("c", 0, 3, -1, 0),
          item("anns", 1, 1, -1, 0),
          item("unsafe", 9, 9, 9, 9),
          item("stale", 9, 9, 9, 9),
          item("future", 9, 9, 9, 9));

  @BeforeAll
  static void runTheNight() {
    lake = new Lake(SparkTest.spark(), folder);
    platform().arrive(lake, NIGHT);
    lake.publish(
        Silver.USER_STATES,
        NIGHT,
        TestModel.rows(
            "user_id, emotional_state, emotions, valence, evidence, confidence, event_count,"
                + " last_active_date",
            String.join(
                ",",
                state("ann", 0),
                state("bob", 0.5),
                state("cid", 0),
                state("eve", 0),
                state("max", 0))));
    lake.publish(
        Silver.USER_ITEM_SIGNALS,
        NIGHT,
        TestModel.rows(
            "user_id, post_id, engagement, engagements, exposure, is_rejected, emotional_state,"
                + " last_event_time",
            ("('ann', 'liked', 1D, 1L, 1D, false, array(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f), TIMESTAMP'2025-05-20 00:00:00'),"
                + " ('ann', 'disliked', 0.1D, 1L, 9D, false, array(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f), TIMESTAMP'2025-05-21 00:00:00')")));
    record = run(NIGHT);
  }

  private static String state(String user, double joy) {
    return ("('%s', array(0f, 0f, 0f, float(%s), 0f, 0f, 0f, 0f), array(0f, 0f, 0f, 1f, 0f, 0f, 0f),"
            + " 0f, 1D, double(%s), 1L, DATE'2025-06-10')")
        .formatted(user, joy, joy);
  }

  private static TestPlatform platform() {
    return new TestPlatform()
        .post("liked", "zoe", "2025-05-20T00:00:00Z", "Rain again in Oslo")
        .post("disliked", "zoe", "2025-05-20T00:00:00Z", "Sun again in Rome")
        .post("a", "zoe", "2025-06-10T23:59:59Z", "a")
        .post("b", "zoe", "2025-06-06T00:00:00Z", null)
        .post("c", "zoe", "2025-06-08T00:00:00Z", "c")
        .post("anns", "ann", "2025-06-08T00:00:00Z", "anns")
        .post("unsafe", "zoe", "2025-06-08T00:00:00Z", "unsafe")
        .post("stale", "zoe", "2025-06-05T23:59:59Z", "stale")
        .post("future", "zoe", "2025-06-11T00:00:00Z", "future")
        .event("ann", "liked", Actions.LIKE, "2025-05-20T12:00:00Z")
        .event("ann", "liked", Actions.CLICK, NOON)
        .event("bob", "unsafe", Actions.REPORT, NOON)
        .event("cid", "unsafe", Actions.REPORT, NOON)
        .event("cid", "a", Actions.VIEW, "2025-06-07T00:00:00Z")
        .event("cid", "b", Actions.HIDE, NOON)
        .event("eve", "stale", Actions.VIEW, "2025-06-04T00:00:00Z")
        .event("idle", "stale", Actions.VIEW, "2025-06-03T23:59:59Z")
        .event("max", "a", Actions.VIEW, NOON)
        .event("max", "b", Actions.HIDE, NOON)
        .event("max", "c", Actions.LIKE, NOON)
        .event("max", "anns", Actions.REPORT, NOON);
  }

  @Test
  void ownPosts_areNotRecommended() {
    assertThat(posts("ann")).containsExactly("a", "b", "c");
    assertThat(posts("eve")).contains("anns");
  }

  @Test
  void seenHiddenAndReportedPosts_areNotRecommended() {
    assertThat(posts("cid")).containsExactly("c", "anns");
  }

  @Test
  void unsafeStaleAndFuturePosts_areRecommendedToNobody() {
    assertThat(rows(Gold.RECOMMENDATIONS, NIGHT))
        .extracting(row -> row.<String>getAs(POST_ID))
        .doesNotContain("unsafe", "stale", "future")
        .contains("a");
  }

  @Test
  void newPosts_areRecommended() {
    assertThat(posts("ann")).startsWith("a");
  }

  @Test
  void newUsers_getThePopulationsList() {
    assertThat(posts("eve")).containsExactly("c", "anns", "a", "b");
    assertThat(list("eve")).allMatch(row -> row.<Boolean>getAs(IS_NEW_USER));
    assertThat(list("ann")).noneMatch(row -> row.<Boolean>getAs(IS_NEW_USER));
    assertThat(reason("eve", "c")).startsWith("New here: what readers in general engage with (");
  }

  @Test
  void score_isTheModelsIntensityAndSharesAddUp() {
    var row = list("ann").get(0);
    // User (1, 0, -1) and post (2, 0, 1) give f = e; appeal -1 without a mood gives g = 1/e.
    assertThat(row.<Double>getAs(SCORE)).isCloseTo(Math.E + 1 / Math.E, within(1e-12));
    assertThat(row.<Double>getAs(BEHAVIOUR_SHARE))
        .isCloseTo(Math.E / (Math.E + 1 / Math.E), within(1e-12));
    assertThat(row.<Double>getAs(BEHAVIOUR_SHARE) + row.<Double>getAs(EMOTION_SHARE)).isEqualTo(1);
    assertThat(row.<String>getAs(MODEL_VERSION)).isEqualTo("model-1");
    assertThat(row.<String>getAs(RUN_ID)).isEqualTo("run-2025-06-10");
  }

  @Test
  void mood_movesTheScore() {
    var calm = row("eve", "a");
    var joyful = row("bob", "a");
    assertThat(joyful.<Double>getAs(SCORE) - calm.<Double>getAs(SCORE))
        .isCloseTo(Math.exp(-0.5) - Math.exp(-1), within(1e-9));
    assertThat(reason("bob", "a")).contains("your mood");
    assertThat(reason("eve", "a")).contains("its emotional appeal").doesNotContain("your mood");
  }

  @Test
  void postsOfTheHistory_explainTheScore() {
    assertThat(row("ann", "a").<String>getList(row("ann", "a").fieldIndex(SUPPORTING_POSTS)))
        .containsExactly("liked");
    assertThat(reason("ann", "a"))
        .isEqualTo(
            "Because you engaged with “Rain again in Oslo”"
                + " (88% your interests, 12% its emotional appeal)");
    assertThat(reason("ann", "c")).startsWith("Close to what you engage with in general (");
  }

  @Test
  void idleUsers_getNoList() {
    assertThat(list("idle")).isEmpty();
    assertThat(list("eve")).isNotEmpty();
  }

  @Test
  void userWhoMetEveryCandidate_isCountedAndNoted() {
    assertThat(list("max")).isEmpty();
    assertThat(record.counts())
        .containsEntry("candidates", 4L)
        .containsEntry("users.active", 5L)
        .containsEntry("users.served", 4L)
        .containsEntry("users.new", 3L)
        .containsEntry("users.without_list", 1L);
    assertThat(record.notes().get("users without a list")).startsWith("fewer than 20 active users");
  }

  @Test
  void funnel_saysWhatBecameOfEveryPost() {
    assertThat(funnel("ann")).containsExactly(9L, 1L, 0L, 4L, 1L, 0L, 0L, 3L, 0L, 0L, 3L, 0L);
    assertThat(funnel("cid")).containsExactly(9L, 1L, 0L, 4L, 0L, 1L, 1L, 2L, 0L, 0L, 2L, 0L);
    // Without a list there is a row all the same.
    assertThat(funnel("max")).containsExactly(9L, 1L, 0L, 4L, 0L, 2L, 2L, 0L, 0L, 0L, 0L, 0L);
    assertThat(lake.slice(Gold.CANDIDATE_FUNNEL, NIGHT).count()).isEqualTo(5);
    assertThat(record.counts())
        .containsEntry("posts", 9L)
        .containsEntry("posts.unsafe", 1L)
        .containsEntry("posts.stale", 4L);
  }

  @Test
  void countsThatDoNotAddUp_areRefused() {
    var counts = lake.slice(Gold.CANDIDATE_FUNNEL, NIGHT).drop(RUN_DATE);
    for (var count : List.of(REMOVED_SEEN, GUARDED_AWAY, SCORED)) {
      assertThatThrownBy(
              () ->
                  lake.publish(
                      Gold.CANDIDATE_FUNNEL,
                      NIGHT.plusDays(9),
                      counts.withColumn(count, counts.col(count).plus(1))))
          .hasStackTraceContaining("has_its_place");
    }
  }

  @Test
  void audit_isOfEveryFeelingAndTellsNothingOfFewReaders() {
    var rows = lake.slice(Gold.AMPLIFICATION_AUDIT, NIGHT).collectAsList();
    assertThat(rows).hasSize(16).allMatch(row -> row.isNullAt(row.fieldIndex(IN_LISTS)));
    var anger =
        rows.stream()
            .filter(row -> row.getAs(MEASURE).equals("anger") && row.getAs(AUDIENCE).equals("all"))
            .findFirst()
            .orElseThrow();
    // Of a, c and anns, which were read, one is angry; b was not.
    assertThat(anger.<Double>getAs(IN_CANDIDATES)).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(anger.<Long>getAs(LISTS)).isNull();
    assertThat(anger.<Long>getAs(HISTORIES)).isNull();
    assertThat(record.notes().get("amplification")).contains("fewer than 20 readers");
  }

  private static List<Object> funnel(String user) {
    var row =
        lake.slice(Gold.CANDIDATE_FUNNEL, NIGHT).collectAsList().stream()
            .filter(one -> one.getAs(USER_ID).equals(user))
            .findFirst()
            .orElseThrow();
    return List.of(
            POSTS,
            REMOVED_UNSAFE,
            REMOVED_UNKNOWN,
            REMOVED_STALE,
            REMOVED_OWN,
            REMOVED_REJECTED,
            REMOVED_SEEN,
            SCORED,
            OUTRANKED,
            GUARDED_AWAY,
            DELIVERED,
            PLACES_CHANGED)
        .stream()
        .map(row::getAs)
        .toList();
  }

  @Test
  void ranks_countFromOneAndFollowTheScore() {
    var list = list("eve");
    for (var i = 0; i < list.size(); i++) {
      assertThat(list.get(i).<Integer>getAs(RANK)).isEqualTo(i + 1);
    }
    assertThat(list)
        .extracting(row -> row.<Double>getAs(SCORE))
        .isSortedAccordingTo((left, right) -> Double.compare(right, left));
  }

  @Test
  void laterNightsAndBackfills_leaveTheNightAndTheLatestListsAlone() {
    var before = rows(Gold.RECOMMENDATIONS, NIGHT);
    platform()
        .event("ann", "a", Actions.HIDE, NOON)
        .event("ann", "b", Actions.REPORT, NOON)
        .event("bob", "b", Actions.REPORT, NOON)
        .event("late", "b", Actions.VIEW, NOON)
        .arrive(lake, NIGHT.plusDays(1));
    run(NIGHT);
    assertThat(rows(Gold.RECOMMENDATIONS, NIGHT)).isEqualTo(before);
    assertThat(rows(Gold.RECOMMENDATIONS_LATEST, NIGHT)).isEqualTo(before);

    new TestPlatform()
        .post("b", "zoe", "2025-06-06T00:00:00Z", null)
        .post("c", "zoe", "2025-06-08T00:00:00Z", "c")
        .event("cid", "a", Actions.VIEW, "2025-06-07T00:00:00Z")
        .arrive(lake, NIGHT.minusDays(1));
    var backfill = run(NIGHT.minusDays(1));
    assertThat(rows(Gold.RECOMMENDATIONS, NIGHT.minusDays(1))).isNotEmpty();
    assertThat(rows(Gold.RECOMMENDATIONS_LATEST, NIGHT)).isEqualTo(before);
    assertThat(backfill.notes().get("latest")).contains("2025-06-10", "newer");

    run(NIGHT.plusDays(1));
    assertThat(lake.all(Gold.RECOMMENDATIONS_LATEST).select(RUN_DATE).distinct().collectAsList())
        .extracting(row -> row.getDate(0).toLocalDate())
        .containsExactly(NIGHT.plusDays(1));
  }

  /** All rules on: a list of posts of several blocks is made as one of posts of a single block. */
  @Test
  void listsOfPostsInSeveralBlocks_areThoseOfOneBlock() {
    try {
      var tables = new ArrayList<List<List<Row>>>();
      for (int postsPerBlock : new int[] {100, 3, 1}) {
        var all = new Settings.Reranking(1, 1, 0.2, 2, 0.3, 0.5, 7, 1, -0.3);
        var record =
            run(lake, NIGHT, new Settings.Recommend(3, 7, 5, 2, 2, 10, postsPerBlock, all));
        assertThat(record.counts()).containsEntry("candidates", 4L);
        tables.add(
            Stream.of(Gold.RECOMMENDATIONS, Gold.CANDIDATE_FUNNEL, Gold.AMPLIFICATION_AUDIT)
                .map(table -> lake.slice(table, NIGHT))
                .map(
                    rows -> rows.collectAsList().stream().sorted(comparing(Row::toString)).toList())
                .toList());
      }
      assertThat(tables.get(0).get(0)).hasSizeGreaterThan(8);
      assertThat(tables.get(1)).isEqualTo(tables.get(0));
      assertThat(tables.get(2)).isEqualTo(tables.get(0));
    } finally {
      run(NIGHT);
    }
  }

  @Test
  void noCandidateAtAll_isRefused(@TempDir Path empty) {
    var nothing = new Lake(SparkTest.spark(), empty);
    assertThatThrownBy(() -> run(nothing, NIGHT))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ExitCode.DATA_QUALITY))
        .hasMessageContaining("silver.posts holds 0 posts");
  }

  private static RunRecord run(LocalDate runDate) {
    return run(lake, runDate);
  }

  private static RunRecord run(Lake lake, LocalDate runDate) {
    return run(lake, runDate, TestSettings.recommend());
  }

  private static RunRecord run(Lake lake, LocalDate runDate, Settings.Recommend recommend) {
    var record = new RunRecord("recommend", runDate, "run-" + runDate, Instant.EPOCH);
    var settings = TestSettings.of(folder, TestSettings.profile(), recommend);
    new RecommendJob(context -> TestModel.of(ITEMS))
        .run(new JobContext(SparkTest.spark(), settings, lake, runDate, record));
    return record;
  }

  private static List<Row> rows(TableSpec table, LocalDate runDate) {
    return lake.slice(table, runDate).orderBy(USER_ID, RANK).collectAsList();
  }

  private static List<Row> list(String user) {
    return rows(Gold.RECOMMENDATIONS, NIGHT).stream()
        .filter(row -> row.getAs(USER_ID).equals(user))
        .toList();
  }

  private static List<String> posts(String user) {
    return list(user).stream().map(row -> row.<String>getAs(POST_ID)).toList();
  }

  private static Row row(String user, String post) {
    return list(user).stream()
        .filter(row -> row.getAs(POST_ID).equals(post))
        .findFirst()
        .orElseThrow();
  }

  private static String reason(String user, String post) {
    return row(user, post).getAs(REASON);
  }
}
