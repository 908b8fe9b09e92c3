package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.CAUSE;
import static io.nightfeed.tables.Columns.COST;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.IS_REUSED;
import static io.nightfeed.tables.Columns.MODEL;
import static io.nightfeed.tables.Columns.REASON;
import static io.nightfeed.tables.Columns.REPLY;
import static io.nightfeed.tables.Columns.SOURCE_IDS;
import static io.nightfeed.tables.Columns.SOURCE_USER_IDS;
import static io.nightfeed.tables.Columns.STATUS;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.TestSettings;
import io.nightfeed.lake.Consent;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One platform, one night; every subject has a direction of its own, and texts are their own
 * hashes.
 */
class ReplyJobTest {
  private static final LocalDate NIGHT = LocalDate.parse("2025-06-10");
  private static final String BEFORE = "2025-06-05T12:00:00Z";
  private static final String NOON = "2025-06-10T12:00:00Z";

  private static final List<String> SUBJECTS = List.of("bread", "ships", "maps", "frost", "noise");

  @TempDir static Path folder;
  private static Lake lake;
  private static RunRecord record;
  private static List<Row> firstRun;
  private static final Map<String, Row> SUGGESTIONS = new HashMap<>();

  @BeforeAll
  static void runTheNight() {
    lake = new Lake(SparkTest.spark(), folder);
    var platform =
        new TestPlatform()
            .post("p-bread", "zoe", BEFORE, "all about bread")
            .post("p-loaf", "max", BEFORE, "a loaf of bread")
            .post("p-ships", "oda", BEFORE, "my ships")
            .post("p-sail", "max", BEFORE, "ships that sail")
            .post("p-maps", "zoe", BEFORE, "where to find maps")
            .post("p-frost", "zoe", BEFORE, "you fools, frost")
            .event(
                "q1", "ann", "p-bread", Actions.COMMENT, "2025-06-05T13:00:00Z", "how long bread")
            .event("a1", "zoe", "p-bread", Actions.COMMENT, "2025-06-05T14:00:00Z", "forty, bread")
            .event("q2", "eve", "p-ships", Actions.COMMENT, "2025-06-05T13:00:00Z", "do ships sail")
            .event("a2", "oda", "p-ships", Actions.COMMENT, "2025-06-05T14:00:00Z", "all ships do")
            .event(
                "open",
                "bob",
                "p-loaf",
                Actions.COMMENT,
                "2025-06-10T08:00:00Z",
                "how long is bread baked")
            .event("late", "bob", "p-loaf", Actions.COMMENT, BEFORE, "old bread")
            .event("opted", "cid", "p-loaf", Actions.COMMENT, NOON, "how long must bread wait")
            .event("ships", "dan", "p-sail", Actions.COMMENT, NOON, "do these ships sail")
            .event("maps", "gil", "unknown-1", Actions.COMMENT, NOON, "are there maps")
            .event("frost", "hal", "unknown-2", Actions.COMMENT, NOON, "is there frost")
            .event("noise", "ida", "unknown-3", Actions.COMMENT, NOON, "noise and nothing else")
            .event(
                "maps2",
                "jon",
                "p-ships",
                Actions.COMMENT,
                "2025-06-10T09:00:00Z",
                "where are maps")
            .event("own", "max", "p-sail", Actions.COMMENT, "2025-06-10T09:00:00Z", "my own ships");
    lake.publish(Silver.EVENTS, NIGHT, platform.events());
    lake.publish(Silver.POSTS, NIGHT, platform.posts());
    lake.publish(
        Silver.TEXT_ANNOTATIONS,
        NIGHT,
        SparkTest.spark()
            .createDataFrame(annotations(platform), Silver.TEXT_ANNOTATIONS.rowSchema()));
    lake.publish(
        Silver.OPT_OUTS,
        NIGHT,
        SparkTest.spark()
            .createDataFrame(List.of(optOut("cid"), optOut("oda")), Silver.OPT_OUTS.rowSchema()));
    record = run(NIGHT);
    firstRun = rows();
    firstRun.forEach(row -> SUGGESTIONS.put(row.getAs(EVENT_ID), row));
  }

  private static Row optOut(String user) {
    var asked = Timestamp.from(Instant.parse("2025-06-09T00:00:00Z"));
    return RowFactory.create(user, asked, Consent.PERSONALISATION);
  }

  private static List<Row> annotations(TestPlatform platform) {
    var texts =
        platform
            .posts()
            .select(TEXT_HASH)
            .union(platform.events().select(TEXT_HASH))
            .distinct()
            .collectAsList();
    var rows = new ArrayList<Row>();
    for (var row : texts) {
      var text = row.getString(0);
      var embedding = new ArrayList<Float>();
      SUBJECTS.forEach(subject -> embedding.add(text.contains(subject) ? 1f : 0f));
      rows.add(
          RowFactory.create(
              text,
              "digest",
              "en",
              1.0,
              "e5",
              List.of(),
              List.of(text.split(" ")),
              List.of(0f, 1f, 0f),
              List.of(0f, 0f, 0f, 0f, 0f, 0f, 1f),
              0f,
              text.contains("fools") ? 0.9f : 0f,
              embedding));
    }
    return rows;
  }

  private static RunRecord run(LocalDate night) {
    var run = new RunRecord("reply", night, "run", Instant.EPOCH);
    var settings = TestSettings.of(folder, TestSettings.profile(), TestSettings.recommend());
    new ReplyJob().run(new JobContext(SparkTest.spark(), settings, lake, night, run));
    return run;
  }

  private static List<Row> rows() {
    return lake.slice(Gold.REPLY_SUGGESTIONS, NIGHT).orderBy(EVENT_ID).collectAsList();
  }

  @Test
  void newUnansweredCommentsOfOthers_areAskedAbout() {
    assertThat(SUGGESTIONS).containsOnlyKeys("open", "ships", "maps", "frost", "noise", "maps2");
  }

  @Test
  void commentLikeAnAnsweredOne_getsItsAnswer_cited() {
    var open = SUGGESTIONS.get("open");
    assertThat(open.<String>getAs(STATUS)).isEqualTo("suggested");
    assertThat(open.<String>getAs(REPLY)).isEqualTo("forty, bread");
    assertThat(open.getList(open.fieldIndex(SOURCE_IDS))).containsExactly("a1");
    assertThat(open.getList(open.fieldIndex(SOURCE_USER_IDS))).containsExactly("zoe");
  }

  @Test
  void peopleWhoOptedOut_getNoSuggestionAndAreNotReused() {
    assertThat(SUGGESTIONS).doesNotContainKey("opted");
    assertThat(SUGGESTIONS.get("ships").<String>getAs(STATUS)).isEqualTo("abstained");
  }

  @Test
  void questionThatNobodyWasAsked_getsAPost() {
    assertThat(SUGGESTIONS.get("maps").<String>getAs(REPLY)).isEqualTo("where to find maps");
  }

  @Test
  void toxicPost_isBlockedWithItsReason() {
    assertThat(SUGGESTIONS.get("frost").<String>getAs(STATUS)).isEqualTo("blocked");
    assertThat(SUGGESTIONS.get("frost").<String>getAs(REASON)).isEqualTo("toxic");
    var blocked = lake.slice(Silver.BLOCKED_TEXTS, NIGHT).collectAsList();
    assertThat(blocked)
        .extracting(row -> row.<String>getAs(TEXT_HASH))
        .containsExactly("you fools, frost");
  }

  @Test
  void nothingAlike_abstains() {
    assertThat(SUGGESTIONS.get("noise").<String>getAs(STATUS)).isEqualTo("abstained");
    assertThat(record.counts())
        .containsEntry("comments.open", 6L)
        .containsEntry("replies.abstained", 2L)
        .containsEntry("replies.blocked", 1L);
  }

  @Test
  void rerunAfterALaterNight_givesTheSameRows() {
    run(NIGHT.plusDays(1));
    run(NIGHT);
    assertThat(rows()).isEqualTo(firstRun);
  }

  @Test
  void whatIsRetrieved_isFreeAndNobodysModel() {
    assertThat(record.counts())
        .containsEntry("replies.suggested", 3L)
        .containsEntry("replies.retrieved", 3L);
    for (var row : firstRun) {
      assertThat(row.<String>getAs(WRITER)).isEqualTo("retrieved");
      assertThat(row.<String>getAs(MODEL)).isNull();
      assertThat(row.<String>getAs(CAUSE)).isNull();
      assertThat(row.<Double>getAs(COST)).isZero();
      assertThat(row.<Boolean>getAs(IS_REUSED)).isFalse();
    }
  }
}
