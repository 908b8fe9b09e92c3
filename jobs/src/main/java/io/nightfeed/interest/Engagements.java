package io.nightfeed.interest;

import java.util.List;
import java.util.stream.IntStream;

/** Who engaged with a post once is as good as who did often; the rest is not observed. */
record Engagements() implements ItemLinks.Weights {
  @Override
  public double activity(UserHistory history) {
    return 1;
  }

  @Override
  public double weight(UserHistory history, int row, double activity) {
    return isFirst(history, row) ? 1 : 0;
  }

  @Override
  public double weightedTarget(UserHistory history, int row) {
    return weight(history, row, 1);
  }

  /** Of the user with the post: rows are sorted by post, and then by engagement. */
  static boolean isFirst(UserHistory history, int row) {
    boolean isRepeated =
        row > 0
            && history.items()[row - 1] == history.items()[row]
            && history.engagement()[row - 1] > 0;
    return history.engagement()[row] > 0 && !isRepeated;
  }

  /** The posts that a user engaged with, ascending. */
  static int[] posts(UserHistory history) {
    return IntStream.range(0, history.size())
        .filter(row -> isFirst(history, row))
        .map(row -> history.items()[row])
        .toArray();
  }

  /** People who engaged with each post. */
  static int[] counts(TrainingData data) {
    int posts = data.posts().length;
    var sums = new int[posts];
    for (var part : data.users().map(block -> counts(block, posts)).collect()) {
      for (int item = 0; item < posts; item++) {
        sums[item] += part[item];
      }
    }
    return sums;
  }

  private static int[] counts(List<UserHistory> block, int posts) {
    var counts = new int[posts];
    for (var history : block) {
      for (int item : posts(history)) {
        counts[item]++;
      }
    }
    return counts;
  }
}
