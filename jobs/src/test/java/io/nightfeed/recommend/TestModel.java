package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.CONTENT_EMOTIONS;
import static io.nightfeed.tables.Columns.POST_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.SparkTest;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A model by hand: content in two coordinates and a bias; joy (the fourth emotion) moves posts. */
final class TestModel {
  private TestModel() {}

  static ScoringModel of(String items) {
    return new ScoringModel(
        "model-1",
        2,
        rows(
            "user_id, vector",
            "('ann', array(1f, 0f, -1f)), ('max', array(1f, 0f, -1f)), ('idle', array(1f, 0f, 0f))"),
        new float[] {0, 1, -1},
        rows("post_id, vector, emotion_vector", items).withColumn(CONTENT_EMOTIONS, feelings()),
        rows("user_id, post_id, residual", "('ann', 'liked', 0.5D), ('ann', 'disliked', -2D)"),
        state -> new float[] {1, state[3]});
  }

  /**
   * Posts are calm; "a" is angry and negative, and "b" is written in a language that no head reads.
   */
  private static Column feelings() {
    return when(col(POST_ID).equalTo("a"), floats(1, 0, 0, 0, 0, 0, 0, -0.9f))
        .when(col(POST_ID).equalTo("b"), floats(0, 0, 0, 0, 0, 0, 0, 0))
        .otherwise(floats(0, 0, 0, 0, 0, 0, 1, 0));
  }

  static Column floats(float... values) {
    return lit(values);
  }

  /** One item: two content coordinates, the emotion term's appeal and its answer to joy. */
  static String item(String post, double first, double second, double appeal, double joy) {
    return "('%s', array(float(%s), float(%s), 1f), array(float(%s), float(%s)))"
        .formatted(post, first, second, appeal, joy);
  }

  static Dataset<Row> rows(String columns, String values) {
    return SparkTest.spark().sql("SELECT * FROM VALUES %s AS rows(%s)".formatted(values, columns));
  }
}
