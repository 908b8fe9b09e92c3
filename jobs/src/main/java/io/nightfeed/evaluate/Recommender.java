package io.nightfeed.evaluate;

import java.util.List;

/**
 * A way to recommend, with the settings that are tried.
 *
 * @param name in figures
 * @param grid settings, of which the best on the validation part is taken
 */
record Recommender(String name, List<Setting> grid) {

  /** Scores of all items for a user; a higher one ranks before a lower. */
  @FunctionalInterface
  interface Scores {
    void write(int user, double[] scores);
  }

  /** How scores are learned. */
  @FunctionalInterface
  interface Fit {
    Scores fit(Interactions train) throws Exception;
  }

  /**
   * @param description of the setting, for the reader
   */
  record Setting(String description, Fit fit) {}
}
