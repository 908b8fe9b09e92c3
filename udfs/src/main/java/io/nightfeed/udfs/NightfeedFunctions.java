package io.nightfeed.udfs;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** Registers the functions that need no key, for SQL, Scala and Python. */
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
    spark.udf().register(CLEAN_TEXT, new CleanText(), DataTypes.StringType);
    spark.udf().register(SCRUB_TEXT, new ScrubText(), DataTypes.StringType);
    spark.udf().register(READABLE_TEXT, new ReadableText(), DataTypes.StringType);
    spark.udf().register(VECTOR_LENGTH, new VectorLength(), DataTypes.DoubleType);
  }
}
