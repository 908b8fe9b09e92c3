package io.nightfeed.tune;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.SearchRange;
import io.nightfeed.config.Settings.Tune;
import io.nightfeed.tune.SuccessiveHalving.Result;
import io.nightfeed.tune.SuccessiveHalving.Rung;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/** Runs a search, and shows and keeps every trial. */
final class Search {
  private final String id;
  private final Tune tune;
  private final List<LocalDate> nights;
  private final TrialLog log;
  private final Optional<MlflowRuns> mlflow;
  private final PrintWriter out;
  private int skipped;

  /**
   * @param id what {@link #id} says
   * @param nights that every candidate is measured on
   * @param mlflow where trials are shown, too
   */
  Search(
      String id,
      Tune tune,
      List<LocalDate> nights,
      TrialLog log,
      Optional<MlflowRuns> mlflow,
      PrintWriter out) {
    this.id = id;
    this.tune = tune;
    this.nights = nights;
    this.log = log;
    this.mlflow = mlflow;
    this.out = out;
  }

  /**
   * A digest of what figures of trials depend on. The number of candidates is not in it: a search
   * for more goes on from one for fewer.
   *
   * @param data version of the rows, by night
   */
  static String id(Settings settings, Map<LocalDate, String> data, int windowDays) {
    var tune = settings.tune();
    var version = Search.class.getPackage().getImplementationVersion();
    var identity =
        String.join(
            "|",
            new TreeMap<>(data).toString(),
            String.valueOf(windowDays),
            settings.digest(),
            tune.space().toString(),
            tune.firstShare()
                + " "
                + tune.reductionFactor()
                + " "
                + tune.keptShare()
                + " "
                + tune.seed(),
            String.valueOf(version));
    return HexFormat.of().formatHex(DigestUtils.sha256(identity), 0, 8);
  }

  /** Measures a candidate on one night. */
  @FunctionalInterface
  interface NightMeasurement {
    double[] of(LocalDate night, Candidate candidate, Rung rung);
  }

  /**
   * Measures what is not finished yet.
   *
   * @return the candidates of the last rung, the best first
   */
  List<Result> run(NightMeasurement measurement) {
    var candidates = new SearchSpace(tune).candidates();
    var halving = new SuccessiveHalving(tune.firstShare(), tune.reductionFactor());
    out.printf("Search %s: %d candidates, %d nights%n", id, candidates.size(), nights.size());
    for (var rung : halving.rungs()) {
      out.printf(
          "  rung %d: %d candidates, %.3g%% of users%n",
          rung.number(), halving.size(candidates.size(), rung), 100 * rung.share());
    }
    out.flush();
    var results =
        halving.run(candidates, (candidate, rung) -> measured(candidate, rung, measurement));
    if (skipped > 0) {
      out.printf(
          "%d trials were finished before and are not measured again; --restart does so.%n",
          skipped);
      out.flush();
    }
    return results;
  }

  /** How many trials were finished before. */
  int skipped() {
    return skipped;
  }

  private List<double[]> measured(Candidate candidate, Rung rung, NightMeasurement measurement) {
    return nights.stream().map(night -> measured(night, candidate, rung, measurement)).toList();
  }

  private double[] measured(
      LocalDate night, Candidate candidate, Rung rung, NightMeasurement measurement) {
    var known = log.ndcg(night, candidate, rung);
    if (known.isPresent()) {
      skipped++;
      show(night, candidate, rung, known.get(), "finished before");
      return known.get();
    }
    long started = System.nanoTime();
    var ndcg = measurement.of(night, candidate, rung);
    double seconds = (System.nanoTime() - started) / 1e9;
    log.add(night, candidate, rung, ndcg, seconds);
    show(night, candidate, rung, ndcg, "%.1f s".formatted(seconds));
    mlflow.ifPresent(
        runs ->
            runs.add(
                "%s, trial %d, rung %d".formatted(night, candidate.trial(), rung.number()),
                parameters(candidate),
                Map.of("ndcg20", mean(ndcg), "users", (double) ndcg.length, "seconds", seconds),
                Map.of(
                    "nightfeed.search_id", id,
                    "nightfeed.night", night.toString(),
                    "nightfeed.trial", String.valueOf(candidate.trial()),
                    "nightfeed.rung", String.valueOf(rung.number()),
                    "nightfeed.user_share", String.valueOf(rung.share()))));
    return ndcg;
  }

  /** Every setting of the space as the candidate has it. */
  private Map<String, String> parameters(Candidate candidate) {
    var parameters = new TreeMap<String, String>();
    tune.space().forEach((SearchRange range) -> parameters.put(range.key(), range.asSet()));
    parameters.putAll(candidate.changes());
    return parameters;
  }

  private void show(LocalDate night, Candidate candidate, Rung rung, double[] ndcg, String cost) {
    out.println(
        String.format(
            Locale.ROOT,
            "%s  rung %d  trial %2d  NDCG@20 %.4f of %,d users  %s  (%s)",
            night,
            rung.number(),
            candidate.trial(),
            mean(ndcg),
            ndcg.length,
            candidate,
            cost));
    out.flush();
  }

  private static double mean(double[] ndcg) {
    return Arrays.stream(ndcg).average().orElseThrow();
  }
}
