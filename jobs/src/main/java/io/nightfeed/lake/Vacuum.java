package io.nightfeed.lake;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Removes files that a table's newest version does not need. */
final class Vacuum {
  private Vacuum() {}

  /**
   * @param after how long ago files must have left the newest version
   */
  static void run(SparkSession spark, Path table, Duration after) {
    var tasks = 4 * spark.sparkContext().defaultParallelism();
    var settings =
        Map.of(
            // The caller says how long; Delta's own check knows of no other limit than a week.
            "spark.databricks.delta.retentionDurationCheck.enabled", "false",
            // Its two commits name no rows: a log can begin with the second.
            "spark.databricks.delta.vacuum.logging.enabled", "true",
            // Files are listed in so many tasks; the default of 10,000 takes minutes on few cores.
            "spark.sql.sources.parallelPartitionDiscovery.parallelism", String.valueOf(tasks));
    var before = new HashMap<String, String>();
    settings.forEach(
        (key, value) -> {
          before.put(key, spark.conf().get(key, null));
          spark.conf().set(key, value);
        });
    try {
      DeltaTable.forPath(spark, table.toString()).vacuum(after.toMinutes() / 60.0);
    } finally {
      before.forEach(
          (key, value) -> {
            if (value == null) {
              spark.conf().unset(key);
            } else {
              spark.conf().set(key, value);
            }
          });
    }
  }
}
