package io.nightfeed.recommend;

import org.apache.spark.sql.Row;

/** Reads {@code array<float>} columns. */
final class Floats {
  private Floats() {}

  static float[] of(Row row, int column) {
    var list = row.<Float>getList(column);
    var floats = new float[list.size()];
    for (var i = 0; i < floats.length; i++) {
      floats[i] = list.get(i);
    }
    return floats;
  }

  static float[] of(Row row, String column) {
    return of(row, row.fieldIndex(column));
  }
}
