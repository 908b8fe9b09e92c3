package io.nightfeed.recommend;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.TopN.Scored;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Makes lists of the best posts, place by place: each goes to the post of the greatest value among
 * those that may stand there,
 *
 * <pre>
 *   value = (1 - d) · score / best score - d · likeness to the most alike post above
 * </pre>
 *
 * (maximal marginal relevance, Carbonell and Goldstein 1998; likeness is the cosine of content
 * vectors), the better scored one of equals. A post may not stand where its author has as many
 * posts above it as one may have; only where there is no other it may. And it may not where it is
 * negative and the share of negative posts up to that place would be greater than the user may be
 * shown; then the list ends early rather than that.
 */
final class Reranking implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of shares that are ratios of small numbers. */
  private static final double ROUNDING = 1e-9;

  /** No bound on the share of negative posts. */
  static final double UNBOUNDED = 1;

  private final VectorBlock vectors;
  private final int contentWidth;
  private final PostFacts facts;
  private final Settings.Reranking settings;
  private final int size;
  private final double negativeShare;

  /**
   * What is known of candidates beside their vectors, in their order.
   *
   * @param authors who wrote each
   * @param valences of their texts
   */
  record PostFacts(String[] authors, float[] valences) implements Serializable {}

  /**
   * A post and its place by score alone, from 1.
   *
   * @param rankByScore among the best posts that the user may get
   */
  record Placed(Scored scored, int rankByScore) {}

  /**
   * @param contentWidth how many leading coordinates of the vectors describe content
   * @param size most posts in a list
   */
  Reranking(
      VectorBlock vectors,
      int contentWidth,
      PostFacts facts,
      Settings.Reranking settings,
      int size) {
    this.vectors = vectors;
    this.contentWidth = contentWidth;
    this.facts = facts;
    this.settings = settings;
    this.size = size;
    negativeShare =
        IntStream.range(0, facts.valences().length).filter(this::isNegative).count()
            / (double) Math.max(1, facts.valences().length);
  }

  /** How many of the best posts lists are made of. */
  static int pool(Settings.Recommend settings) {
    return settings.topN() * settings.reranking().pool();
  }

  boolean isNegative(int candidate) {
    return facts.valences()[candidate] <= settings.negativeValence();
  }

  /** The share of negative posts among all candidates. */
  double negativeShare() {
    return negativeShare;
  }

  boolean isLowMood(float stateValence) {
    return stateValence <= settings.lowMoodValence();
  }

  /**
   * A list.
   *
   * @param best the best posts, best first
   * @param mostNegative greatest share of negative posts up to any place
   */
  List<Placed> list(List<Scored> best, double mostNegative) {
    var remaining = new ArrayList<Placed>(best.size());
    for (var scored : best) {
      remaining.add(new Placed(scored, remaining.size() + 1));
    }
    var list = new ArrayList<Placed>();
    var likeness = new double[best.size()];
    Map<String, Integer> ofAuthor = new HashMap<>();
    int negative = 0;
    while (list.size() < size) {
      boolean mayBeNegative = negative + 1 <= mostNegative * (list.size() + 1) + ROUNDING;
      int next = next(remaining, likeness, mayBeNegative, ofAuthor);
      if (next < 0) {
        break;
      }
      var chosen = remaining.remove(next);
      int candidate = chosen.scored().candidate();
      list.add(chosen);
      ofAuthor.merge(facts.authors()[candidate], 1, Integer::sum);
      negative += isNegative(candidate) ? 1 : 0;
      if (settings.diversity() > 0) {
        for (var other : remaining) {
          int place = other.rankByScore() - 1;
          likeness[place] =
              Math.max(likeness[place], cosine(candidate, other.scored().candidate()));
        }
      }
    }
    return list;
  }

  /** Index of the post for the next place; -1 where none may stand there. */
  private int next(
      List<Placed> remaining,
      double[] likeness,
      boolean mayBeNegative,
      Map<String, Integer> ofAuthor) {
    int next = -1;
    int ofAnyAuthor = -1;
    double greatest = Double.NEGATIVE_INFINITY;
    double greatestOfAny = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < remaining.size(); i++) {
      var placed = remaining.get(i);
      int candidate = placed.scored().candidate();
      if (isNegative(candidate) && !mayBeNegative) {
        continue;
      }
      double value = value(placed, remaining.get(0), likeness);
      if (value > greatestOfAny) {
        greatestOfAny = value;
        ofAnyAuthor = i;
      }
      if (value > greatest
          && ofAuthor.getOrDefault(facts.authors()[candidate], 0) < settings.maxPerAuthor()) {
        greatest = value;
        next = i;
      }
    }
    return next >= 0 ? next : ofAnyAuthor;
  }

  private double value(Placed placed, Placed best, double[] likeness) {
    double relevance = placed.scored().score() / best.scored().score();
    return (1 - settings.diversity()) * relevance
        - settings.diversity() * likeness[placed.rankByScore() - 1];
  }

  private double cosine(int one, int other) {
    double product = 0;
    double length = 0;
    double otherLength = 0;
    int from = one * vectors.width();
    int otherFrom = other * vectors.width();
    for (int k = 0; k < contentWidth; k++) {
      double x = vectors.values()[from + k];
      double y = vectors.values()[otherFrom + k];
      product += x * y;
      length += x * x;
      otherLength += y * y;
    }
    return length > 0 && otherLength > 0 ? product / Math.sqrt(length * otherLength) : 0;
  }
}
