package io.nightfeed.interest;

import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What users weigh of a post, side by side: {@code [v_c ; κ x̃_c ; κ' s_c]}, its vector, what its
 * text says, a place for each encoder's components, and who wrote it. κ and κ' are such that each
 * is as long as the vectors of posts that somebody engaged with, times its scale.
 *
 * @param authors of every post, null where unknown
 * @param components of the texts
 * @param contentScale 0 leaves texts out
 * @param authorScale 0 leaves authors out
 */
record ItemFeatures(
    String[] authors, ContentComponents components, double contentScale, double authorScale) {

  /** Numbers that stand for an author: signs by hash (Weinberger et al. 2009). */
  private static final int AUTHOR_SIGNATURE = 128;

  static ItemFeatures of(
      String[] authors, ContentComponents components, Hyperparameters parameters) {
    return new ItemFeatures(
        authors, components, parameters.contentScale(), parameters.authorScale());
  }

  /**
   * @param items v_c of every post
   * @param counts people who engaged with each
   */
  FactorMatrix beside(FactorMatrix items, int[] counts) {
    int rank = items.columns();
    var places = components.places(rank);
    boolean hasContent = contentScale > 0;
    boolean hasAuthors = authorScale > 0 && Stream.of(authors).anyMatch(Objects::nonNull);
    int authorPlace = hasContent ? places.width() : rank;
    var all = FactorMatrix.zeros(items.rows(), authorPlace + (hasAuthors ? AUTHOR_SIGNATURE : 0));
    for (int item = 0; item < items.rows(); item++) {
      System.arraycopy(items.values(), item * rank, all.values(), item * all.columns(), rank);
    }
    double length = length(items, counts);
    if (hasContent) {
      double scale = contentScale * length;
      for (var block : components.blocks().collect()) {
        for (var posts : block) {
          int place = places.first().get(posts.encoder());
          for (int i = 0; i < posts.items().length; i++) {
            set(all, posts.items()[i], place, scale, posts.embeddings()[i]);
          }
        }
      }
    }
    if (hasAuthors) {
      double scale = authorScale * length;
      for (int item = 0; item < items.rows(); item++) {
        if (authors[item] != null) {
          set(all, item, authorPlace, scale, signature(authors[item]));
        }
      }
    }
    return all;
  }

  private static void set(FactorMatrix matrix, int row, int place, double scale, float[] values) {
    for (int j = 0; j < values.length; j++) {
      matrix.set(row, place + j, scale * values[j]);
    }
  }

  /** Root mean square of the length of the vectors that somebody engaged with. */
  private static double length(FactorMatrix items, int[] counts) {
    double squares = 0;
    long engaged = 0;
    for (int item = 0; item < counts.length; item++) {
      for (int j = 0; counts[item] > 0 && j < items.columns(); j++) {
        squares += (double) items.get(item, j) * items.get(item, j);
      }
      engaged += counts[item] > 0 ? 1 : 0;
    }
    return Math.sqrt(squares / Math.max(1, engaged));
  }

  /** A direction of an author's own, nearly orthogonal to all others'. */
  private static float[] signature(String author) {
    var random = new SplittableRandom(UserHistory.hash64(author));
    var signature = new float[AUTHOR_SIGNATURE];
    for (int j = 0; j < signature.length; j++) {
      signature[j] = (float) ((random.nextBoolean() ? 1 : -1) / Math.sqrt(AUTHOR_SIGNATURE));
    }
    return signature;
  }
}
