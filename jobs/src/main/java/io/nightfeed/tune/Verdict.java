package io.nightfeed.tune;

import io.nightfeed.evaluate.PairedBootstrap;
import io.nightfeed.tune.SuccessiveHalving.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A candidate beside the settings as set.
 *
 * @param winner the candidate
 * @param asSet the settings as set
 * @param gain the winner's NDCG@20 less theirs, user by user and night by night
 */
record Verdict(Result winner, Result asSet, PairedBootstrap gain) {

  /**
   * The best that is clearly better than the settings as set; the best where none is.
   *
   * @param finalists the best first, the settings as set among them
   */
  static Verdict of(List<Result> finalists) {
    var asSet = SuccessiveHalving.asSet(finalists);
    var verdicts = finalists.stream().map(one -> of(one, asSet)).toList();
    return verdicts.stream().filter(Verdict::isClear).findFirst().orElse(verdicts.get(0));
  }

  static Verdict of(Result candidate, Result asSet) {
    var mine = candidate.ndcg();
    var theirs = asSet.ndcg();
    Arrays.setAll(mine, list -> mine[list] - theirs[list]);
    return new Verdict(candidate, asSet, PairedBootstrap.of(mine));
  }

  /** The interval is above 0, and on no night the settings as set are as good. */
  boolean isClear() {
    return gain.low() > 0 && byNight().stream().allMatch(one -> one > 0);
  }

  /** The gain of each night. */
  List<Double> byNight() {
    return IntStream.range(0, asSet.nights().size())
        .mapToObj(night -> mean(winner.nights().get(night)) - mean(asSet.nights().get(night)))
        .toList();
  }

  private static double mean(double[] ndcg) {
    return Arrays.stream(ndcg).average().orElseThrow();
  }

  /** For the reader: {@code +0.0021 [+0.0007, +0.0034], by night +0.0010 +0.0031}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%+.4f [%+.4f, %+.4f], by night %s",
        gain.mean(),
        gain.low(),
        gain.high(),
        byNight().stream()
            .map(one -> String.format(Locale.ROOT, "%+.4f", one))
            .collect(Collectors.joining(" ")));
  }

  /** Writes the winner's settings that differ, whole or not at all. */
  void write(Path file, List<LocalDate> nights, int windowDays, String search) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    var aside = folder.resolve("." + file.getFileName() + ".tmp");
    Files.writeString(aside, overlay(nights, windowDays, search));
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String overlay(List<LocalDate> nights, int windowDays, String search) {
    var figures =
        String.format(
            Locale.ROOT,
            "NDCG@20 of %,d lists: %.4f, with the settings as they were %.4f; difference %s.",
            asSet.ndcg().length,
            winner.mean(),
            asSet.mean(),
            this);
    var settings =
        new TreeMap<>(winner.candidate().changes())
            .entrySet().stream()
                .map(one -> "  " + one.getKey() + " = " + one.getValue() + "\n")
                .collect(Collectors.joining());
    return """
        # Found by nightfeed tune, search %s, trial %d. Nights %s, each asked by the %d days after it.
        # %s
        # The interval is at 95 %%, lists resampled; the settings were chosen on the same windows, which flatters them.
        nightfeed {
        %s}
        """
        .formatted(
            search, winner.candidate().trial(), joined(nights), windowDays, figures, settings);
  }

  private static String joined(List<LocalDate> nights) {
    return nights.stream().map(LocalDate::toString).collect(Collectors.joining(", "));
  }
}
