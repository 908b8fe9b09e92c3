package io.nightfeed.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;

/**
 * Keeps two runs of one night apart. The operating system gives the lock back when the process that
 * holds it ends, however it ends; the file stays.
 */
final class NightLock implements AutoCloseable {
  private final FileChannel channel;

  private NightLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws JobFailure when another run has the night
   */
  static NightLock take(Path lakeFolder, LocalDate night) {
    var file = lakeFolder.resolve("runs").resolve("run_date=" + night + ".lock");
    FileChannel channel = null;
    try {
      Files.createDirectories(file.getParent());
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isLocked(channel.tryLock())) {
        return new NightLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot lock " + file, e);
    }
    close(channel);
    throw new JobFailure(
        ExitCode.RETRY,
        "The night %s is being run already: %s is locked by another run. Nothing was changed; wait for it to end, and run again if it failed."
            .formatted(night, file));
  }

  private static boolean isLocked(FileLock lock) {
    return lock != null;
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close a lock", e);
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
