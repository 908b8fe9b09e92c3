package io.nightfeed.lake;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/**
 * Looks for damage in the files of one table: reads its log entry by entry, from the first on, and
 * compares what it comes to with every checkpoint, every checksum and, at the end, the data files.
 * Changes nothing.
 */
public final class TableCheck {
  /** Younger temporary files may be those of a job that runs now. */
  static final Duration YOUNG = Duration.ofMinutes(10);

  private final LogReader reader;
  private final TableSpec table;
  private final Path folder;
  private final LogFiles log;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<Long> badCheckpoints = new TreeSet<>();

  /** Damaged ones that no entries could stand in for, since the last whole one. */
  private final Set<Long> neededCheckpoints = new TreeSet<>();

  /** Versions whose checksum tells of other files, since the last one that agreed. */
  private final Set<Long> differing = new LinkedHashSet<>();

  /** Versions that could not be read since the last checkpoint. */
  private final TreeMap<Long, Damage> unread = new TreeMap<>();

  private Optional<LiveFiles> live = Optional.empty();

  private TableCheck(SparkSession spark, Path lake, TableSpec table) {
    this.reader = new LogReader(spark);
    this.table = table;
    this.folder = lake.toAbsolutePath().resolve(table.path());
    this.log = LogFiles.of(folder);
  }

  /**
   * Everything that is wrong with a table; nothing, too, where it does not exist.
   *
   * @param now tells old temporary files from those of a running job
   */
  public static List<Finding> of(SparkSession spark, Path lake, TableSpec table, Instant now) {
    var check = new TableCheck(spark, lake, table);
    check.leftovers(now);
    check.replay();
    check.hint();
    check.live.ifPresent(check::dataFiles);
    return check.findings;
  }

  private void leftovers(Instant now) {
    for (var file : log.hidden()) {
      var name = file.getFileName().toString();
      var isTemporary = name.endsWith(".tmp") || name.endsWith(".tmp.crc");
      if (isTemporary && modified(file).isBefore(now.minus(YOUNG))) {
        found(Damage.LEFTOVER, file, size(file) + " bytes of " + modified(file));
      }
    }
  }

  private void replay() {
    var versions = new TreeSet<>(log.entries().keySet());
    versions.addAll(log.checkpoints().keySet());
    if (versions.isEmpty()) {
      if (Files.exists(log.folder()) && !unnamedNights().isEmpty()) {
        found(Damage.MISSING_ENTRY, log.folder(), "The log is empty. " + startAgain());
      }
      return;
    }
    for (var version = versions.first(); version <= versions.last(); version++) {
      entry(version, versions.last());
      checkpoint(version);
      checksum(version, versions.last());
    }
    if (!differing.isEmpty()) {
      var first = differing.iterator().next();
      found(
          Damage.CONTRADICTION,
          place(first),
          "Entry %d and its checksum, %s. %s"
              .formatted(first, log.checksums().get(first), startAgain()));
    }
    unread.forEach((version, damage) -> found(damage, place(version), advice(version, damage)));
    neededCheckpoints.forEach(
        version -> foundCheckpoint(Damage.NEEDED_CHECKPOINT, version, startAgain()));
    if (live.isEmpty() && unread.isEmpty() && badCheckpoints.isEmpty() && versions.first() > 0) {
      found(
          Damage.MISSING_ENTRY,
          place(0),
          "Entries 0 to %d. %s".formatted(versions.first() - 1, startAgain()));
    }
  }

  private void entry(long version, long last) {
    var file = log.entries().get(version);
    if (file == null) {
      unreadable(version, Damage.MISSING_ENTRY);
      return;
    }
    var actions = reader.actions(file);
    if (actions.isEmpty()) {
      var isAcknowledged =
          log.checksums().containsKey(version) || log.checkpoints().containsKey(version);
      if (version == last && !isAcknowledged) {
        found(Damage.UNCOMMITTED_ENTRY, file, size(file) + " bytes");
        // The table ends before it.
        log.entries().remove(version);
      } else {
        unreadable(version, Damage.TORN_ENTRY);
      }
      return;
    }
    if (version == 0) {
      live = Optional.of(new LiveFiles());
    }
    live.ifPresent(files -> files.apply(actions.get()));
    if (!reader.agreesWithSidecar(file)) {
      if (checksumAgrees(version, live).orElse(false)) {
        found(Damage.STALE_SIDECAR, LogFiles.sidecar(file), "Entry " + version + " is whole.");
      } else {
        unreadable(version, Damage.TORN_ENTRY);
      }
    }
  }

  private void unreadable(long version, Damage damage) {
    // Before the first checkpoint entries may be gone: Delta removes old ones.
    if (live.isPresent() || !unread.isEmpty() || log.entries().containsKey(version)) {
      unread.put(version, damage);
    }
    live = Optional.empty();
  }

  private void checkpoint(long version) {
    var files = log.checkpoints().get(version);
    if (files == null) {
      return;
    }
    var read = reader.liveFiles(files);
    if (live.isPresent() && read.equals(live)) {
      return;
    }
    if (read.isEmpty()) {
      badCheckpoints.add(version);
      if (live.isPresent()) {
        foundCheckpoint(Damage.DAMAGED_CHECKPOINT, version, "It cannot be read.");
      } else {
        neededCheckpoints.add(version);
      }
    } else if (live.isEmpty() || checksumAgrees(version, read).orElse(false)) {
      restart(version, read.get());
    } else if (checksumAgrees(version, live).orElse(false)) {
      badCheckpoints.add(version);
      foundCheckpoint(Damage.DAMAGED_CHECKPOINT, version, "Its checksum agrees with the entries.");
    } else {
      foundCheckpoint(Damage.CONTRADICTION, version, startAgain());
    }
  }

  /** Goes on from a whole checkpoint: what could not be read before is history. */
  private void restart(long version, LiveFiles checkpoint) {
    unread.putAll(
        differing.stream().collect(Collectors.toMap(one -> one, one -> Damage.TORN_ENTRY)));
    unread.forEach(
        (lost, damage) ->
            found(
                Damage.LOST_HISTORY,
                place(lost),
                "Entry %d, before checkpoint %d".formatted(lost, version)));
    neededCheckpoints.forEach(
        lost ->
            foundCheckpoint(
                Damage.DAMAGED_CHECKPOINT, lost, "Checkpoint " + version + " is whole."));
    unread.clear();
    differing.clear();
    neededCheckpoints.clear();
    live = Optional.of(checkpoint);
  }

  private void foundCheckpoint(Damage damage, long version, String detail) {
    log.checkpoints().get(version).forEach(file -> found(damage, file, detail));
  }

  private void checksum(long version, long last) {
    var file = log.checksums().get(version);
    if (file == null) {
      if (version == last && live.isPresent() && log.entries().containsKey(version)) {
        found(Damage.MISSING_CHECKSUM, log.entries().get(version), "Version " + version);
      }
      return;
    }
    if (unread.containsKey(version)) {
      // It tells that the torn entry was acknowledged.
      return;
    }
    var agrees = checksumAgrees(version, live);
    if (agrees.isEmpty()) {
      found(Damage.DAMAGED_CHECKSUM, file, size(file) + " bytes");
    } else if (live.isPresent() && !agrees.get()) {
      differing.add(version);
    } else if (live.isPresent()) {
      differing.forEach(
          wrong ->
              found(
                  Damage.DAMAGED_CHECKSUM,
                  log.checksums().get(wrong),
                  "Checksum " + version + " agrees with the entries."));
      differing.clear();
    }
  }

  /**
   * Whether a version's checksum tells of these files; nothing where it is damaged or not there.
   */
  private Optional<Boolean> checksumAgrees(long version, Optional<LiveFiles> files) {
    return Optional.ofNullable(log.checksums().get(version))
        .flatMap(reader::object)
        .filter(checksum -> checksum.has("numFiles") && checksum.has("tableSizeBytes"))
        .map(checksum -> files.isPresent() && agree(checksum, files.get()));
  }

  private static boolean agree(JsonNode checksum, LiveFiles files) {
    return checksum.get("numFiles").asLong() == files.files().size()
        && checksum.get("tableSizeBytes").asLong() == files.bytes();
  }

  private void hint() {
    if (!Files.exists(log.hint())) {
      return;
    }
    var version = reader.object(log.hint()).map(hint -> hint.path("version").asLong(-1));
    var isGood =
        version
            .filter(named -> log.checkpoints().containsKey(named))
            .filter(named -> !badCheckpoints.contains(named))
            .isPresent();
    if (!isGood) {
      found(
          Damage.DAMAGED_HINT,
          log.hint(),
          version.map(named -> "It names version " + named).orElse("It is not JSON"));
    }
  }

  private void dataFiles(LiveFiles files) {
    var missing = new TreeMap<String, List<Path>>();
    var cut = new TreeMap<String, List<Path>>();
    files
        .files()
        .forEach(
            (path, data) -> {
              var file = folder.resolve(path);
              if (!Files.isRegularFile(file)) {
                missing.computeIfAbsent(data.night(), none -> new ArrayList<>()).add(file);
              } else if (size(file) != data.size()) {
                cut.computeIfAbsent(data.night(), none -> new ArrayList<>()).add(file);
              }
            });
    missing.forEach((night, lost) -> data(Damage.MISSING_DATA, night, lost));
    cut.forEach((night, lost) -> data(Damage.CUT_DATA, night, lost));
  }

  private void data(Damage damage, String night, List<Path> files) {
    found(
        damage,
        files.get(0),
        "%d of the slice of %s. Run the job that writes %s again for that night: --run-date %s"
            .formatted(files.size(), night, table, night));
  }

  private String advice(long version, Damage damage) {
    var isLast = version == unread.lastKey() && log.entries().tailMap(version, false).isEmpty();
    if (damage == Damage.TORN_ENTRY && isLast) {
      var nights = unnamedNights();
      return "Entry %d, the last one. Restore it from a copy; or move it away with its checksum: the table is then as before that commit; and run again %s."
          .formatted(
              version,
              nights.isEmpty()
                  ? "the night that ran at " + modified(place(version))
                  : "the nights of which files lie about: " + String.join(", ", nights));
    }
    return "Entry %d. %s".formatted(version, startAgain());
  }

  private String startAgain() {
    return "Restore the file from a copy; or move the folder "
        + folder
        + " away and run again the nights that wrote it.";
  }

  /** Nights of which there are data files that no entry names: something that is gone did. */
  private Set<String> unnamedNights() {
    var named = new TreeSet<String>();
    for (var entry : log.entries().values()) {
      reader
          .actions(entry)
          .ifPresent(
              actions ->
                  actions.stream()
                      .filter(action -> action.has("add"))
                      .forEach(action -> named.add(action.get("add").get("path").asText())));
    }
    var nights = new TreeSet<String>();
    try (var files = Files.walk(folder, 2)) {
      files
          .map(folder::relativize)
          .map(Path::toString)
          .filter(path -> path.endsWith(".parquet") && path.contains("="))
          .filter(path -> !path.contains("/.") && !named.contains(path))
          .forEach(path -> nights.add(path.substring(path.indexOf('=') + 1, path.indexOf('/'))));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
    return nights;
  }

  private Path place(long version) {
    return log.folder().resolve("%020d.json".formatted(version));
  }

  private void found(Damage damage, Path file, String detail) {
    findings.add(new Finding(table, damage, file, detail));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the size of " + file, e);
    }
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the time of " + file, e);
    }
  }
}
