package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import io.nightfeed.SparkTest;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        .check("positive", "amount > 0");
  }

  private static Dataset<Row> rows(String values) {
    return SparkTest.spark().sql("SELECT * FROM VALUES " + values + " AS t(id, amount)");
  }

  private static java.util.List<String> ids(Dataset<Row> rows) {
    return rows.select("id").orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
