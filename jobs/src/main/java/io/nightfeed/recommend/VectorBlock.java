package io.nightfeed.recommend;

import java.io.Serializable;

/**
 * Vectors of one width, one after the other in one array: the layout that matrix libraries take.
 *
 * @param values {@code count * width} numbers, vector by vector
 */
record VectorBlock(float[] values, int count, int width) implements Serializable {

  private static final float LARGEST = 1e15f;

  /**
   * @throws IllegalArgumentException when the vectors differ in width or hold a number that is not
   *     finite, or so large that products in single precision may not be
   */
  static VectorBlock of(float[]... vectors) {
    var width = vectors.length == 0 ? 0 : vectors[0].length;
    var values = new float[vectors.length * width];
    for (var i = 0; i < vectors.length; i++) {
      if (vectors[i].length != width) {
        throw new IllegalArgumentException(
            "Vector %d has %d numbers, expected %d as the first one has"
                .formatted(i, vectors[i].length, width));
      }
      for (var k = 0; k < width; k++) {
        if (!(Math.abs(vectors[i][k]) <= LARGEST)) {
          throw new IllegalArgumentException(
              "Vector %d holds %s at %d: expected numbers from -%s to %s"
                  .formatted(i, vectors[i][k], k, LARGEST, LARGEST));
        }
      }
      System.arraycopy(vectors[i], 0, values, i * width, width);
    }
    return new VectorBlock(values, vectors.length, width);
  }
}
