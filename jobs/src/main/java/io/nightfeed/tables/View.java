package io.nightfeed.tables;

import java.util.List;
import java.util.Optional;

/**
 * A table in another shape, by SQL.
 *
 * @param name without a layer, such as {@code recommendations_top10}
 * @param comment what one row is
 * @param source the table behind it
 * @param select a SELECT over the source, which stands as {@code %s}
 */
public record View(String name, String comment, TableSpec source, String select) {
  public static final View RECOMMENDATIONS_TOP10 =
      new View(
          "recommendations_top10",
          "The first ten places of every user's list.",
          Gold.RECOMMENDATIONS,
          """
          SELECT run_date, user_id, rank, post_id, score, behaviour_share, emotion_share, reason, model_version
          FROM %s WHERE rank <= 10""");

  public static final View RECOMMENDATIONS_NESTED =
      new View(
          "recommendations_nested",
          "Every user's list in one row, for key-value stores; places in order.",
          Gold.RECOMMENDATIONS,
          """
          SELECT run_date, user_id, max(model_version) AS model_version,
            sort_array(collect_list(named_struct('rank', rank, 'post_id', post_id, 'score', score,
              'behaviour_share', behaviour_share, 'emotion_share', emotion_share, 'reason', reason))) AS recommendations
          FROM %s GROUP BY run_date, user_id""");

  public static final List<View> ALL = List.of(RECOMMENDATIONS_TOP10, RECOMMENDATIONS_NESTED);

  /** The view of a name. */
  public static Optional<View> named(String name) {
    return ALL.stream().filter(view -> view.name().equals(name)).findFirst();
  }

  /**
   * @param relation what stands for the source: a table's or a temporary view's name, never text
   *     from outside
   */
  public String sql(String relation) {
    return select.formatted(relation);
  }
}
