package io.nightfeed.evaluate;

import java.util.List;

/**
 * A way to recommend, with the settings that are tried.
 *
 * @param name in figures
 * @param role in the comparison
 * @param grid settings, of which the best on the validation part is taken
 */
record Recommender(String name, Role role, List<Setting> grid) {

  /** What a method is compared for. */
  enum Role {
    /** The interest model. */
    OURS,
    /** The interest model in another form: less a part of it, or as it is published. */
    FORM,
    RIVAL
  }

  /** The interest model, by its name, or a rival. */
  Recommender(String name, List<Setting> grid) {
    this(name, name.equals(Comparison.OURS) ? Role.OURS : Role.RIVAL, grid);
  }

  /** The same as another form of the interest model. */
  Recommender asForm() {
    return new Recommender(name, Role.FORM, grid);
  }

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
