package io.nightfeed.recommend;

import java.util.List;
import org.apache.spark.sql.Row;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Reads {@code array<float>} columns. */
final class Floats {
  private Floats() {}

  static float[] of(Row row, String column) {
    return of(row.<Float>getList(row.fieldIndex(column)));
  }

  static float[] of(Seq<Float> column) {
    return of(JavaConverters.seqAsJavaList(column));
  }

  private static float[] of(List<Float> list) {
    var floats = new float[list.size()];
    for (var i = 0; i < floats.length; i++) {
      floats[i] = list.get(i);
    }
    return floats;
  }
}
