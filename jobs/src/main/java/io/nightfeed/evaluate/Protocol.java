package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A published way to evaluate recommendations.
 *
 * @param name of the data, in figures
 * @param words how it is measured, sentences for the reader
 * @param splits how many there are
 * @param split each of them
 * @param validation a split of the first split's train part, which settings are chosen on
 * @param measure what is measured
 * @param chosenBy names of the figures whose sum a setting is chosen by; methods are ranked by the
 *     first
 * @param listLength how many items the lists hold whose coverage, novelty and so on are told
 * @param items what is known of them beside who engaged with them
 */
record Protocol(
    String name,
    String words,
    int splits,
    IntFunction<Split> split,
    Split validation,
    Measure measure,
    List<String> chosenBy,
    int listLength,
    Items items) {

  /** Names of the figures that methods are compared by. */
  List<String> compared() {
    return measure.printed().stream()
        .filter(name -> chosenBy.contains(name.substring(name.lastIndexOf('.') + 1)))
        .toList();
  }

  /** Name of the figure that methods are ranked by. */
  String main() {
    return chosenBy.get(0);
  }

  /**
   * What is known of items. Each part is empty where nothing is.
   *
   * @param content a vector of each, all of one length
   * @param authors who made each
   * @param created when, in seconds since 1970
   * @param categories numbers of those that each is of, genres say
   */
  record Items(float[][] content, String[] authors, long[] created, int[][] categories) {
    Items(float[][] content, String[] authors, long[] created) {
      this(content, authors, created, new int[0][]);
    }

    static Items of(float[][] content) {
      return new Items(content, new String[0], new long[0]);
    }

    boolean hasCategories() {
      return categories.length > 0;
    }

    boolean hasContent() {
      return content.length > 0;
    }

    boolean hasTimes() {
      return created.length > 0;
    }
  }
}
