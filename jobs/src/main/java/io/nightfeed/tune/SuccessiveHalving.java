package io.nightfeed.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Successive halving (Jamieson and Talwalkar 2016): all candidates are measured on a small share of
 * users, the best ⌈n/η⌉ of n on η times as many, and so on until all users are in:
 *
 * <pre>
 *   share_k = min(1, first · η^k),  n_0 = all,  n_(k+1) = ⌈n_k / η⌉
 * </pre>
 *
 * <p>The resource is users, and not iterations: with a quarter of the users a fit took half the
 * time, with a quarter of the iterations nearly all of it, and fewer iterations favour settings
 * that learn fast. Samples are by a hash of user ids, the smaller in the greater. Ridges and the
 * weight of unobserved pairs grow with users, so that they mean the same in a sample.
 *
 * <p>The settings as set go along to the last rung beside those that stay, since the winner is
 * compared with them.
 *
 * @param firstShare of users, in (0, 1]
 * @param reductionFactor η, 2 or more
 */
record SuccessiveHalving(double firstShare, int reductionFactor) {

  /** A round: candidates are measured on a share of users. */
  record Rung(int number, double share) {}

  /**
   * A candidate measured.
   *
   * @param nights NDCG by night and user; of the same users for all candidates of a rung
   */
  record Result(Candidate candidate, List<double[]> nights) {
    double mean() {
      return Arrays.stream(ndcg()).average().orElseThrow();
    }

    /** Of all nights, one after another. */
    double[] ndcg() {
      return nights.stream().flatMapToDouble(Arrays::stream).toArray();
    }
  }

  /** Measures a candidate. */
  @FunctionalInterface
  interface Measurement {
    List<double[]> of(Candidate candidate, Rung rung);
  }

  List<Rung> rungs() {
    var rungs = new ArrayList<Rung>();
    double share = firstShare;
    // Three thirds of a third may fall short of 1 by a last digit.
    for (; share < 1 - 1e-9; share *= reductionFactor) {
      rungs.add(new Rung(rungs.size(), share));
    }
    rungs.add(new Rung(rungs.size(), 1));
    return rungs;
  }

  /** How many candidates a rung measures. */
  int size(int candidates, Rung rung) {
    int others = candidates - 1;
    for (int before = 0; before < rung.number(); before++) {
      others = kept(others);
    }
    return 1 + others;
  }

  private int kept(int others) {
    return (others + reductionFactor - 1) / reductionFactor;
  }

  /**
   * @param candidates the settings as set among them
   * @return those of the last rung, the best first; of equal ones the lower number
   */
  List<Result> run(List<Candidate> candidates, Measurement measurement) {
    var left = candidates;
    var results = List.<Result>of();
    for (var rung : rungs()) {
      if (rung.number() > 0) {
        left = best(results);
      }
      results =
          left.stream()
              .map(candidate -> new Result(candidate, measurement.of(candidate, rung)))
              .sorted(
                  Comparator.comparingDouble(Result::mean)
                      .reversed()
                      .thenComparingInt(result -> result.candidate().trial()))
              .toList();
    }
    return results;
  }

  /** The settings as set, and the best of the others, by number. */
  private List<Candidate> best(List<Result> results) {
    var others =
        results.stream().map(Result::candidate).filter(candidate -> !candidate.isAsSet()).toList();
    var left = new ArrayList<>(others.subList(0, kept(others.size())));
    left.add(asSet(results).candidate());
    left.sort(Comparator.comparingInt(Candidate::trial));
    return left;
  }

  /** The settings as set among results. */
  static Result asSet(List<Result> results) {
    return results.stream().filter(one -> one.candidate().isAsSet()).findFirst().orElseThrow();
  }
}
