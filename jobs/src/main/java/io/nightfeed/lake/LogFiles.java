package io.nightfeed.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of a Delta log as they lie in its folder, by version.
 *
 * @param entries what each commit did, JSON lines
 * @param checksums how many files and bytes the table had after each commit
 * @param checkpoints all files of the table at some versions; each in one part or in several
 * @param hidden what no reader looks for by name: temporary files and Hadoop's checksum files
 */
record LogFiles(
    Path folder,
    TreeMap<Long, Path> entries,
    TreeMap<Long, Path> checksums,
    TreeMap<Long, List<Path>> checkpoints,
    List<Path> hidden) {
  static final String FOLDER = "_delta_log";

  private static final Pattern VERSIONED =
      Pattern.compile("(\\d{20})\\.(json|crc|checkpoint(?:\\.\\d{10}\\.\\d{10})?\\.parquet)");

  /** The log of a table; empty where the table has none. */
  static LogFiles of(Path table) {
    var folder = table.resolve(FOLDER);
    var files =
        new LogFiles(folder, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    if (Files.isDirectory(folder)) {
      try (var all = Files.list(folder)) {
        all.filter(Files::isRegularFile).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot list " + folder, e);
      }
    }
    return files;
  }

  /**
   * Whether the table is there: its log has a commit. The log's folder alone is what a process
   * leaves that stops while it makes the table; Delta calls it a table that cannot be read.
   */
  boolean hasTable() {
    return !entries.isEmpty() || !checkpoints.isEmpty();
  }

  /** Where Delta notes its newest checkpoint. */
  Path hint() {
    return folder.resolve("_last_checkpoint");
  }

  /** Hadoop's checksum file of a file. */
  static Path sidecar(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".crc");
  }

  private void add(Path file) {
    var name = file.getFileName().toString();
    if (name.startsWith(".")) {
      hidden.add(file);
      return;
    }
    var match = VERSIONED.matcher(name);
    if (!match.matches()) {
      return;
    }
    var version = Long.parseLong(match.group(1));
    switch (match.group(2)) {
      case "json" -> entries.put(version, file);
      case "crc" -> checksums.put(version, file);
      default -> checkpoints.computeIfAbsent(version, none -> new ArrayList<>()).add(file);
    }
  }
}
