package io.nightfeed.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;

/** What the folder of a table tells about the table. */
final class TableFolder {
  /** Much longer than a process needs to make a table. */
  private static final int SECONDS_TO_MAKE = 2;

  private TableFolder() {}

  /** Whether the table is there. */
  static boolean isTable(Path folder) {
    return LogFiles.of(folder).hasTable();
  }

  /**
   * Removes the log of a table that was never made, which Delta would not overwrite. Waits first:
   * another process may be making the table now. Where there are data files, the log was lost
   * later, and everything stays.
   */
  static void removeUnmade(Path folder) {
    if (!Files.exists(folder.resolve(LogFiles.FOLDER))) {
      return;
    }
    try {
      TimeUnit.SECONDS.sleep(SECONDS_TO_MAKE);
      if (!isTable(folder) && !holdsData(folder)) {
        FileUtils.deleteDirectory(folder.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove what a stopped process left in " + folder, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a table was made in " + folder, e);
    }
  }

  private static boolean holdsData(Path folder) throws IOException {
    try (var children = Files.list(folder)) {
      return children.anyMatch(child -> !child.endsWith(LogFiles.FOLDER));
    }
  }
}
