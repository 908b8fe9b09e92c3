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
 * What a search found.
 *
 * @param winner the best of the last rung
 * @param asSet the settings as set
 * @param gain the winner's NDCG@20 less theirs, user by user and night by night
 */
record Verdict(Result winner, Result asSet, PairedBootstrap gain) {

  /**
   * @param finalists the best first, the settings as set among them
   */
  static Verdict of(List<Result> finalists) {
    var winner = finalists.get(0);
    var asSet = SuccessiveHalving.asSet(finalists);
    return new Verdict(winner, asSet, gain(winner, asSet));
  }

  static PairedBootstrap gain(Result one, Result other) {
    return PairedBootstrap.of(
        IntStream.range(0, one.ndcg().length)
            .mapToDouble(user -> one.ndcg()[user] - other.ndcg()[user])
            .toArray());
  }

  /** The interval is above 0, and no night has the settings as set before. */
  boolean isClear() {
    return gain.low() > 0
        && IntStream.range(0, asSet.nights().size()).allMatch(night -> gainOf(night) > 0);
  }

  private double gainOf(int night) {
    return Arrays.stream(winner.nights().get(night)).average().orElseThrow()
        - Arrays.stream(asSet.nights().get(night)).average().orElseThrow();
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
            "NDCG@20 of %,d lists: %.4f, with the settings as they were %.4f; difference %.4f [%.4f, %.4f], by night %s.",
            asSet.ndcg().length,
            winner.mean(),
            asSet.mean(),
            gain.mean(),
            gain.low(),
            gain.high(),
            IntStream.range(0, nights.size())
                .mapToObj(night -> String.format(Locale.ROOT, "%.4f", gainOf(night)))
                .collect(Collectors.joining(", ")));
    var settings =
        new TreeMap<>(winner.candidate().changes())
            .entrySet().stream()
                .map(one -> "  " + one.getKey() + " = " + one.getValue() + "\n")
                .collect(Collectors.joining());
    return """
        # Found by nightfeed tune, search %s, trial %d. Nights %s, each asked by the %d days after it.
        # %s
        # The interval is at 95 %%, users resampled; the settings were chosen on the same windows, which flatters them.
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
