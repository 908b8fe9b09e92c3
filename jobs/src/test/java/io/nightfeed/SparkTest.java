package io.nightfeed;

import io.nightfeed.run.Sessions;
import org.apache.spark.sql.SparkSession;

/** The one local session that tests share. */
public final class SparkTest {
  private SparkTest() {}

  public static SparkSession spark() {
    return SparkSession.builder()
        .appName("nightfeed-tests")
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.default.parallelism", "2")
        // Test data are tiny: planning and compiling would cost more than they bring.
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.ui.explainMode", "simple")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config(Sessions.OPEN_FILES, "2")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.delta.logStore.file.impl", "io.nightfeed.lake.LinkLogStore")
        .getOrCreate();
  }
}
