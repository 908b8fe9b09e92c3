package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.InjectionRules;
import io.nightfeed.safety.TextCheck;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Posts that are to be read, each with what speaks against it. */
final class Sources {
  private static final int LONGEST_TOPIC = 30;

  private Sources() {}

  /**
   * One row for each post that is asked for and there: its text and annotations, the vector as
   * {@code whole_vector}, the first of its tags that can be a topic, and {@code reasons} against
   * reading it, labels of {@link BlockReason}.
   *
   * @param posts as the night knows them
   * @param annotations each text once
   * @param asked distinct posts: {@code post_id}
   */
  static Dataset<Row> checked(
      Dataset<Row> posts, Dataset<Row> annotations, Dataset<Row> asked, TextCheck check) {
    UDF2<String, Float, List<String>> reasons =
        (text, toxicity) -> check.ofInput(text, toxicity).stream().map(BlockReason::label).toList();
    UDF1<Seq<String>, String> topic = Sources::topic;
    var texts = DataTypes.createArrayType(DataTypes.StringType, false);
    return posts
        .select(POST_ID, TEXT, TEXT_HASH, TAGS)
        .join(asked, new String[] {POST_ID}, "left_semi")
        .join(
            annotations.select(
                col(TEXT_HASH),
                col(LANGUAGE),
                col(ENCODER),
                col(SENTENCES),
                col(TOXICITY),
                col(EMBEDDING).as(WHOLE_VECTOR)),
            new String[] {TEXT_HASH},
            "left")
        .withColumn(
            TOPIC, udf(topic, DataTypes.StringType).withName("topic_of_tags").apply(col(TAGS)))
        .withColumn(
            REASONS,
            udf(reasons, texts).withName("checks_of_input").apply(col(TEXT), col(TOXICITY)))
        .drop(TAGS);
  }

  /** Tags are people's words, too. */
  private static String topic(Seq<String> tags) {
    return tags == null
        ? null
        : JavaConverters.seqAsJavaList(tags).stream()
            .filter(tag -> tag.length() <= LONGEST_TOPIC && tag.matches("[\\p{L}\\p{N} _-]+"))
            .filter(tag -> !InjectionRules.shipped().areBrokenBy(tag))
            .findFirst()
            .orElse(null);
  }
}
