package io.nightfeed.report;

import java.util.ArrayList;
import java.util.List;

/**
 * How often posts are recommended, as a histogram.
 *
 * @param levels by number of lists, ascending
 */
record Exposure(List<Level> levels) {
  private static final int CURVE_POINTS = 200;

  /** Posts that appear in the same number of lists. */
  record Level(long lists, long posts) implements Comparable<Level> {
    @Override
    public int compareTo(Level other) {
      return Long.compare(lists, other.lists);
    }
  }

  long posts() {
    return levels.stream().mapToLong(Level::posts).sum();
  }

  long recommendations() {
    return levels.stream().mapToLong(level -> level.lists() * level.posts()).sum();
  }

  /**
   * The Gini coefficient over n posts with exposures x₁ ≤ … ≤ xₙ: 2·Σ i·xᵢ / (n·Σ xᵢ) − (n+1)/n
   * (Gini 1912, in the form for sorted values). Null without recommendations.
   */
  Double gini() {
    var posts = posts();
    var total = recommendations();
    if (total == 0) {
      return null;
    }
    var before = 0L;
    var weighted = 0.0;
    for (var level : levels) {
      // Σ i for the posts of this level: their places are before + 1 … before + posts.
      var places = (double) level.posts() * before + level.posts() * (level.posts() + 1.0) / 2;
      weighted += places * level.lists();
      before += level.posts();
    }
    return 2 * weighted / ((double) posts * total) - (posts + 1.0) / posts;
  }

  /** Cumulative percent of recommendations against cumulative percent of posts. */
  List<Chart.Point> lorenz() {
    var posts = (double) Math.max(1, posts());
    var total = (double) Math.max(1, recommendations());
    var points = new ArrayList<Chart.Point>();
    points.add(new Chart.Point(0, 0));
    var postsSoFar = 0L;
    var listsSoFar = 0L;
    for (var level : levels) {
      postsSoFar += level.posts();
      listsSoFar += level.lists() * level.posts();
      var point = new Chart.Point(100 * postsSoFar / posts, 100 * listsSoFar / total);
      var last = points.get(points.size() - 1);
      var step = Math.max(point.x() - last.x(), point.y() - last.y());
      if (step >= 100.0 / CURVE_POINTS || postsSoFar == posts) {
        points.add(point);
      }
    }
    return points;
  }
}
