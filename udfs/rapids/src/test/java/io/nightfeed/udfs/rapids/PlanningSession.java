package io.nightfeed.udfs.rapids;

import org.apache.spark.sql.SparkSession;

/** A local session in which the accelerator plans and does not run. */
final class PlanningSession {
  private PlanningSession() {}

  static SparkSession get() {
    return SparkSession.builder()
        .appName("nightfeed-gpu-plans")
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.default.parallelism", "2")
        // Replanned queries would be explained in parts.
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config(
            "spark.sql.extensions",
            "io.delta.sql.DeltaSparkSessionExtension,com.nvidia.spark.rapids.SQLExecPlugin,"
                + RapidsFunctions.class.getName())
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.delta.logStore.file.impl", "io.nightfeed.lake.LinkLogStore")
        // The planner knows no observation of a Dataset.
        .config("spark.nightfeed.countWhileWriting", "false")
        .config("spark.rapids.sql.mode", "explainOnly")
        .config("spark.rapids.sql.explain", "ALL")
        .config("spark.sql.cache.serializer", "com.nvidia.spark.ParquetCachedBatchSerializer")
        .config("spark.rapids.sql.exec.InMemoryTableScanExec", "true")
        .config("spark.rapids.sql.hasExtendedYearValues", "false")
        .getOrCreate();
  }
}
