package io.nightfeed.raw;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Writes records into landing folders. Nothing is seen under its final name before {@link
 * #publish()}: parts are written aside, then renamed. Lines stay in the order in which they were
 * given, and the gzip header carries no time, so the same records give the same bytes.
 */
public final class RawWriter implements AutoCloseable {
  private static final String UNFINISHED = "." + RawFormat.PART_FILE + ".unfinished";
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path raw;
  private final Map<RawSource, TreeMap<LocalDate, Part>> parts = new EnumMap<>(RawSource.class);
  private final Map<RawSource, TreeMap<LocalDate, Part>> open = new EnumMap<>(RawSource.class);
  private final List<Path> stale = new ArrayList<>();

  /**
   * @throws JobFailure when the folder holds records that are to be kept, or files that these
   *     commands did not write
   */
  public RawWriter(Path raw, ExistingRecords existing) throws IOException {
    this.raw = raw;
    for (var source : RawSource.values()) {
      parts.put(source, new TreeMap<>());
      open.put(source, new TreeMap<>());
      stale.addAll(recordsBelow(raw.resolve(source.folder()), existing));
    }
    // The truth of a platform whose records are replaced is true no longer.
    for (var file : RawFormat.TRUTH_FILES) {
      stale.add(raw.resolve(RawFormat.TRUTH_FOLDER).resolve(file));
    }
  }

  public void write(LocalDate landing, RawEvent event) throws IOException {
    writeLine(RawSource.EVENTS, landing, RawLines.of(event));
  }

  public void write(LocalDate landing, RawPost post) throws IOException {
    writeLine(RawSource.POSTS, landing, RawLines.of(post));
  }

  /** Writes bytes as one line, whether they are a record or not. */
  public void writeLine(RawSource source, LocalDate landing, byte[] line) throws IOException {
    var part = parts.get(source).get(landing);
    if (part == null) {
      part = new Part(RawFormat.landingFolder(raw, source, landing));
      parts.get(source).put(landing, part);
      open.get(source).put(landing, part);
    }
    part.write(line);
  }

  /** Says that nothing will land before the date any more, which frees the open files. */
  public void sealBefore(LocalDate date) throws IOException {
    for (var byLanding : open.values()) {
      var over = byLanding.headMap(date);
      for (var part : over.values()) {
        part.seal();
      }
      over.clear();
    }
  }

  /** Gives every part its final name; records that were there before are deleted first. */
  public void publish() throws IOException {
    sealBefore(LocalDate.MAX);
    for (var file : stale) {
      Files.deleteIfExists(file);
    }
    for (var byLanding : parts.values()) {
      for (var part : byLanding.values()) {
        part.publish();
      }
    }
    for (var file : stale) {
      deleteIfEmpty(file.getParent());
    }
  }

  /** Lines written to a stream, by landing date. */
  public Map<LocalDate, Long> lines(RawSource source) {
    var counts = new TreeMap<LocalDate, Long>();
    parts.get(source).forEach((landing, part) -> counts.put(landing, part.lines));
    return counts;
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    for (var byLanding : parts.values()) {
      for (var part : byLanding.values()) {
        part.abandon();
      }
    }
  }

  private static List<Path> recordsBelow(Path folder, ExistingRecords existing) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files;
    try (var tree = Files.walk(folder, 2)) {
      files =
          tree.filter(Files::isRegularFile)
              .filter(file -> !file.endsWith(UNFINISHED))
              .sorted()
              .toList();
    }
    if (!files.isEmpty() && existing == ExistingRecords.KEEP) {
      throw new JobFailure(
          ExitCode.USAGE,
          folder
              + " already holds "
              + files.size()
              + " files, and records of two origins must not be mixed."
              + " Name another folder with --to, or add --replace to write these anew.");
    }
    for (var file : files) {
      if (!file.endsWith(RawFormat.PART_FILE)) {
        throw new JobFailure(
            ExitCode.USAGE,
            file
                + " was not written by this command, so --replace leaves it alone."
                + " Name another folder with --to, or move the file away.");
      }
    }
    return files;
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(folder);
  }

  /** One file that is being written. */
  private static final class Part {
    private final Path unfinished;
    private final Path finished;
    private OutputStream out;
    private long lines;

    Part(Path folder) throws IOException {
      Files.createDirectories(folder);
      unfinished = folder.resolve(UNFINISHED);
      finished = folder.resolve(RawFormat.PART_FILE);
      var file = Files.newOutputStream(unfinished);
      out = new BufferedOutputStream(new GZIPOutputStream(file, BUFFER_BYTES), BUFFER_BYTES);
    }

    void write(byte[] line) throws IOException {
      if (out == null) {
        throw new IllegalStateException(finished + " was sealed and takes no more lines");
      }
      out.write(line);
      out.write('\n');
      lines++;
    }

    void seal() throws IOException {
      if (out != null) {
        out.close();
        out = null;
      }
    }

    void publish() throws IOException {
      Files.move(unfinished, finished, StandardCopyOption.REPLACE_EXISTING);
    }

    void abandon() throws IOException {
      seal();
      if (Files.deleteIfExists(unfinished)) {
        deleteIfEmpty(unfinished.getParent());
      }
    }
  }
}
