package io.nightfeed.interest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import org.apache.commons.io.FileUtils;

/**
 * Where the interest model of one night stands: {@code <lake>/models/interest/run_date=…}. A folder
 * of that name is always a whole model: it is written under another name and then renamed.
 */
public final class ModelFolder {
  private static final int VERSION_DIGITS = 12;

  private final LocalDate runDate;
  private final Path folder;

  public ModelFolder(Path lake, LocalDate runDate) {
    this.runDate = runDate;
    this.folder = lake.resolve("models").resolve("interest").resolve("run_date=" + runDate);
  }

  public Path path() {
    return folder;
  }

  public boolean exists() {
    return Files.isDirectory(folder);
  }

  /** Equal models of one night have equal versions: its date and the start of its digest. */
  public String version(InterestModel model) {
    return runDate + "-" + model.digest().substring(0, VERSION_DIGITS);
  }

  /**
   * Stores the night's model in place of an earlier one.
   *
   * <p>While one replaces another there is a moment without either; a reader then finds no model
   * rather than half of one.
   */
  public void publish(InterestModel model) {
    var staged = sibling("staged");
    var replaced = sibling("replaced");
    try {
      FileUtils.deleteDirectory(staged.toFile());
      FileUtils.deleteDirectory(replaced.toFile());
      model.write().save(staged.toString());
      if (exists()) {
        Files.move(folder, replaced, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(staged, folder, StandardCopyOption.ATOMIC_MOVE);
      FileUtils.deleteDirectory(replaced.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot store the interest model in " + folder, e);
    }
  }

  public InterestModel load() {
    return InterestModel.load(folder.toString());
  }

  private Path sibling(String state) {
    return folder.resolveSibling("_" + state + "-" + folder.getFileName());
  }
}
