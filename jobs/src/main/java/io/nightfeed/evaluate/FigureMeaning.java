package io.nightfeed.evaluate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a figure says, for the reader of a page.
 *
 * @param best which value is the best one
 * @param text a sentence, with the source of the definition
 */
record FigureMeaning(Best best, String text) {

  /** Which of several values is the best. */
  enum Best {
    HIGHEST(value -> value),
    LOWEST(value -> -value),
    NEAREST_TO_ZERO(value -> -Math.abs(value));

    private final ToDoubleFunction<Double> worth;

    Best(ToDoubleFunction<Double> worth) {
      this.worth = worth;
    }

    /** Whether none of them is better; what is not a number is never the best. */
    boolean isBest(double value, Collection<Double> all) {
      return !Double.isNaN(value)
          && all.stream()
              .filter(other -> !other.isNaN())
              .allMatch(other -> worth.applyAsDouble(other) <= worth.applyAsDouble(value));
    }

    String words() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

  private static final Map<String, FigureMeaning> MEANINGS = meanings();

  private static Map<String, FigureMeaning> meanings() {
    var meanings = new LinkedHashMap<String, FigureMeaning>();
    meanings.put(
        "ndcg",
        highest(
            "Normalised discounted cumulative gain of the list (Järvelin and Kekäläinen 2002): what is"
                + " found counts more the earlier it comes. The ideal list is as long as the list, at"
                + " most."));
    meanings.put("recall", highest("Share of what was to be found that is in the list."));
    meanings.put("precision", highest("Share of the list that was to be found."));
    meanings.put(
        "map", highest("Mean precision at the places of what is found, over what could be found."));
    meanings.put("mrr", highest("Mean of 1 over the place of the first that is found."));
    meanings.put(
        Measure.AREA,
        highest(
            "Area under the curve: how often something to be found ranks before something else, ties"
                + " half; chance has 0.5. Of the whole ranking, or of the sample where one is drawn."));
    meanings.put(
        ListFigures.COVERAGE,
        highest(
            "Share of the items that could be ranked that are in anybody's list (Ge et al. 2010)."));
    meanings.put(
        ListFigures.GINI,
        new FigureMeaning(
            Best.LOWEST,
            "Gini coefficient of how many lists each item is in: 0 where all are in as many, near 1"
                + " where few are in all."));
    meanings.put(
        ListFigures.NOVELTY,
        highest(
            "Mean self-information of what is listed, in bits: -log2 of the share of train users who"
                + " met it, at least one user (Zhou et al. 2010)."));
    meanings.put(
        ListFigures.DIVERSITY,
        highest(
            "1 less the mean cosine of the contents of two items of a list (Ziegler et al. 2005)."));
    meanings.put(
        ListFigures.MISCALIBRATION,
        new FigureMeaning(
            Best.LOWEST,
            "Kullback-Leibler divergence of a list's categories from those of the user's history, in"
                + " nats, the list's mixed with 1 % of the history's (Steck 2018); 0: the same."));
    meanings.put(
        ListFigures.POPULARITY_LIFT,
        new FigureMeaning(
            Best.NEAREST_TO_ZERO,
            "Mean popularity of what is listed over that of what users met, less 1 (Abdollahpouri et"
                + " al. 2019): 0.5 is half as much more popular, below 0 less popular than"
                + " histories."));
    return meanings;
  }

  private static FigureMeaning highest(String text) {
    return new FigureMeaning(Best.HIGHEST, text);
  }

  /** Of a figure; the length of lists and what they are among are no part of what it means. */
  static FigureMeaning of(String figure) {
    return MEANINGS.get(bare(figure));
  }

  /** Its name without the length of lists and what they are among. */
  static String bare(String figure) {
    return figure.substring(figure.lastIndexOf('.') + 1).replaceFirst("\\d+$", "");
  }
}
