package io.nightfeed.recommend;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.Reader;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One reader's list as it grows, place by place; {@link Reranking} says by which rules. */
final class GreedyPass {
  /** Of shares that are ratios of small numbers. */
  private static final double ROUNDING = 1e-9;

  private final Reranking rules;
  private final Settings.Reranking settings;
  private final Reader reader;
  private final List<Placed> remaining = new ArrayList<>();
  private final List<Placed> places = new ArrayList<>();
  private final double[] likeness;
  private final Map<String, Integer> ofAuthor = new HashMap<>();
  private final EmotionCalibration calibration;
  private int negative;
  private boolean hasGuarded;

  /**
   * @param settings which may be others than those of the rules
   * @param best the best posts, best first
   */
  GreedyPass(Reranking rules, Settings.Reranking settings, Reader reader, List<Scored> best) {
    this.rules = rules;
    this.settings = settings;
    this.reader = reader;
    for (var scored : best) {
      remaining.add(new Placed(scored, remaining.size() + 1, 1));
    }
    likeness = new double[best.size()];
    boolean isCalibrated = settings.calibration() > 0 && reader.tone() != null;
    calibration = isCalibrated ? new EmotionCalibration(reader.tone()) : null;
  }

  /** Fills as many places as there are, or as there may be. */
  GreedyPass fill(int size) {
    while (places.size() < size) {
      int next = next();
      if (next < 0) {
        break;
      }
      place(remaining.remove(next));
    }
    return this;
  }

  List<Placed> places() {
    return List.copyOf(places);
  }

  /** Whether the guard kept a post from a place that it would have had. */
  boolean hasGuarded() {
    return hasGuarded;
  }

  /**
   * Posts without a place that may take the place of any other, by author: the guard lets them
   * everywhere, and their author has room.
   */
  List<List<Placed>> replacements() {
    var authors = new LinkedHashMap<String, List<Placed>>();
    for (var other : remaining) {
      int candidate = other.scored().candidate();
      if (hasRoom(candidate) && !(reader.isGuarded() && rules.isNegative(candidate))) {
        authors
            .computeIfAbsent(rules.facts().authors()[candidate], author -> new ArrayList<>())
            .add(other);
      }
    }
    return List.copyOf(authors.values());
  }

  /** Index of the post for the next place; -1 where none may stand there. */
  private int next() {
    boolean mayBeNegative = negative + 1 <= reader.mostNegative() * (places.size() + 1) + ROUNDING;
    int next = -1;
    int ofAnyAuthor = -1;
    double greatest = Double.NEGATIVE_INFINITY;
    double greatestOfAny = Double.NEGATIVE_INFINITY;
    double greatestGuarded = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < remaining.size(); i++) {
      var placed = remaining.get(i);
      int candidate = placed.scored().candidate();
      double value = value(placed);
      if (!mayBeNegative && rules.isNegative(candidate)) {
        greatestGuarded = Math.max(greatestGuarded, value);
        continue;
      }
      if (value > greatestOfAny) {
        greatestOfAny = value;
        ofAnyAuthor = i;
      }
      if (value > greatest && hasRoom(candidate)) {
        greatest = value;
        next = i;
      }
    }
    hasGuarded |= greatestGuarded > Double.NEGATIVE_INFINITY && greatestGuarded >= greatest;
    return next >= 0 ? next : ofAnyAuthor;
  }

  private boolean hasRoom(int candidate) {
    return ofAuthor.getOrDefault(rules.facts().authors()[candidate], 0) < settings.maxPerAuthor();
  }

  private double value(Placed placed) {
    int candidate = placed.scored().candidate();
    double relevance = placed.scored().score() / remaining.get(0).scored().score();
    if (settings.freshnessHalfLifeDays() > 0) {
      relevance *= rules.freshness(candidate);
    }
    double value =
        (1 - settings.diversity()) * relevance
            - settings.diversity() * likeness[placed.rankByScore() - 1];
    return calibration == null
        ? value
        : (1 - settings.calibration()) * value
            - settings.calibration() * calibration.divergenceWith(rules.emotions(candidate));
  }

  private void place(Placed chosen) {
    int candidate = chosen.scored().candidate();
    places.add(chosen);
    ofAuthor.merge(rules.facts().authors()[candidate], 1, Integer::sum);
    negative += rules.isNegative(candidate) ? 1 : 0;
    if (calibration != null) {
      calibration.add(rules.emotions(candidate));
    }
    if (settings.diversity() > 0) {
      for (var other : remaining) {
        int rank = other.rankByScore() - 1;
        likeness[rank] =
            Math.max(likeness[rank], rules.likeness(candidate, other.scored().candidate()));
      }
    }
  }
}
