package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thirty things that go wrong with data or code, each in a night that is right but for it; one that
 * no rule can see is in the list, too.
 */
class AuditFaultsTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 10);
  private static final int NIGHTS_BEFORE = 3;

  @TempDir static Path folder;
  private static Lake lake;

  private record Fault(TableSpec table, UnaryOperator<Dataset<Row>> mutation) {}

  @BeforeAll
  static void aNightThatIsRight() {
    var limits = new Settings.Publish(7, NIGHTS_BEFORE, 100, 0.6, 1.7, 7);
    lake = new Lake(SparkTest.spark(), folder, new PublishingRun("faults", limits, Set.of()));
    for (var night = NIGHT.minusDays(NIGHTS_BEFORE);
        !night.isAfter(NIGHT);
        night = night.plusDays(1)) {
      for (var table : new NightOfRows(night).tables().entrySet()) {
        lake.publish(table.getKey(), night, table.getValue());
      }
    }
  }

  @Test
  void nearlyEveryFault_isStoppedBeforeItIsPublished() {
    var faults = faults();
    var missed = new TreeMap<String, String>();
    faults.forEach(
        (name, fault) -> {
          var before = lake.slice(fault.table(), NIGHT).count();
          var rows = lake.slice(fault.table(), NIGHT).drop(RUN_DATE).localCheckpoint();
          try {
            lake.publish(fault.table(), NIGHT, fault.mutation().apply(rows));
            missed.put(name, fault.table().name());
            lake.publish(fault.table(), NIGHT, rows);
          } catch (AuditFailure stopped) {
            assertThat(lake.slice(fault.table(), NIGHT).count()).as(name).isEqualTo(before);
          }
        });
    System.out.println("audit.faults=" + faults.size());
    System.out.println("audit.stopped=" + (faults.size() - missed.size()));
    System.out.println("# not stopped: " + missed);
    assertThat(faults).hasSize(30);
    assertThat(missed.size()).as(missed.toString()).isLessThanOrEqualTo(faults.size() / 20);
  }

  private static Map<String, Fault> faults() {
    var faults = new LinkedHashMap<String, Fault>();
    var events = Silver.EVENTS;
    put(faults, "a file arrived under two names", events, rows -> rows.union(rows.limit(20)));
    put(faults, "users are null", events, set(USER_ID, "nullif(user_id, 'u3')"));
    put(faults, "half the night is missing", events, rows -> rows.where("hash(event_id) % 2 = 0"));
    put(faults, "the night is there twice", events, AuditFaultsTest::twice);
    put(faults, "nothing arrived", events, rows -> rows.limit(0));
    put(faults, "clocks are a year ahead", events, rows -> later(rows, 365));
    put(faults, "last month arrives again", events, rows -> later(rows, -30));
    put(faults, "dates are local", events, set(EVENT_DATE, "date_add(event_date, -1)"));
    put(faults, "an action is misspelt", events, set(ACTION, "replace(action, 'like', 'liked')"));
    put(faults, "texts lose their hashes", Silver.POSTS, set(TEXT_HASH, "string(null)"));
    put(faults, "authors are blank", Silver.POSTS, set(AUTHOR_ID, "''"));

    var annotations = Silver.TEXT_ANNOTATIONS;
    put(faults, "an emotion is lost", annotations, set(EMOTIONS, "slice(emotions, 1, 6)"));
    put(faults, "percent", annotations, set(SENTIMENT, "transform(sentiment, p -> p * 100f)"));
    put(faults, "embeddings are not numbers", annotations, set(EMBEDDING, "array(float('NaN'))"));
    put(faults, "texts are read twice", annotations, rows -> rows.union(rows));

    var states = Silver.USER_STATES;
    put(
        faults,
        "states lack valence",
        states,
        set(EMOTIONAL_STATE, "slice(emotional_state, 1, 7)"));
    put(faults, "0 by 0", states, set(VALENCE, "float('NaN')"));
    put(faults, "the future is known", states, set(LAST_ACTIVE_DATE, "date_add(run_date, 2)"));

    var signals = Silver.USER_ITEM_SIGNALS;
    put(faults, "1 by 0", signals, set(ENGAGEMENT, "double('infinity')"));
    put(faults, "a join fans out", signals, rows -> rows.union(rows.where("user_id = 'u1'")));
    put(faults, "ids in another form", signals, set(POST_ID, "concat('post:', post_id)"));

    var lists = Gold.RECOMMENDATIONS;
    put(faults, "scores are not numbers", lists, set(SCORE, "if(rank = 5, double('NaN'), score)"));
    put(faults, "scores are constant", lists, set(SCORE, "0.5D"));
    put(faults, "shares do not add up", lists, set(EMOTION_SHARE, "emotion_share * 0.9"));
    put(faults, "columns are shifted", lists, AuditFaultsTest::shifted);
    put(faults, "users are swapped", lists, set(USER_ID, NightOfRows.NEXT_USER));
    put(
        faults,
        "readers' own posts",
        lists,
        set(POST_ID, "if(rank = 1, " + NightOfRows.OWN_POST + ", post_id)"));
    put(faults, "lists are cut", lists, rows -> rows.where("rank <= 5"));
    put(faults, "a post is there twice", lists, set(POST_ID, NightOfRows.POST_OF_FIRST_PLACES));
    put(faults, "scores are of another unit", lists, set(SCORE, "score / 10"));
    return faults;
  }

  private static void put(
      Map<String, Fault> faults,
      String name,
      TableSpec table,
      UnaryOperator<Dataset<Row>> mutation) {
    faults.put(name, new Fault(table, mutation));
  }

  private static UnaryOperator<Dataset<Row>> set(String column, String sql) {
    return rows ->
        rows.withColumn(RUN_DATE, lit(java.sql.Date.valueOf(NIGHT)))
            .withColumn(column, expr(sql))
            .drop(RUN_DATE);
  }

  private static Dataset<Row> twice(Dataset<Row> rows) {
    Column copy = expr("concat(event_id, '-copy')");
    return rows.union(rows.withColumn(EVENT_ID, copy));
  }

  private static Dataset<Row> later(Dataset<Row> rows, int days) {
    return rows.withColumn(EVENT_TIME, expr("event_time + make_interval(0, 0, 0, " + days + ")"))
        .withColumn(EVENT_DATE, expr("to_date(event_time)"));
  }

  private static Dataset<Row> shifted(Dataset<Row> rows) {
    return rows.withColumn(SCORE, col(BEHAVIOUR_SHARE))
        .withColumn(BEHAVIOUR_SHARE, when(lit(true), col(EMOTION_SHARE)))
        .withColumn(EMOTION_SHARE, expr("1 - behaviour_share"));
  }
}
