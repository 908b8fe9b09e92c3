package io.nightfeed.lake;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContentHashTest {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "id STRING, amount DOUBLE, at TIMESTAMP, tags ARRAY<STRING>, raw BINARY, count INT");

  private static final Object[] CELLS = {
    "a",
    1.5,
    Timestamp.from(Instant.parse("2025-01-01T00:00:00.000001Z")),
    List.of("x", "y"),
    new byte[] {1, 2},
    3
  };

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void hash_ignoresOrderAndPartitions(
      @ForAll @Size(min = 1, max = 20) List<Integer> numbers,
      @ForAll @IntRange(min = 1, max = 5) int partitions,
      @ForAll long seed) {
    var shuffled = new ArrayList<>(numbers);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(ContentHash.of(numbers(shuffled).repartition(partitions)))
        .isEqualTo(ContentHash.of(numbers(numbers)));
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void hash_changesWithAnyRow(
      @ForAll @Size(min = 1, max = 20) @UniqueElements List<Integer> numbers, @ForAll int at) {
    var changed = new ArrayList<>(numbers);
    var index = Math.floorMod(at, numbers.size());
    var unseen = Stream.iterate(0, n -> n + 1).filter(n -> !numbers.contains(n)).findFirst();
    changed.set(index, unseen.orElseThrow());
    assertThat(ContentHash.of(numbers(changed)).sha256())
        .isNotEqualTo(ContentHash.of(numbers(numbers)).sha256());
  }

  static Stream<Arguments> changedCells() {
    return Stream.of(
        Arguments.of(0, "b"),
        Arguments.of(0, null),
        Arguments.of(0, ""),
        Arguments.of(1, Math.nextUp(1.5)),
        Arguments.of(1, null),
        Arguments.of(2, Timestamp.from(Instant.parse("2025-01-01T00:00:00.000002Z"))),
        Arguments.of(3, List.of("y", "x")),
        Arguments.of(3, List.of("x,y")),
        Arguments.of(3, List.of()),
        Arguments.of(3, null),
        Arguments.of(4, new byte[] {2, 1}),
        Arguments.of(5, 4));
  }

  @ParameterizedTest
  @MethodSource("changedCells")
  void hash_changesWithAnyCell(int index, Object value) {
    var changed = CELLS.clone();
    changed[index] = value;
    assertThat(ContentHash.of(row(changed))).isNotEqualTo(ContentHash.of(row(CELLS)));
  }

  @Test
  void nullAndEmptyText_hashDifferently() {
    var schema = StructType.fromDDL("text STRING");
    assertThat(ContentHash.of(rows(schema, RowFactory.create((Object) null))).sha256())
        .isNotEqualTo(ContentHash.of(rows(schema, RowFactory.create(""))).sha256());
  }

  @Test
  void valueMovedToAnotherColumn_changesHash() {
    var schema = StructType.fromDDL("first STRING, second STRING");
    assertThat(ContentHash.of(rows(schema, RowFactory.create("x", null))).sha256())
        .isNotEqualTo(ContentHash.of(rows(schema, RowFactory.create(null, "x"))).sha256());
  }

  @Test
  void repeatedRow_changesHash() {
    var once = ContentHash.of(numbers(List.of(1)));
    var twice = ContentHash.of(numbers(List.of(1, 1)));
    assertThat(twice.rows()).isEqualTo(2);
    assertThat(twice.sha256()).isNotEqualTo(once.sha256());
  }

  @Test
  void columnOrder_doesNotMatter() {
    var rows = row(CELLS);
    var columns = new ArrayList<>(List.of(rows.columns()));
    Collections.reverse(columns);
    var reordered = rows.selectExpr(columns.toArray(String[]::new));
    assertThat(ContentHash.of(reordered)).isEqualTo(ContentHash.of(rows));
  }

  @Test
  void columnType_matters() {
    var numbers = numbers(List.of(7));
    assertThat(ContentHash.of(numbers.select(col("n").cast("long"))).sha256())
        .isNotEqualTo(ContentHash.of(numbers).sha256());
  }

  @Test
  void noRows_hashTheSameEverywhere() {
    assertThat(ContentHash.of(numbers(List.of())))
        .isEqualTo(ContentHash.of(numbers(List.of(1, 2)).where("n > 5")))
        .extracting(ContentHash::rows)
        .isEqualTo(0L);
  }

  private static Dataset<Row> numbers(List<Integer> numbers) {
    return rows(
        StructType.fromDDL("n INT"), numbers.stream().map(RowFactory::create).toArray(Row[]::new));
  }

  private static Dataset<Row> row(Object... cells) {
    return rows(SCHEMA, RowFactory.create(cells));
  }

  private static Dataset<Row> rows(StructType schema, Row... rows) {
    return SparkTest.spark().createDataFrame(List.of(rows), schema);
  }
}
