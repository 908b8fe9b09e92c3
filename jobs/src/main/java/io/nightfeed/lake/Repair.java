package io.nightfeed.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.apache.spark.sql.delta.DeltaLog;

/**
 * Mends what can be mended without losing a row: damaged files of a log that others make
 * superfluous go to a folder of their own below the lake, under their old paths. Nothing that
 * anybody may ever have read is deleted. Made for lakes on which no job runs.
 */
public final class Repair {
  private final Path lake;
  private final Path aside;

  /**
   * @param now names the folder: {@code repaired/2025-06-03T010203Z}
   */
  public Repair(Path lake, Instant now) {
    this.lake = lake.toAbsolutePath();
    this.aside =
        this.lake
            .resolve("repaired")
            .resolve(now.toString().replace(":", "").replaceAll("\\..*", "Z"));
  }

  /** Does what the finding's damage allows. */
  public void mend(Finding finding) {
    var file = finding.file();
    try {
      switch (finding.damage().remedy()) {
        case REMOVE -> Files.deleteIfExists(file);
        case MOVE_ASIDE -> {
          // First the file: alone, its checksum file does no harm.
          move(file);
          move(LogFiles.sidecar(file));
        }
        default -> {}
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot mend " + file, e);
    }
    DeltaLog.clearCache();
  }

  /** Where a finding's file goes. */
  public Path aside(Finding finding) {
    return aside.resolve(lake.relativize(finding.file()));
  }

  private void move(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    var target = aside.resolve(lake.relativize(file));
    Files.createDirectories(target.getParent());
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
