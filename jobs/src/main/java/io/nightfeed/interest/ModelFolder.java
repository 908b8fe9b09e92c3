package io.nightfeed.interest;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * Where the interest models that one night trained stand: {@code
 * <lake>/models/interest/run_date=…/<version>}. A folder of that name is always a whole model: it
 * is written under another name and then renamed, and never changed.
 */
public final class ModelFolder {
  private static final int VERSION_DIGITS = 12;
  private static final String NIGHT = "run_date=";

  /** What is not finished. */
  private static final String STAGED = "_staged";

  private final LocalDate runDate;
  private final Path folder;

  public ModelFolder(Path lake, LocalDate runDate) {
    this.runDate = runDate;
    this.folder = models(lake).resolve(NIGHT + runDate);
  }

  private static Path models(Path lake) {
    return lake.resolve("models").resolve("interest");
  }

  /** Where a model stands. */
  public Path path(String version) {
    return folder.resolve(version);
  }

  /** Equal models of one night have equal versions: its date and the start of its digest. */
  private String version(InterestModel model) {
    return runDate + "-" + model.digest().substring(0, VERSION_DIGITS);
  }

  /**
   * Stores a model of the night.
   *
   * @return its version
   */
  public String publish(InterestModel model) {
    var version = version(model);
    var staged = folder.resolve(STAGED);
    try {
      FileUtils.deleteDirectory(staged.toFile());
      if (!Files.isDirectory(path(version))) {
        model.write().save(staged.toString());
        Files.move(staged, path(version), StandardCopyOption.ATOMIC_MOVE);
      }
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot store the interest model in " + folder, e);
    }
  }

  /** Removes what an interrupted run left. */
  public void removeStaged() {
    delete(folder.resolve(STAGED));
  }

  private static void delete(Path path) {
    try {
      FileUtils.deleteDirectory(path.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + path, e);
    }
  }

  /**
   * Reads a model. Its version is a digest of everything in it, so that damaged files are found.
   *
   * @throws JobFailure when it is not there, cannot be read or is another one
   */
  public InterestModel load(String version) {
    if (!Files.isDirectory(path(version))) {
      throw new JobFailure(
          ExitCode.FAILED,
          "Interest model %s is not there: %s does not exist. Run train for %s again, or rollback to another night's."
              .formatted(version, path(version), runDate));
    }
    InterestModel model;
    String found;
    try {
      model = InterestModel.load(path(version).toString());
      found = version(model);
    } catch (Exception e) {
      // Not RuntimeException: Spark throws checked exceptions that its methods do not declare.
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s cannot be read (%s). Remove the folder and run train for %s again."
              .formatted(path(version), e.getMessage(), runDate),
          e);
    }
    if (!found.equals(version)) {
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s is not the one that train stored: its content gives version %s. Remove the folder and run train for %s again."
              .formatted(path(version), found, runDate));
    }
    return model;
  }

  /** Versions of the night's models, in order of their names. */
  public List<String> versions() {
    return names(folder).stream().filter(name -> !name.equals(STAGED)).toList();
  }

  /** Removes the night's models of other versions. */
  public void keepOnly(List<String> versions) {
    for (var version : versions()) {
      if (!versions.contains(version)) {
        delete(path(version));
      }
    }
  }

  /** Nights that have a model, ascending. */
  public static List<LocalDate> nights(Path lake) {
    return names(models(lake)).stream()
        .filter(name -> name.startsWith(NIGHT))
        .map(name -> LocalDate.parse(name.substring(NIGHT.length())))
        .filter(night -> !new ModelFolder(lake, night).versions().isEmpty())
        .toList();
  }

  private static List<String> names(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }
}
