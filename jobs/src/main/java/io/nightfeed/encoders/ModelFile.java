package io.nightfeed.encoders;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A file of a model, which is used only where it is the one that the settings name.
 *
 * @param model as messages name it
 * @param sha256 of the file, in hex, as the settings have it
 */
public record ModelFile(String model, Path path, String sha256) {

  /** Whether it is there, and the one that is expected. */
  boolean isReady() {
    return Files.isRegularFile(path) && sha256(path).equals(sha256);
  }

  /**
   * @param ifMissing what to do where it is not there
   * @param ifOther what to do where it is another
   * @throws JobFailure when it is either
   */
  public void require(String ifMissing, String ifOther) {
    if (!Files.isRegularFile(path)) {
      throw new JobFailure(
          ExitCode.FAILED, "%s: %s is missing. %s".formatted(model, path, ifMissing));
    }
    var found = sha256(path);
    if (!found.equals(sha256)) {
      throw new JobFailure(
          ExitCode.FAILED,
          "%s: %s is not the expected file: SHA-256 %s, expected %s. It was altered or is of another version: %s"
              .formatted(model, path, found, sha256, ifOther));
    }
  }

  /** The file's SHA-256, in hex. */
  static String sha256(Path file) {
    try (var stream = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
