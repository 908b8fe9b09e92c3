package io.nightfeed.tables;

import static org.apache.spark.sql.functions.call_udf;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.encoders.RowEncoder;
import org.apache.spark.sql.types.StructType;

/**
 * Functions of SQL, by their own names, that {@code org.apache.spark.sql.functions} has from Spark
 * 3.5 on: Spark 3.4, for which the profile {@code spark-3.4} builds, knows them by name alone.
 */
public final class SparkFunctions {
  private SparkFunctions() {}

  /** How many rows meet the condition; 0 of no rows. */
  public static Column count_if(Column condition) {
    return call_udf("count_if", condition);
  }

  /** The value, or null where it equals the other. */
  public static Column nullif(Column value, Column other) {
    return call_udf("nullif", value, other);
  }

  /** The exact percentiles of a number, at an array of shares from 0 to 1. */
  public static Column percentile(Column number, Column shares) {
    return call_udf("percentile", number, shares);
  }

  /** Microseconds since 1970 of a timestamp. */
  public static Column unix_micros(Column timestamp) {
    return call_udf("unix_micros", timestamp);
  }

  /** The exclusive or of all values' bits. */
  public static Column bit_xor(Column number) {
    return call_udf("bit_xor", number);
  }

  /** How rows of a schema become objects and back. */
  public static Encoder<Row> rowEncoder(StructType schema) {
    return ExpressionEncoder.apply(RowEncoder.encoderFor(schema));
  }
}
