package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Lake;
import java.time.LocalDate;
import org.apache.spark.sql.SparkSession;

/** What a job is given: nothing else may influence its rows. */
public record JobContext(
    SparkSession spark, Settings settings, Lake lake, LocalDate runDate, RunRecord record) {}
