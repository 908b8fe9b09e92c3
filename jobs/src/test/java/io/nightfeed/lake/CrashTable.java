package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.SparkTest;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.DataTypes;

/**
 * A small table whose content is known beforehand: attempt 7 to publish a slice writes rows that
 * say 7, and as many as attempt 7 always writes. A slice that a crash mixed, cut or repeated shows.
 */
final class CrashTable {
  static final TableSpec SPEC =
      TableSpec.table("silver.crashes", "One row of an attempt.")
          .key("id")
          .required("id", DataTypes.LongType, "From 0.")
          .required("attempt", DataTypes.IntegerType, "Which attempt wrote it, from 1.")
          .check("from_one", "attempt > 0")
          .build();

  /** What became of a slice. */
  enum State {
    WHOLE,
    TORN,
    LOST,
    DOUBLED
  }

  /**
   * A slice as it was found.
   *
   * @param attempt which attempt wrote it; 0 where it has no rows
   */
  record Slice(State state, int attempt) {}

  private static final int NIGHTS = 4;
  private static final LocalDate FIRST_NIGHT = LocalDate.of(2025, 6, 2);

  private CrashTable() {}

  /** The night whose slice an attempt publishes: attempts take turns. */
  static LocalDate night(int attempt) {
    return FIRST_NIGHT.plusDays(attempt % NIGHTS);
  }

  /** Publishes what an attempt publishes, in two files. */
  static void publish(SparkSession spark, Path lake, int attempt) {
    var rows = spark.range(0, size(attempt), 1, 2).toDF("id").withColumn("attempt", lit(attempt));
    new Lake(spark, lake).publish(SPEC, night(attempt), rows);
  }

  private static int size(int attempt) {
    return 4 + attempt % 5;
  }

  /**
   * What every slice holds, as a reader sees it that has seen nothing before.
   *
   * @param allowed attempts that each night's slice may be of; 0 for no rows
   */
  static Map<LocalDate, Slice> read(
      Path lake, Map<LocalDate, ? extends Collection<Integer>> allowed) {
    DeltaLog.clearCache();
    var rows = new Lake(SparkTest.spark(), lake).all(SPEC);
    var byNight = new LinkedHashMap<LocalDate, List<Row>>();
    allowed.keySet().forEach(night -> byNight.put(night, new java.util.ArrayList<>()));
    for (var row : collect(rows)) {
      byNight.get(row.<java.sql.Date>getAs(RUN_DATE).toLocalDate()).add(row);
    }
    var slices = new LinkedHashMap<LocalDate, Slice>();
    byNight.forEach((night, found) -> slices.put(night, slice(found, allowed.get(night))));
    return slices;
  }

  private static Row[] collect(Dataset<Row> rows) {
    return (Row[]) rows.collect();
  }

  private static Slice slice(List<Row> rows, Collection<Integer> allowed) {
    var attempts = rows.stream().map(row -> row.<Integer>getAs("attempt")).distinct().toList();
    var ids = rows.stream().map(row -> row.<Long>getAs("id")).distinct().count();
    var attempt = attempts.isEmpty() ? 0 : attempts.get(0);
    if (ids < rows.size()) {
      return new Slice(State.DOUBLED, attempt);
    }
    if (attempts.size() > 1 || attempt > 0 && ids != size(attempt)) {
      return new Slice(State.TORN, attempt);
    }
    return new Slice(allowed.contains(attempt) ? State.WHOLE : State.LOST, attempt);
  }
}
