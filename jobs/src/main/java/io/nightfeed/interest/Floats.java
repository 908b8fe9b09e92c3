package io.nightfeed.interest;

import scala.collection.Seq;

/** Arrays of floats as Spark hands them to Java. */
final class Floats {
  private Floats() {}

  static float[] of(Seq<Float> values) {
    var array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.apply(i);
    }
    return array;
  }
}
