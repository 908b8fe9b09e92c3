package io.nightfeed.evaluate;

/** Users by how many posts they engaged with: what is known of few differs from the rest. */
enum HistorySegment {
  LIGHT("up to 2 posts", 0, 2),
  MEDIUM("3 to 9 posts", 3, 9),
  HEAVY("10 posts and more", 10, Integer.MAX_VALUE);

  private final String title;
  private final int least;
  private final int most;

  HistorySegment(String title, int least, int most) {
    this.title = title;
    this.least = least;
    this.most = most;
  }

  String title() {
    return title;
  }

  /**
   * @param size posts that a user engaged with
   */
  boolean holds(int size) {
    return size >= least && size <= most;
  }
}
