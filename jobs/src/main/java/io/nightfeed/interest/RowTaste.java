package io.nightfeed.interest;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What a user's engagements tell of the user's own rows.
 *
 * @param vector w_u
 * @param scores taste of each row's post; of one that the user engaged with as if the user's vector
 *     did not know of it, for what was learned from a post says nothing of how well taste foretells
 *     it. The post's vector does know: where few engaged with it, scores are a little too good
 * @param support for each row, what it adds to w_u is this times the post's vector: {@code (1 -
 *     w_u·v_p) / λ_u} where the user engaged, 0 where not
 */
record RowTaste(float[] vector, double[] scores, double[] support) implements Serializable {

  /** The same taste in another unit. */
  RowTaste inUnit(double unit) {
    var scaled = new float[vector.length];
    for (int j = 0; j < vector.length; j++) {
      scaled[j] = (float) (vector[j] * unit);
    }
    return new RowTaste(
        scaled,
        Arrays.stream(scores).map(one -> one * unit).toArray(),
        Arrays.stream(support).map(one -> one * unit).toArray());
  }

  /** Whether scores say something: of a single engagement nothing is left without it. */
  boolean isForetelling() {
    return Arrays.stream(support).filter(one -> one != 0).limit(2).count() > 1;
  }
}
