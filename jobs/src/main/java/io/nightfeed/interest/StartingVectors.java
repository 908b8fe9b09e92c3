package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.ITEM_VECTOR;
import static io.nightfeed.tables.Columns.POST_ID;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What a factorisation starts from: small vectors by a hash of the post and, where the start is
 * warm, what an earlier model learned of the posts that it knew.
 *
 * @param earlier v_c by item, null for a post that the earlier model did not know; empty where the
 *     start is cold
 */
record StartingVectors(float[][] earlier) {
  /** A cold start. */
  static final StartingVectors NONE = new StartingVectors(new float[0][]);

  /** Root mean square of the length of a hashed vector. */
  private static final double HASHED_LENGTH = 0.1;

  /**
   * Those of an earlier model; none where its vectors are of another rank, or were learned from
   * another kind of logs, by another factorisation.
   */
  static StartingVectors of(InterestModel model, TrainingData data, int rank) {
    var summary = model.summary();
    if (summary.rank() != rank
        || summary.isEngagementAlone() != data.totals().isEngagementAlone()) {
      return NONE;
    }
    var earlier = new float[data.posts().length][];
    for (var row : model.items().select(POST_ID, ITEM_VECTOR).collectAsList()) {
      int item = Arrays.binarySearch(data.posts(), row.getString(0));
      if (item >= 0) {
        // What stands after v_c are the text, the author, popularity and the level.
        earlier[item] = Arrays.copyOf(Floats.of(row.getSeq(1)), rank);
      }
    }
    return new StartingVectors(earlier);
  }

  boolean isWarm() {
    return earlier.length > 0;
  }

  /** A copy with the earlier vectors of the posts that have one. */
  FactorMatrix over(FactorMatrix vectors) {
    var all = new FactorMatrix(vectors.columns(), vectors.values().clone());
    for (int item = 0; item < earlier.length; item++) {
      if (earlier[item] != null) {
        System.arraycopy(
            earlier[item], 0, all.values(), item * all.columns(), earlier[item].length);
      }
    }
    return all;
  }

  /**
   * The same, some of the others moved by small hashed vectors.
   *
   * @param posts ids by item
   * @param moved items
   */
  FactorMatrix over(FactorMatrix vectors, String[] posts, IntStream moved, long seed) {
    int rank = vectors.columns();
    double bound = HASHED_LENGTH * Math.sqrt(3.0 / rank);
    var all = new FactorMatrix(rank, vectors.values().clone());
    moved.forEach(
        item -> {
          var random = new SplittableRandom(seed ^ UserHistory.hash64(posts[item]));
          for (int j = 0; j < rank; j++) {
            all.set(item, j, all.get(item, j) + random.nextDouble(-bound, bound));
          }
        });
    return over(all);
  }
}
