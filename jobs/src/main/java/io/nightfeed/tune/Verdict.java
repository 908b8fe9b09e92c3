package io.nightfeed.tune;

import io.nightfeed.evaluate.PairedBootstrap;
import io.nightfeed.tune.SuccessiveHalving.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
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
 * @param gain the winner's NDCG@20 less theirs, user by user
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

  /** The interval is above 0. */
  boolean isClear() {
    return gain.low() > 0;
  }

  /** Writes the winner's settings that differ, whole or not at all. */
  void write(Path file, LocalDate night, int windowDays, String search) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    var aside = folder.resolve("." + file.getFileName() + ".tmp");
    Files.writeString(aside, overlay(night, windowDays, search));
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String overlay(LocalDate night, int windowDays, String search) {
    var figures =
        String.format(
            Locale.ROOT,
            "NDCG@20 of %,d users: %.4f, with the settings as they were %.4f; difference %.4f [%.4f, %.4f].",
            asSet.ndcg().length,
            winner.mean(),
            asSet.mean(),
            gain.mean(),
            gain.low(),
            gain.high());
    var settings =
        new TreeMap<>(winner.candidate().changes())
            .entrySet().stream()
                .map(one -> "  " + one.getKey() + " = " + one.getValue() + "\n")
                .collect(Collectors.joining());
    return """
        # Found by nightfeed tune, search %s, trial %d. Learned from the night of %s, asked by the %d days after it.
        # %s
        # The interval is at 95 %%, users resampled; the settings were chosen on the same window, which flatters them.
        nightfeed {
        %s}
        """
        .formatted(search, winner.candidate().trial(), night, windowDays, figures, settings);
  }
}
