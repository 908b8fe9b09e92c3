package io.nightfeed.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.commons.io.FileUtils;

/** What the folder of a table tells about the table. */
final class TableFolder {
  private TableFolder() {}

  /** Whether the table is there. */
  static boolean isTable(Path folder) {
    return LogFiles.of(folder).hasTable();
  }

  /**
   * Makes a table that is not there, while no other thread or process makes it: whoever came first
   * has made it when the others look again. The operating system gives the lock back when a process
   * ends, however it ends; its file stays.
   *
   * @param lock the file to lock
   * @param making makes it
   */
  static void make(Path folder, Path lock, Runnable making) {
    synchronized (TableFolder.class) {
      try {
        Files.createDirectories(lock.getParent());
        try (var channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          // Given back when the channel is closed.
          channel.lock();
          if (!isTable(folder)) {
            removeUnmade(folder);
            making.run();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot make the table in " + folder, e);
      }
    }
  }

  /**
   * Removes the log of a table that was never made, which Delta would not overwrite. Where there
   * are data files, the log was lost later, and everything stays.
   */
  private static void removeUnmade(Path folder) throws IOException {
    if (Files.exists(folder.resolve(LogFiles.FOLDER)) && !holdsData(folder)) {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static boolean holdsData(Path folder) throws IOException {
    try (var children = Files.list(folder)) {
      return children.anyMatch(child -> !child.endsWith(LogFiles.FOLDER));
    }
  }
}
