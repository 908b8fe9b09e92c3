package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.delta.tables.DeltaTable;
import io.nightfeed.tables.TableSpec;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;

/**
 * Puts the rows of one user near one another: whoever asks for some users then reads few files
 * (Delta's Z-order, by one column). Rows stay what they are.
 */
public final class Clustering {
  /** Files of so many bytes are left alone; Delta makes them up to 1 GB. */
  private static final long LARGE = 256L << 20;

  private final SparkSession spark;
  private final Lake lake;

  public Clustering(SparkSession spark, Lake lake) {
    this.spark = spark;
    this.lake = lake;
  }

  /**
   * Rewrites slices of several small files; those of one file, or of large ones, stay.
   *
   * @return how many slices were rewritten; none of tables whose rows are not first of all users'
   */
  public int cluster(TableSpec table) {
    var location = lake.location(table).toString();
    if (!table.key().get(0).equals(USER_ID) || !DeltaTable.isDeltaTable(spark, location)) {
      return 0;
    }
    var scattered = scattered(location);
    for (var night : scattered) {
      // Built from a LocalDate, never from text.
      DeltaTable.forPath(spark, location)
          .optimize()
          .where(RUN_DATE + " = DATE'" + night + "'")
          .executeZOrderBy(USER_ID);
    }
    return scattered.size();
  }

  private List<LocalDate> scattered(String location) {
    var files = "files";
    var bytes = "bytes";
    return DeltaLine.newest(DeltaLog.forTable(spark, location))
        .allFiles()
        .toDF()
        .groupBy(col("partitionValues").getItem(RUN_DATE).cast("date").as(RUN_DATE))
        .agg(count(lit(1)).as(files), avg("size").as(bytes))
        .where(col(files).gt(1).and(col(bytes).lt(LARGE)))
        .orderBy(RUN_DATE)
        .collectAsList()
        .stream()
        .map(row -> row.<Date>getAs(RUN_DATE).toLocalDate())
        .toList();
  }
}
