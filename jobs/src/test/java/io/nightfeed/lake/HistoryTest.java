package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.ACTION;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.CREATED_AT;
import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void openLake() {
    lake = new Lake(SparkTest.spark(), folder);
  }

  @Test
  void eventThatArrivesTwice_keepsItsFirstArrival() {
    lake.publish(Silver.EVENTS, MONDAY, event("e1", "2025-06-02T10:00:00Z", "like"));
    lake.publish(Silver.EVENTS, TUESDAY, event("e1", "2025-06-02T10:00:00Z", "hide"));
    assertThat(values(History.events(lake, TUESDAY), EVENT_ID, ACTION)).containsExactly("e1 like");
  }

  @Test
  void eventOfALaterNight_isNotKnown() {
    lake.publish(Silver.EVENTS, MONDAY, event("e1", "2025-06-02T10:00:00Z", "like"));
    lake.publish(Silver.EVENTS, TUESDAY, event("e2", "2025-06-02T11:00:00Z", "like"));
    assertThat(values(History.events(lake, MONDAY), EVENT_ID)).containsExactly("e1");
    assertThat(values(History.events(lake, TUESDAY), EVENT_ID)).containsExactly("e1", "e2");
  }

  @Test
  void eventStampedAfterMidnightByAFastClock_countsFromTheNextNight() {
    lake.publish(Silver.EVENTS, MONDAY, event("e1", "2025-06-03T00:00:00Z", "like"));
    assertThat(History.events(lake, MONDAY).count()).isZero();
    assertThat(values(History.events(lake, TUESDAY), EVENT_ID)).containsExactly("e1");
  }

  /** By the night on which all have arrived, how they came makes no difference. */
  @Test
  void eventsInAnyOrderOfArrivalAndTwice_giveTheSameHistory() {
    var events =
        List.of(
            event("e1", "2025-06-01T10:00:00Z", "like"),
            event("e2", "2025-06-01T11:00:00Z", "view"),
            event("e3", "2025-06-02T09:00:00Z", "share"));
    var none = events.get(0).limit(0);
    var other = new Lake(SparkTest.spark(), folder.resolve("other"));
    lake.publish(Silver.EVENTS, MONDAY, events.get(0).union(events.get(1)).union(events.get(2)));
    lake.publish(Silver.EVENTS, TUESDAY, none);
    other.publish(Silver.EVENTS, MONDAY, events.get(2).union(events.get(1)));
    other.publish(Silver.EVENTS, TUESDAY, events.get(1).union(events.get(0)));
    assertThat(ContentHash.of(History.events(other, TUESDAY).drop(RUN_DATE)))
        .isEqualTo(ContentHash.of(History.events(lake, TUESDAY).drop(RUN_DATE)));
    assertThat(History.events(other, TUESDAY).count()).isEqualTo(3);
  }

  @Test
  void postThatArrivesAgain_isReadInItsLatestKnownVersion() {
    lake.publish(Silver.POSTS, MONDAY, post("p1", "first"));
    lake.publish(Silver.POSTS, TUESDAY, post("p1", "edited"));
    assertThat(values(History.posts(lake, MONDAY), POST_ID, TEXT)).containsExactly("p1 first");
    assertThat(values(History.posts(lake, TUESDAY), POST_ID, TEXT)).containsExactly("p1 edited");
  }

  private static Dataset<Row> event(String id, String time, String action) {
    var instant = Timestamp.from(Instant.parse(time));
    return row(
        Silver.EVENTS,
        Map.of(
            EVENT_ID,
            id,
            EVENT_TIME,
            instant,
            EVENT_DATE,
            java.sql.Date.valueOf(time.substring(0, 10)),
            USER_ID,
            "u",
            POST_ID,
            "p",
            ACTION,
            action));
  }

  private static Dataset<Row> post(String id, String text) {
    return row(
        Silver.POSTS,
        Map.of(
            POST_ID,
            id,
            AUTHOR_ID,
            "a",
            CREATED_AT,
            Timestamp.from(Instant.parse("2025-06-01T00:00:00Z")),
            TEXT,
            text,
            TEXT_HASH,
            text));
  }

  /** One row of a table, without its run date; columns that are not given are null. */
  private static Dataset<Row> row(TableSpec table, Map<String, Object> values) {
    var fields =
        List.of(table.schema().fields()).stream()
            .filter(
                field ->
                    !field.dataType().equals(DataTypes.DateType)
                        || values.containsKey(field.name()))
            .toList();
    var row = RowFactory.create(fields.stream().map(f -> values.get(f.name())).toArray());
    return SparkTest.spark()
        .createDataFrame(List.of(row), new StructType(fields.toArray(StructField[]::new)));
  }

  private static List<String> values(Dataset<Row> rows, String... columns) {
    return rows
        .selectExpr("concat_ws(' ', " + String.join(", ", columns) + ") AS value")
        .orderBy("value")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
