package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/** Finds the secret key of the pseudonyms. Its value appears in no message. */
public final class PseudonymKey {
  static final String VARIABLE = "NIGHTFEED_PSEUDONYM_KEY";

  private PseudonymKey() {}

  /**
   * The pseudonyms under the key of the environment or, without one there, of the key file.
   *
   * @throws JobFailure when there is no key, or it is not one
   */
  public static Pseudonym load(Settings.Pseudonyms settings, Map<String, String> environment) {
    var variable = environment.get(VARIABLE);
    if (variable != null) {
      return parse(variable, "the environment variable " + VARIABLE);
    }
    var file = settings.keyFile();
    try {
      if (!Files.exists(file) && settings.generateKey()) {
        generate(file);
      }
      if (!Files.isRegularFile(file)) {
        throw new JobFailure(
            ExitCode.USAGE,
            "No key for the pseudonyms of user ids: neither %s nor the file %s is there. Make one"
                    .formatted(VARIABLE, file)
                + " with `openssl rand -hex 32`, readable by the job's user alone.");
      }
      return parse(Files.readString(file), "the key file " + file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the key file " + file, e);
    }
  }

  private static Pseudonym parse(String hexadecimal, String where) {
    try {
      return new Pseudonym(HexFormat.of().parseHex(hexadecimal.strip()));
    } catch (IllegalArgumentException e) {
      throw new JobFailure(
          ExitCode.USAGE,
          "The pseudonym key in %s is not usable: expected at least %d hexadecimal digits."
              .formatted(where, 2 * Pseudonym.LEAST_KEY_BYTES));
    }
  }

  /** Two first runs at once agree on one key: only one of them can create the file. */
  private static void generate(Path file) throws IOException {
    var key = new byte[Pseudonym.LEAST_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(file.toAbsolutePath().getParent());
    var aside =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "pseudonym",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(aside, HexFormat.of().formatHex(key) + "\n", StandardOpenOption.WRITE);
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException e) {
      // The other run's key serves both.
    } finally {
      Files.delete(aside);
    }
  }
}
