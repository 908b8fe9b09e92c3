package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A published way to evaluate recommendations.
 *
 * @param name of the data, in figures
 * @param splits how many there are
 * @param split each of them
 * @param validation a split of the first split's train part, which settings are chosen on
 * @param measure what is measured
 * @param chosenBy names of the figures whose sum a setting is chosen by
 * @param items what is known of them beside who engaged with them
 */
record Protocol(
    String name,
    int splits,
    IntFunction<Split> split,
    Split validation,
    Measure measure,
    List<String> chosenBy,
    Items items) {

  /** Names of the figures that methods are compared by. */
  List<String> compared() {
    return measure.names().stream()
        .filter(name -> chosenBy.contains(name.substring(name.lastIndexOf('.') + 1)))
        .toList();
  }

  /**
   * What is known of items. Each part is empty where nothing is.
   *
   * @param content a vector of each, all of one length
   * @param authors who made each
   * @param created when, in seconds since 1970
   */
  record Items(float[][] content, String[] authors, long[] created) {
    static Items of(float[][] content) {
      return new Items(content, new String[0], new long[0]);
    }

    boolean hasContent() {
      return content.length > 0;
    }

    boolean hasTimes() {
      return created.length > 0;
    }
  }
}
