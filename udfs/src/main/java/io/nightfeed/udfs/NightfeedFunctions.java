package io.nightfeed.udfs;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Registers the functions that need no key, for SQL, Scala and Python. What the session has under a
 * name already stays: with GPUs an extension brings functions with a columnar body.
 */
public final class NightfeedFunctions {
  /** {@link CleanText} in SQL. */
  public static final String CLEAN_TEXT = "nightfeed_clean_text";

  /** {@link ScrubText} in SQL. */
  public static final String SCRUB_TEXT = "nightfeed_scrub_text";

  /** {@link ReadableText} in SQL. */
  public static final String READABLE_TEXT = "nightfeed_readable_text";

  /** {@link VectorLength} in SQL. */
  public static final String VECTOR_LENGTH = "nightfeed_vector_length";

  private NightfeedFunctions() {}

  public static void register(SparkSession spark) {
    register(spark, CLEAN_TEXT, new CleanText(), DataTypes.StringType);
    register(spark, SCRUB_TEXT, new ScrubText(), DataTypes.StringType);
    register(spark, READABLE_TEXT, new ReadableText(), DataTypes.StringType);
    register(spark, VECTOR_LENGTH, new VectorLength(), DataTypes.DoubleType);
  }

  private static void register(
      SparkSession spark, String name, UDF1<?, ?> function, DataType type) {
    if (!spark.sessionState().functionRegistry().functionExists(new FunctionIdentifier(name))) {
      spark.udf().register(name, function, type);
    }
  }
}
