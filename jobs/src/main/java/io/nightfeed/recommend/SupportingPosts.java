package io.nightfeed.recommend;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The posts of a user's history that explain why a candidate's behaviour score is high.
 *
 * <p>A post p speaks for candidate c by {@code residual_p · (v_p · v_c)}: how much more the user
 * engaged with p than everybody would have, times how alike the two are.
 */
final class SupportingPosts {
  /** Posts named per recommendation. */
  static final int MOST = 3;

  private SupportingPosts() {}

  /**
   * A post of the user's history.
   *
   * @param residual the engagement that the population's weights leave unexplained
   * @param vector v_p, without the bias coordinate, which every post shares
   */
  record Past(String postId, double residual, float[] vector) {}

  private record Contribution(String postId, double value) {}

  /**
   * Ids of up to three posts that speak for a candidate, strongest first, ties by id. Posts that
   * the user engaged with less than expected are never among them, even where the candidate is
   * their opposite: a reader would not take them for a reason.
   *
   * @param items block that holds the candidate's vector; its first coordinates are v_c
   */
  static List<String> of(List<Past> history, VectorBlock items, int candidate) {
    return history.stream()
        .filter(past -> past.residual() > 0)
        .map(past -> new Contribution(past.postId(), contribution(past, items, candidate)))
        .filter(contribution -> contribution.value() > 0)
        .sorted(
            Comparator.comparingDouble(Contribution::value)
                .reversed()
                .thenComparing(Contribution::postId))
        .limit(MOST)
        .map(Contribution::postId)
        .toList();
  }

  private static double contribution(Past past, VectorBlock items, int candidate) {
    var start = candidate * items.width();
    return past.residual()
        * IntStream.range(0, past.vector().length)
            .mapToDouble(k -> (double) past.vector()[k] * items.values()[start + k])
            .reduce(0, Double::sum);
  }
}
