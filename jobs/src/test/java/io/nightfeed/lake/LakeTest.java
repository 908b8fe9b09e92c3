package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.OUTCOME;
import static io.nightfeed.tables.Columns.RULE;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.QualityRule;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LakeTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);
  private static final LocalDate TUESDAY = MONDAY.plusDays(1);
  private static final TableSpec TABLE = spec().build();

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void openLake() {
    lake = new Lake(SparkTest.spark(), folder);
  }

  @Test
  void missingTable_readsAsNoRows() {
    assertThat(lake.all(TABLE).columns()).containsExactly("id", "amount", RUN_DATE);
    assertThat(lake.all(TABLE).count()).isZero();
  }

  @Test
  void republishing_replacesOnlyItsOwnSlice() {
    lake.publish(TABLE, MONDAY, rows("('a', 1), ('b', 2)"));
    lake.publish(TABLE, TUESDAY, rows("('c', 3)"));
    assertThat(lake.publish(TABLE, MONDAY, rows("('d', 4)"))).isEqualTo(1);
    assertThat(ids(lake.all(TABLE))).containsExactly("c", "d");
    assertThat(ids(lake.upTo(TABLE, MONDAY))).containsExactly("d");
    assertThat(ids(lake.slice(TABLE, TUESDAY))).containsExactly("c");
  }

  @Test
  void publishingNothing_clearsTheSlice() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    assertThat(lake.publish(TABLE, MONDAY, rows("('a', 1)").limit(0))).isZero();
    assertThat(lake.slice(TABLE, MONDAY).count()).isZero();
  }

  @Test
  void tableOfOneSlice_keepsTheNewestNightAlone() {
    var latest = spec().keepsOneSlice().build();
    lake.publish(latest, MONDAY, rows("('a', 1)"));
    lake.publish(latest, TUESDAY, rows("('b', 1)"));
    assertThat(ids(lake.all(latest))).containsExactly("b");
  }

  @Test
  void missingKeyOrBrokenConstraint_isRefusedAndLeavesTheSliceAsItWas() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    assertThatThrownBy(() -> lake.publish(TABLE, MONDAY, rows("(CAST(NULL AS STRING), 1)")))
        .hasStackTraceContaining("NOT NULL");
    assertThatThrownBy(() -> lake.publish(TABLE, MONDAY, rows("('z', -1)")))
        .hasStackTraceContaining("positive");
    assertThat(ids(lake.all(TABLE))).containsExactly("a");
  }

  @Test
  void tableOfAnotherVersion_isRefusedAndLeftAsItWas() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var later = spec().required("unit", DataTypes.StringType, "Unit.").build();
    var withUnit = rows("('b', 2)").withColumn("unit", functions.lit("kg"));
    assertThatThrownBy(() -> lake.publish(later, TUESDAY, withUnit))
        .hasMessageContaining("has no column unit")
        .hasMessageContaining("Move its folder away");
    assertThat(ids(lake.all(TABLE))).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failedAudit_namesTheRuleAndLeavesNoFile(boolean isCountedWhileWriting) throws IOException {
    SparkTest.spark().conf().set(ObservedRows.IS_ON, isCountedWhileWriting);
    try {
      requireFailedAudit();
    } finally {
      SparkTest.spark().conf().unset(ObservedRows.IS_ON);
    }
  }

  private void requireFailedAudit() throws IOException {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var before = files();
    assertThatThrownBy(() -> lake.publish(TABLE, MONDAY, rows("('b', 1), ('b', 2), ('c', 1000)")))
        .isInstanceOf(AuditFailure.class)
        .hasMessageContaining("2025-06-02 of silver.examples was not published")
        .hasMessageContaining("rule key_is_unique: found 1")
        .hasMessageContaining("For example id=b, run_date=2025-06-02")
        .hasMessageContaining("rule small: found 1, expected 0 rows without amount < 100")
        .hasMessageContaining("id=c")
        .hasMessageContaining("run it again");
    assertThat(ids(lake.all(TABLE))).containsExactly("a");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void missingStatistics_areNamed() {
    SparkTest.spark().conf().set("spark.databricks.delta.stats.collect", false);
    try {
      assertThatThrownBy(() -> lake.publish(TABLE, MONDAY, rows("('a', 1)")))
          .hasMessageContaining("Set spark.databricks.delta.stats.collect to true");
    } finally {
      SparkTest.spark().conf().unset("spark.databricks.delta.stats.collect");
    }
  }

  @Test
  void auditResults_areKept() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var rows = auditResults(lake).orderBy(RULE).collectAsList();
    assertThat(rows)
        .extracting(row -> row.<String>getAs(RULE))
        .containsExactly("key_is_unique", "small");
    assertThat(rows).extracting(row -> row.<String>getAs(OUTCOME)).containsOnly("passed");
  }

  @Test
  void unusualVolume_isRefusedUnlessAccepted() {
    var table = spec().rule(new QualityRule.Volume("volume")).build();
    var limits = new Settings.Publish(3, 2, 2, 0.6, 1.7, 7);
    var strict = new Lake(SparkTest.spark(), folder, new PublishingRun("r", limits, Set.of()));
    strict.publish(table, MONDAY, rows("('a', 1), ('b', 2), ('c', 3), ('d', 4)"));
    strict.publish(table, TUESDAY, rows("('a', 1)"));
    strict.publish(table, TUESDAY, rows("('a', 1), ('b', 2), ('c', 3), ('d', 4)"));
    var wednesday = TUESDAY.plusDays(1);
    var half = rows("('a', 1), ('b', 2)");
    assertThatThrownBy(() -> strict.publish(table, wednesday, half))
        .hasMessageContaining("rule volume: found 2, expected 3 to 6 rows")
        .hasMessageContaining("--accept-volume silver.examples");
    var accepted = new PublishingRun("r", limits, Set.of("silver.examples"));
    var lenient = new Lake(SparkTest.spark(), folder, accepted);
    assertThat(lenient.publish(table, wednesday, half)).isEqualTo(2);
    assertThat(auditResults(lenient).select(OUTCOME).collectAsList().toString())
        .contains("accepted");
  }

  /** Keys of large slices are counted otherwise than those of small ones. */
  @Test
  void repeatedKeyInALargeSlice_isRefused() {
    var large =
        SparkTest.spark()
            .range(1, 100_003, 1, 3)
            .selectExpr("string(if(id = 77777, 5, id)) AS id", "int(1 + id % 90) AS amount");
    assertThatThrownBy(() -> lake.publish(TABLE, MONDAY, large))
        .hasMessageContaining("rule key_is_unique: found 1,")
        .hasMessageContaining("id=5");
    assertThat(lake.publish(TABLE, MONDAY, large.where("not (id = '5' and amount = 18)")))
        .isEqualTo(100_001);
  }

  @Test
  void volume_isHeldAgainstTheNightsRightBefore() {
    var table = spec().rule(new QualityRule.Volume("volume")).build();
    var limits = new Settings.Publish(3, 2, 1, 0.6, 1.7, 7);
    var strict = new Lake(SparkTest.spark(), folder, new PublishingRun("r", limits, Set.of()));
    strict.publish(table, MONDAY, rows("('a', 1)"));
    strict.publish(table, TUESDAY, rows("('a', 1)"));
    var many = rows("('a', 1), ('b', 2), ('c', 3), ('d', 4)");
    // No night is right before it: a platform has grown since, as in a backfill in any order.
    assertThat(strict.publish(table, TUESDAY.plusDays(5), many)).isEqualTo(4);
    assertThatThrownBy(() -> strict.publish(table, TUESDAY.plusDays(1), many))
        .hasMessageContaining("rule volume: found 4, expected 1 to 1 rows");
  }

  @Test
  void twoPublishersOfOneSlice_theSecondIsRefused() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var first = staged(MONDAY, "b");
    var second = staged(MONDAY, "c");
    var otherNight = staged(TUESDAY, "d");
    first.commit(null);
    assertThatThrownBy(() -> second.commit(null))
        .hasMessageContaining("published by another process");
    otherNight.commit(null);
    assertThat(ids(lake.all(TABLE))).containsExactly("b", "d");
    assertThat(staged(MONDAY, "e").attempt()).isEqualTo(2);
  }

  @Test
  void emptiedCommit_isNoticed() throws IOException {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var log = lake.location(TABLE).resolve("_delta_log");
    long last;
    try (var entries = Files.list(log)) {
      last = entries.filter(file -> file.toString().endsWith(".json")).count() - 1;
    }
    var version = new CommittedVersion(lake.location(TABLE), last);
    version.requireFiles(1, 1);
    assertThatThrownBy(() -> version.requireFiles(1, 2))
        .hasMessageContaining("1 files with 1 rows");
    Files.writeString(log.resolve("%020d.json".formatted(last)), "");
    assertThatThrownBy(() -> version.requireFiles(1, 1))
        .hasMessageContaining("0 files with 0 rows");
  }

  private static Dataset<Row> auditResults(Lake lake) {
    return SparkTest.spark().createDataFrame(lake.auditResults(), Ops.AUDIT_RESULTS.rowSchema());
  }

  private StagedSlice staged(LocalDate night, String id) {
    var rows =
        rows("('%s', 1)".formatted(id))
            .withColumn(RUN_DATE, functions.lit(java.sql.Date.valueOf(night)));
    return new StagedSlice(
        SparkTest.spark(), TABLE, night, lake.location(TABLE), rows, java.util.Map.of());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(lake.location(TABLE))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  @Test
  void createdTable_hasCommentsAndStaysAtReaderVersionOne() {
    lake.publish(TABLE, MONDAY, rows("('a', 1)"));
    var table = DeltaTable.forPath(SparkTest.spark(), lake.location(TABLE).toString());
    assertThat(table.toDF().schema().apply("id").getComment().get()).isEqualTo("Identifier.");
    assertThat(table.detail().select("minReaderVersion").first().getInt(0)).isEqualTo(1);
  }

  private static TableSpec.Builder spec() {
    return TableSpec.table("silver.examples", "One example.")
        .key("id")
        .required("id", DataTypes.StringType, "Identifier.")
        .optional("amount", DataTypes.IntegerType, "Amount.")
        .check("positive", "amount > 0")
        .each("small", "amount < 100");
  }

  private static Dataset<Row> rows(String values) {
    return SparkTest.spark().sql("SELECT * FROM VALUES " + values + " AS t(id, amount)");
  }

  private static List<String> ids(Dataset<Row> rows) {
    return rows.select("id").orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
