package io.nightfeed.ingest;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Where a night's files of one source arrive: {@code <raw>/<source>/<run date>/}. Names that start
 * with a dot or an underscore are markers of other tools and are left alone.
 */
final class LandingFolder {
  private final Path folder;
  private final Configuration hadoop;

  LandingFolder(java.nio.file.Path raw, String source, LocalDate runDate, Configuration hadoop) {
    this.folder =
        new Path(raw.toAbsolutePath().resolve(source).resolve(runDate.toString()).toUri());
    this.hadoop = hadoop;
  }

  /**
   * The parts in which the files are read, in the order of their names.
   *
   * @param splitSize of uncompressed files, in bytes; compressed ones cannot be split
   * @return nothing when the folder does not exist
   */
  Optional<List<InputSplit>> splits(long splitSize) {
    try {
      var files = folder.getFileSystem(hadoop).listStatus(folder);
      Arrays.sort(files, Comparator.comparing(file -> file.getPath().getName()));
      var splits = new ArrayList<InputSplit>();
      for (var file : files) {
        if (!file.getPath().getName().matches("[._].*")) {
          addSplits(file, splitSize, splits);
        }
      }
      return Optional.of(splits);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  /** The failure of a night whose input is not there. */
  JobFailure notArrived() {
    return new JobFailure(
        ExitCode.RETRY,
        "Tonight's input has not arrived: %s does not exist. Expected a folder with *.jsonl or"
                .formatted(folder)
            + " *.jsonl.gz files; an empty folder says that nothing happened. Deliver it, or set"
            + " nightfeed.raw-folder, and run again.");
  }

  private static void addSplits(FileStatus file, long splitSize, List<InputSplit> splits) {
    var path = file.getPath().toString();
    var name = file.getPath().getName();
    var format =
        !file.isFile()
            ? InputSplit.Format.UNEXPECTED
            : name.endsWith(".jsonl")
                ? InputSplit.Format.PLAIN
                : name.endsWith(".jsonl.gz")
                    ? InputSplit.Format.GZIP
                    : InputSplit.Format.UNEXPECTED;
    if (format != InputSplit.Format.PLAIN) {
      splits.add(new InputSplit(path, name, 0, file.getLen(), format));
      return;
    }
    var start = 0L;
    do { // An empty file is a file too, and is counted.
      var end = Math.min(start + splitSize, file.getLen());
      splits.add(new InputSplit(path, name, start, end, format));
      start = end;
    } while (start < file.getLen());
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
