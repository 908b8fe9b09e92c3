package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.ATTEMPT;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.SLICE_DATE;
import static io.nightfeed.tables.Columns.TABLE_NAME;
import static io.nightfeed.tables.Columns.TABLE_VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.tables.DeltaTable;
import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishLogTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);
  private static final TableSpec LISTS = spec("gold.lists").build();
  private static final TableSpec COUNTS = spec("gold.counts").build();
  private static final TableSpec LATEST = spec("gold.latest").keepsOneSlice().build();
  private static final TableSpec REFUSED = spec("silver.refused").isSeenAtOnce().build();

  @TempDir Path folder;
  private Lake reader;

  @BeforeEach
  void openLake() {
    reader = new Lake(SparkTest.spark(), folder);
  }

  @Test
  void runThatStopsBetweenItsPublishes_leavesReadersWithYesterdaysPair() {
    publishPair(MONDAY, "old");
    var stopped = run();
    publish(stopped, LISTS, MONDAY, "torn");
    assertSeen(LISTS, "old 2025-06-02");
    assertSeen(COUNTS, "old 2025-06-02");
    assertThat(rows(stopped, LISTS)).containsExactly("torn 2025-06-02");

    var retry = run();
    publish(retry, LISTS, MONDAY, "new");
    publish(retry, COUNTS, MONDAY, "new");
    assertSeen(LISTS, "old 2025-06-02");
    retry.makeVisible(MONDAY);
    assertSeen(LISTS, "new 2025-06-02");
    assertSeen(COUNTS, "new 2025-06-02");
  }

  @Test
  void olderVersionsThatAreRead_areNotVacuumed() {
    publishPair(MONDAY, "old");
    publish(run(), LISTS, MONDAY, "torn");
    var retention = new Retention(SparkTest.spark(), reader);
    assertThat(retention.vacuum(LISTS, Duration.ZERO)).isFalse();
    assertSeen(LISTS, "old 2025-06-02");

    publishPair(MONDAY, "new");
    assertThat(retention.vacuum(LISTS, Duration.ZERO)).isTrue();
    assertSeen(LISTS, "new 2025-06-02");
  }

  @Test
  void newNightOfAStoppedRun_isNotThere() {
    publish(run(), LISTS, MONDAY, "torn");
    assertSeen(LISTS);
    publishPair(MONDAY, "old");
    publish(run(), LISTS, TUESDAY, "torn");
    assertSeen(LISTS, "old 2025-06-02");
    assertThat(reader.upTo(LISTS, TUESDAY).count()).isEqualTo(1);
    assertThat(reader.slice(LISTS, TUESDAY).count()).isZero();
    assertThat(reader.newestNight(LISTS)).contains(TUESDAY);
  }

  @Test
  void interleavedRuns_areSeenEachWhenItEnds() {
    publishPair(MONDAY, "old");
    publishPair(TUESDAY, "old");
    var monday = run();
    var tuesday = run();
    publish(monday, LISTS, MONDAY, "new");
    publish(tuesday, LISTS, TUESDAY, "new");
    publish(tuesday, COUNTS, TUESDAY, "new");
    tuesday.makeVisible(TUESDAY);
    assertSeen(LISTS, "old 2025-06-02", "new 2025-06-03");
    assertSeen(COUNTS, "old 2025-06-02", "new 2025-06-03");
    assertThat(rows(monday, LISTS)).containsExactly("new 2025-06-02", "new 2025-06-03");
    publish(monday, COUNTS, MONDAY, "new");
    monday.makeVisible(MONDAY);
    assertSeen(LISTS, "new 2025-06-02", "new 2025-06-03");
    assertSeen(COUNTS, "new 2025-06-02", "new 2025-06-03");
  }

  @Test
  void tableOfOneSlice_isReadAsAWholeAsItWas() {
    var first = run();
    publish(first, LATEST, MONDAY, "old");
    assertSeen(LATEST);
    first.makeVisible(MONDAY);
    publish(run(), LATEST, TUESDAY, "torn");
    assertSeen(LATEST, "old 2025-06-02");
  }

  @Test
  void publishingByHand_isSeenAtOnceAndEndsTheWaitOfItsSlice() {
    publish(run(), LISTS, MONDAY, "torn");
    publish(run(), LISTS, TUESDAY, "torn");
    publish(reader, LISTS, MONDAY, "by hand");
    assertSeen(LISTS, "by hand 2025-06-02");
  }

  @Test
  void whatAnotherWriterRemoved_doesNotComeBack() {
    publishPair(MONDAY, "old");
    publish(run(), LISTS, MONDAY, "torn");
    var table = DeltaTable.forPath(SparkTest.spark(), reader.location(LISTS).toString());
    table.delete("id = 'torn'");
    assertSeen(LISTS);
  }

  @Test
  void tableThatTellsWhatIsWrong_isSeenAtOnce() {
    publish(run(), REFUSED, MONDAY, "line");
    assertSeen(REFUSED, "line 2025-06-02");
  }

  @Test
  void rowsOfARun_areOneCommitAndNameVersionsToReadBySql() {
    publishPair(MONDAY, "old");
    publishPair(MONDAY, "new");
    publish(run(), LISTS, MONDAY, "torn");
    var newest =
        reader
            .all(Ops.PUBLISH_LOG)
            .where("table_name = 'gold.lists'")
            .orderBy(org.apache.spark.sql.functions.desc(TABLE_VERSION))
            .select(TABLE_VERSION, SLICE_DATE, ATTEMPT)
            .first();
    assertThat(newest.getLong(2)).isEqualTo(1);
    var rows =
        SparkTest.spark()
            .sql(
                "SELECT id FROM delta.`%s` VERSION AS OF %d WHERE run_date = '%s'"
                    .formatted(reader.location(LISTS), newest.getLong(0), newest.getDate(1)));
    assertThat(rows.collectAsList().toString()).isEqualTo("[[new]]");
    assertThat(reader.all(Ops.PUBLISH_LOG).select(TABLE_NAME).count()).isEqualTo(4);
  }

  @Test
  void runsWhoseEntryOfThePublishLogIsGone_areSeen() throws IOException {
    publishPair(MONDAY, "old");
    publishPair(TUESDAY, "old");
    var log = reader.location(Ops.PUBLISH_LOG).resolve("_delta_log");
    for (var version = 0; version < 2; version++) {
      Files.delete(log.resolve("%020d.json".formatted(version)));
    }
    reader = new Lake(SparkTest.spark(), folder);
    assertSeen(LISTS, "old 2025-06-02", "old 2025-06-03");
    publish(run(), LISTS, TUESDAY, "torn");
    assertSeen(LISTS, "old 2025-06-02", "old 2025-06-03");
  }

  private void publishPair(LocalDate night, String id) {
    var run = run();
    publish(run, LISTS, night, id);
    publish(run, COUNTS, night, id);
    run.makeVisible(night);
  }

  private Lake run() {
    var limits = new Settings.Publish(7, 3, 1000, 0.6, 1.7, 7);
    return new Lake(SparkTest.spark(), folder, new PublishingRun("run", limits, Set.of()));
  }

  private static void publish(Lake lake, TableSpec table, LocalDate night, String id) {
    lake.publish(table, night, SparkTest.spark().sql("SELECT '" + id + "' AS id"));
  }

  private void assertSeen(TableSpec table, String... rows) {
    assertThat(rows(reader, table)).containsExactly(rows);
    // A reader that has seen nothing before sees the same.
    assertThat(rows(new Lake(SparkTest.spark(), folder), table)).containsExactly(rows);
  }

  private static List<String> rows(Lake lake, TableSpec table) {
    return lake.all(table).orderBy(RUN_DATE).collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getDate(1))
        .toList();
  }

  private static TableSpec.Builder spec(String name) {
    return TableSpec.table(name, "One example.")
        .key("id")
        .required("id", DataTypes.StringType, "Identifier.");
  }
}
