package io.nightfeed.interest;

import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Arrays of floats, as Spark hands them to Java and as BLAS takes them. */
public final class Floats {
  private Floats() {}

  /** The {@code array<float>} in a column of that name. */
  public static float[] of(Row row, String column) {
    return of(row.<Seq<Float>>getAs(column));
  }

  public static float[] of(Seq<Float> values) {
    var array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.apply(i);
    }
    return array;
  }

  static float[] of(double[] values) {
    var array = new float[values.length];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) values[i];
    }
    return array;
  }

  static double[] toDoubles(float[] values) {
    var array = new double[values.length];
    for (int i = 0; i < array.length; i++) {
      array[i] = values[i];
    }
    return array;
  }
}
