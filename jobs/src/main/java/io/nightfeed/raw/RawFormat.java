package io.nightfeed.raw;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Where raw files lie and which version of the format they have. */
public final class RawFormat {
  /** Raised when a field changes its meaning or becomes required; new optional fields do not. */
  public static final int VERSION = 1;

  /** The one file of a landing folder that Nightfeed's own commands write. */
  public static final String PART_FILE = "part-00000.jsonl.gz";

  /** What a simulated platform knows about itself; ingest never reads it. */
  public static final String TRUTH_FOLDER = "truth";

  /** The files of {@link #TRUTH_FOLDER}; the last is written last. */
  public static final List<String> TRUTH_FILES =
      List.of("users.jsonl.gz", "moods.jsonl.gz", "posts.jsonl.gz", "parameters.json");

  private RawFormat() {}

  /** The folder of everything that landed on one date. */
  public static Path landingFolder(Path raw, RawSource source, LocalDate landing) {
    return raw.resolve(source.folder()).resolve(landing.toString());
  }

  /**
   * The date on which a record lands. Each lands on the UTC date on which it happened; when there
   * is a first night, everything from before it lands together on its eve, as a backlog.
   *
   * @param firstNight null when there is no backlog
   */
  public static LocalDate landingDate(Instant happened, LocalDate firstNight) {
    return landingDate(happened.atOffset(ZoneOffset.UTC).toLocalDate(), firstNight);
  }

  /** As {@link #landingDate(Instant, LocalDate)}, for a record that arrived on the given date. */
  public static LocalDate landingDate(LocalDate arrived, LocalDate firstNight) {
    return firstNight != null && arrived.isBefore(firstNight) ? firstNight.minusDays(1) : arrived;
  }
}
