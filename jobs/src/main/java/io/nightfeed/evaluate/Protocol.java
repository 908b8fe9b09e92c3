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
 * @param content what is known of each item but who engaged with it, a vector of a common length
 *     each; empty where nothing is
 */
record Protocol(
    String name,
    int splits,
    IntFunction<Split> split,
    Split validation,
    Measure measure,
    List<String> chosenBy,
    float[][] content) {

  boolean hasContent() {
    return content.length > 0;
  }
}
