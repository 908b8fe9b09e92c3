package io.nightfeed.run;

import org.apache.spark.sql.SparkSession;

/** Opens Spark. Its properties come from {@code conf/spark/*.properties} through spark-submit. */
public final class Sessions {
  private Sessions() {}

  /**
   * @throws JobFailure when the properties lack what the tables need
   */
  public static SparkSession open(String applicationName) {
    var spark =
        SparkSession.builder()
            .appName(applicationName)
            // Dates of events must not depend on where the driver stands.
            .config("spark.sql.session.timeZone", "UTC")
            // Vectors do not repeat their numbers: looking for repetitions costs more than it
            // saves.
            .config("spark.hadoop.parquet.enable.dictionary#embedding.list.element", "false")
            .getOrCreate();
    if (!spark.conf().get("spark.sql.extensions", "").contains("DeltaSparkSessionExtension")) {
      throw new JobFailure(
          ExitCode.USAGE,
          "Spark runs without Delta Lake: spark.sql.extensions lacks"
              + " io.delta.sql.DeltaSparkSessionExtension. Start with --properties-file"
              + " conf/spark/<profile>.properties, which holds a complete set.");
    }
    return spark;
  }
}
