package io.nightfeed.recommend;

import static org.apache.spark.sql.functions.lit;

import io.nightfeed.SparkTest;
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
        rows("post_id, vector, emotion_vector", items).withColumn("valence", lit(0f)),
        rows("user_id, post_id, residual", "('ann', 'liked', 0.5D), ('ann', 'disliked', -2D)"),
        state -> new float[] {1, state[3]});
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
