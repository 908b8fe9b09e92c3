package io.nightfeed.interest;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import scala.collection.Seq;

/**
 * g for (emotional_state, struct(item_vector, content_emotions)); null for unknown posts. A null
 * state is an unknown one: zeros.
 */
record EmotionFunction(EmotionParameters parameters) implements UDF2<Seq<Float>, Row, Double> {
  @Override
  public Double call(Seq<Float> emotionalState, Row item) {
    if (item == null) {
      return null;
    }
    var state =
        emotionalState == null ? new float[Intensities.EMOTIONS] : Floats.of(emotionalState);
    return Intensities.emotion(
        parameters, state, Floats.of(item.getSeq(0)), Floats.of(item.getSeq(1)));
  }
}
