package io.nightfeed.tune;

import io.nightfeed.config.Settings.SearchRange;
import io.nightfeed.config.Settings.Tune;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Draws candidates from the ranges of {@code tune.space}. Points of a Sobol sequence spread more
 * evenly than independent draws (Bousquet et al. 2017); each of its dimensions is shifted, modulo
 * 1, by a hash of the seed and the setting's key (Cranley and Patterson 1976). Of a dimension's
 * number the part below {@code tune.kept-share} leaves the setting as it is set, the rest is spread
 * over the range. A candidate depends on its number, not on how many there are.
 */
final class SearchSpace {
  private static final MathContext DIGITS = new MathContext(3);

  /** Points in a row without a new candidate: the space is used up. */
  private static final int MOST_REPETITIONS = 1000;

  private final Tune tune;

  SearchSpace(Tune tune) {
    this.tune = tune;
  }

  /** The settings as set, and others, each once; fewer than asked for where there are no more. */
  List<Candidate> candidates() {
    var candidates = new ArrayList<>(List.of(new Candidate(Candidate.AS_SET, Map.of())));
    if (tune.space().isEmpty()) {
      return candidates;
    }
    var points = new SobolSequenceGenerator(tune.space().size());
    var shifts = tune.space().stream().mapToDouble(this::shift).toArray();
    var known = new HashSet<>(List.of(Map.<String, String>of()));
    int repetitions = 0;
    while (candidates.size() < tune.trials() && repetitions < MOST_REPETITIONS) {
      var changes = changes(points.nextVector(), shifts);
      repetitions = known.contains(changes) ? repetitions + 1 : 0;
      if (known.add(changes)) {
        candidates.add(new Candidate(candidates.size(), changes));
      }
    }
    return candidates;
  }

  private double shift(SearchRange range) {
    return new SplittableRandom(tune.seed() * 0x9E3779B97F4A7C15L + range.key().hashCode())
        .nextDouble();
  }

  private Map<String, String> changes(double[] point, double[] shifts) {
    var changes = new TreeMap<String, String>();
    for (int dimension = 0; dimension < point.length; dimension++) {
      double drawn = (point[dimension] + shifts[dimension]) % 1;
      if (drawn >= tune.keptShare()) {
        var range = tune.space().get(dimension);
        var value = value(range, (drawn - tune.keptShare()) / (1 - tune.keptShare()));
        if (!isAsSet(range, value)) {
          changes.put(range.key(), value);
        }
      }
    }
    return changes;
  }

  private static boolean isAsSet(SearchRange range, String value) {
    return range.values().isEmpty()
        ? Double.parseDouble(value) == Double.parseDouble(range.asSet())
        : value.equalsIgnoreCase(range.asSet());
  }

  /**
   * @param drawn in [0, 1)
   */
  static String value(SearchRange range, double drawn) {
    if (!range.values().isEmpty()) {
      return range.values().get((int) (drawn * range.values().size()));
    }
    double value =
        range.isLogarithmic()
            ? range.from() * Math.pow(range.to() / range.from(), drawn)
            : range.from() + (range.to() - range.from()) * drawn;
    if (range.multipleOf() == 0) {
      return BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }
    var multiple = BigDecimal.valueOf(range.multipleOf());
    return BigDecimal.valueOf(value)
        .divide(multiple, 0, RoundingMode.HALF_UP)
        .multiply(multiple)
        .toPlainString();
  }
}
