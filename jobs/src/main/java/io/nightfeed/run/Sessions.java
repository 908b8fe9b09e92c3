package io.nightfeed.run;

import org.apache.spark.sql.SparkSession;

/** Opens Spark. Its properties come from {@code conf/spark/*.properties} through spark-submit. */
public final class Sessions {
  /** How many files a task may write at once; with none, Spark sorts rows by partition first. */
  public static final String OPEN_FILES = "spark.sql.maxConcurrentOutputFileWriters";

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
            // A slice is of one night: tasks need not sort their rows to have one file open.
            .config(OPEN_FILES, "2")
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
