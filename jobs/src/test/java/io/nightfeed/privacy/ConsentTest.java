package io.nightfeed.privacy;

import static io.nightfeed.privacy.SmallPlatform.FIRST;
import static io.nightfeed.privacy.SmallPlatform.post;
import static io.nightfeed.privacy.SmallPlatform.user;
import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nightfeed.SparkTest;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One night without opt-outs; with the second arrive two: one of all processing and one of
 * personalisation. A third person opts out and in again.
 */
class ConsentTest {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final int UNPROCESSED = 4;
  private static final int UNPERSONALISED = 5;
  private static final int BACK_AGAIN = 6;

  @TempDir static Path folder;
  private static SmallPlatform platform;

  @BeforeAll
  static void runNights() throws IOException {
    platform = new SmallPlatform(folder);
    platform.land(FIRST);
    platform.optOut(FIRST, Map.of(BACK_AGAIN, "all"));
    platform.run(FIRST, SmallPlatform.RECORDS);
    platform.land(SECOND);
    platform.optOut(
        SECOND, Map.of(UNPROCESSED, "all", UNPERSONALISED, "personalisation", BACK_AGAIN, "none"));
    platform.run(SECOND, SmallPlatform.RECORDS);
    platform.run(SECOND, SmallPlatform.LISTS);
    platform.run(SECOND, SmallPlatform.WORDS);
  }

  @Test
  void ingest_dropsAndCountsThoseWhoOptedOutOfAll() {
    assertThat(rows(Silver.EVENTS, FIRST, UNPROCESSED)).isPositive();
    assertThat(rows(Silver.EVENTS, SECOND, UNPROCESSED)).isZero();
    assertThat(rows(Silver.EVENTS, SECOND, UNPERSONALISED)).isEqualTo(4);
    assertThat(rows(Silver.POSTS, SECOND, UNPROCESSED)).isZero();
    assertThat(counts("events", SECOND))
        .isEqualTo("in=60 out=44 duplicates=0 quarantined=12 opted_out=4");
    assertThat(counts("posts", SECOND))
        .isEqualTo("in=12 out=11 duplicates=0 quarantined=0 opted_out=1");
    assertThat(counts("optouts", SECOND))
        .isEqualTo("in=3 out=3 duplicates=0 quarantined=0 opted_out=0");
  }

  @Test
  void ingest_keepsNoBytesOfTheirRefusedLines() {
    var raw =
        platform
            .lake
            .slice(Silver.QUARANTINE, SECOND)
            .select(col(RAW).cast("string"))
            .collectAsList();
    assertThat(raw).hasSize(SmallPlatform.PEOPLE);
    assertThat(raw).filteredOn(row -> row.isNullAt(0)).hasSize(1);
    assertThat(raw)
        .filteredOn(row -> !row.isNullAt(0))
        .noneMatch(row -> row.getString(0).contains(user(UNPROCESSED)))
        .anyMatch(row -> row.getString(0).contains(user(UNPERSONALISED)));
  }

  @Test
  void profile_makesNoStatesAndSignalsOfEither() {
    for (var table : List.of(Silver.USER_STATES, Silver.USER_ITEM_SIGNALS)) {
      for (var person : List.of(UNPROCESSED, UNPERSONALISED)) {
        assertThat(rows(table, SECOND, person)).as(table.name()).isZero();
      }
      assertThat(rows(table, SECOND, BACK_AGAIN)).as(table.name()).isPositive();
    }
  }

  @Test
  void profile_leavesOutThePostsOfThoseWhoOptedOutOfAll() {
    var about = platform.lake.slice(Silver.USER_ITEM_SIGNALS, SECOND);
    assertThat(about.where(col(POST_ID).equalTo(post(UNPROCESSED, FIRST))).count()).isZero();
    assertThat(about.where(col(POST_ID).equalTo(post(UNPERSONALISED, FIRST))).count()).isPositive();
  }

  @Test
  void train_learnsNoVectorOfEither() {
    var model = ServingModel.of(platform.lake, SECOND).orElseThrow().load(platform.lake);
    var users = model.users().select(USER_ID).collectAsList();
    assertThat(users)
        .extracting(row -> row.getString(0))
        .contains(platform.pseudonym(BACK_AGAIN))
        .doesNotContain(platform.pseudonym(UNPROCESSED), platform.pseudonym(UNPERSONALISED));
    var posts = model.items().select(POST_ID).collectAsList();
    assertThat(posts)
        .extracting(row -> row.getString(0))
        .contains(post(UNPERSONALISED, FIRST))
        .doesNotContain(post(UNPROCESSED, FIRST));
  }

  @Test
  void recommend_makesNoListsForEither() {
    for (var table :
        List.of(Gold.RECOMMENDATIONS, Gold.RECOMMENDATIONS_LATEST, Gold.CANDIDATE_FUNNEL)) {
      for (var person : List.of(UNPROCESSED, UNPERSONALISED)) {
        assertThat(rows(table, SECOND, person)).as(table.name()).isZero();
      }
      assertThat(rows(table, SECOND, BACK_AGAIN)).as(table.name()).isPositive();
    }
    var lists = platform.lake.slice(Gold.RECOMMENDATIONS, SECOND);
    assertThat(lists.where(col(POST_ID).like("post-04-%")).count()).isZero();
  }

  @Test
  void optOutThatCannotBeRead_endsTheNight() throws IOException {
    var night = FIRST.plusDays(5);
    platform.land(night);
    platform.write("optouts", night, List.of("{\"user_id\":\"user-01\",\"scope\":\"everything\"}"));
    var record = new RunRecord("ingest", night, "run", Instant.EPOCH);
    var context =
        new JobContext(SparkTest.spark(), platform.settings, platform.lake, night, record);
    var failure = catchThrowableOfType(JobFailure.class, () -> new IngestJob().run(context));
    assertThat(failure.code()).isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(failure).hasMessageContaining("1 of 1 opt-outs cannot be read");
    assertThat(platform.lake.slice(Silver.EVENTS, night).count()).isZero();
    assertThat(counts("optouts", night)).contains("quarantined=1");
  }

  private static long rows(TableSpec table, LocalDate night, int person) {
    var user = table.personal().users().get(0);
    var slice = platform.lake.slice(table, night);
    return slice.where(col(user).equalTo(platform.pseudonym(person))).count();
  }

  private static String counts(String source, LocalDate night) {
    Row row =
        platform.lake.slice(Silver.INGEST_COUNTS, night).where(col(SOURCE).equalTo(source)).first();
    return "in=%s out=%s duplicates=%s quarantined=%s opted_out=%s"
        .formatted(
            row.<Long>getAs(LINES_IN),
            row.<Long>getAs(ROWS_OUT),
            row.<Long>getAs(DUPLICATES),
            row.<Long>getAs(QUARANTINED),
            row.<Long>getAs(OPTED_OUT));
  }
}
