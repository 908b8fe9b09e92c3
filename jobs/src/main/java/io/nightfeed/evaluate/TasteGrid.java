package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.List;

/**
 * Settings of the interest model's taste that are tried.
 *
 * @param ranks of vectors
 * @param unobservedWeights of pairs that nobody saw together
 * @param regularizations of vectors
 * @param contentScales length of the content against that of vectors
 * @param authorScale length of the author against that of vectors
 * @param freshDays age after which posts rank after all younger ones; empty: never
 * @param hasOffsets posts' vectors may differ from what the head makes of their content
 */
record TasteGrid(
    List<Integer> ranks,
    List<Double> unobservedWeights,
    List<Double> regularizations,
    List<Double> contentScales,
    double authorScale,
    List<Double> freshDays,
    boolean hasOffsets) {

  /** One setting, without content and authors. */
  static TasteGrid of(int rank, double unobservedWeight, double regularization) {
    return new TasteGrid(
        List.of(rank),
        List.of(unobservedWeight),
        List.of(regularization),
        List.of(0.0),
        0,
        List.of(),
        true);
  }

  TasteGrid withContentScales(double... scales) {
    return new TasteGrid(
        ranks,
        unobservedWeights,
        regularizations,
        list(scales),
        authorScale,
        freshDays,
        hasOffsets);
  }

  TasteGrid withAuthorScale(double scale) {
    return new TasteGrid(
        ranks, unobservedWeights, regularizations, contentScales, scale, freshDays, hasOffsets);
  }

  TasteGrid withFreshDays(double... days) {
    return new TasteGrid(
        ranks,
        unobservedWeights,
        regularizations,
        contentScales,
        authorScale,
        list(days),
        hasOffsets);
  }

  TasteGrid withoutOffsets() {
    return new TasteGrid(
        ranks, unobservedWeights, regularizations, contentScales, authorScale, freshDays, false);
  }

  private static List<Double> list(double... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
