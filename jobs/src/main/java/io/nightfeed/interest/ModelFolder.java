package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.MODEL_VERSION;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.tables.Gold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Encoders;

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

  /** Nights that have a model, ascending. */
  public static List<LocalDate> nights(Path lake) {
    var prefix = "run_date=";
    try (var folders = Files.list(lake.resolve("models").resolve("interest"))) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> LocalDate.parse(name.substring(prefix.length())))
          .sorted()
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the models of " + lake, e);
    }
  }

  /**
   * The version of what the folder holds. It is a digest of everything in it: computing it finds
   * damaged files.
   *
   * @throws JobFailure when it cannot be read, or is not what train published
   */
  public String verifiedVersion(Lake lake) {
    String version;
    try {
      version = version(load());
    } catch (Exception e) {
      // Not RuntimeException: Spark throws checked exceptions that its methods do not declare.
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s cannot be read (%s). Run train for that night again."
              .formatted(folder, e.getMessage()),
          e);
    }
    var published =
        lake.slice(Gold.MODEL_EVALUATIONS, runDate)
            .select(MODEL_VERSION)
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    if (!published.isEmpty() && !published.contains(version)) {
      throw new JobFailure(
          ExitCode.FAILED,
          "The interest model in %s is not the one that train published: its content gives version %s, %s says %s. Run train for that night again."
              .formatted(folder, version, Gold.MODEL_EVALUATIONS, published));
    }
    return version;
  }

  public InterestModel load() {
    return InterestModel.load(folder.toString());
  }

  private Path sibling(String state) {
    return folder.resolveSibling("_" + state + "-" + folder.getFileName());
  }
}
