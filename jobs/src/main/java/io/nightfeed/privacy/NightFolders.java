package io.nightfeed.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * What is kept in one folder a night, {@code run_date=…}, such as reports. Other things may lie
 * beside them.
 */
record NightFolders(Path folder) {
  private static final String NIGHT = "run_date=";

  /** Nights that have a folder, ascending. */
  List<LocalDate> nights() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(Files::isDirectory)
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith(NIGHT))
          .map(name -> LocalDate.parse(name.substring(NIGHT.length())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  void remove(LocalDate night) {
    var one = folder.resolve(NIGHT + night);
    try {
      FileUtils.deleteDirectory(one.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + one, e);
    }
  }
}
