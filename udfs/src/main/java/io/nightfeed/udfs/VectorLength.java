package io.nightfeed.udfs;

import org.apache.spark.sql.api.java.UDF1;
import scala.collection.Seq;

/**
 * {@code nightfeed_vector_length(vector)}: the Euclidean length of an array of floats, 0 of an
 * empty one. Null for null. Spark's own {@code aggregate} gives the same, interpreted element by
 * element: of ten thousand embeddings it takes seconds. A subclass has a body for GPUs.
 */
public class VectorLength implements UDF1<Seq<Float>, Double> {
  private static final long serialVersionUID = 1L;

  @Override
  public Double call(Seq<Float> vector) {
    if (vector == null) {
      return null;
    }
    double squares = 0;
    for (int i = 0; i < vector.length(); i++) {
      double value = vector.apply(i);
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
