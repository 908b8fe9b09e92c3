package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.ScrubText;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Real texts to measure with, cleaned as ingest cleans them, each once, in the order of their
 * hashes.
 */
final class BenchTexts {
  private static final UserDefinedFunction CLEAN = udf(new CleanText(), DataTypes.StringType);
  private static final UserDefinedFunction SCRUB = udf(new ScrubText(), DataTypes.StringType);

  private BenchTexts() {}

  /** Comments of GoEmotions. */
  static List<String> english(SparkSession spark, Path data) {
    return cleaned(
        spark
            .read()
            .option("sep", "\t")
            // Comments hold unbalanced quotes; the format has no quoting.
            .option("quote", "")
            .schema(TEXT + " STRING")
            .csv(data.resolve("goemotions/original/train.tsv.gz").toString()));
  }

  /** Posts and comments of weibo-threads. */
  static List<String> chinese(SparkSession spark, Path data) {
    var folder = data.resolve("weibo-threads");
    return cleaned(
        spark
            .read()
            .schema(TEXT + " STRING")
            .json(
                folder.resolve("posts.jsonl.gz").toString(),
                folder.resolve("interactions.jsonl.gz").toString()));
  }

  private static List<String> cleaned(Dataset<Row> texts) {
    return texts
        .select(SCRUB.apply(CLEAN.apply(col(TEXT))).as(TEXT))
        .where(col(TEXT).notEqual(""))
        .distinct()
        .orderBy(sha2(col(TEXT), 256))
        .as(Encoders.STRING())
        .collectAsList();
  }
}
