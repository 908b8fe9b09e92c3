package io.nightfeed.interest;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import scala.collection.Seq;

/** f for (user_vector, struct(item_vector, …)); null for unknown posts. */
record BehaviourFunction(float[] population) implements UDF2<Seq<Float>, Row, Double> {
  @Override
  public Double call(Seq<Float> userVector, Row item) {
    if (item == null) {
      return null;
    }
    var user = userVector == null ? population : Floats.of(userVector);
    return Intensities.behaviour(user, Floats.of(item.getSeq(0)));
  }
}
