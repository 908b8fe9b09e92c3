package io.nightfeed.run;

import io.nightfeed.config.Settings;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
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

  /** Keys stand in the order of their use, apart from one another by line breaks or commas. */
  private static Pseudonym parse(String keys, String where) {
    try {
      return new Pseudonym(
          Arrays.stream(keys.strip().split("[,\\s]+"))
              .map(HexFormat.of()::parseHex)
              .toArray(byte[][]::new));
    } catch (IllegalArgumentException e) {
      throw new JobFailure(
          ExitCode.USAGE,
          "The pseudonym key in %s is not usable: expected at least %d hexadecimal digits."
              .formatted(where, 2 * Pseudonym.LEAST_KEY_BYTES));
    }
  }

  /** Whether the keys are those of the environment, which only its owner can change. */
  public static boolean isInEnvironment(Map<String, String> environment) {
    return environment.containsKey(VARIABLE);
  }

  /**
   * The key of a file, to come after those in use.
   *
   * @param file is made, with a new key, where it is not there
   */
  public static Pseudonym next(Path file) {
    try {
      if (!Files.exists(file)) {
        generate(file);
      }
      return parse(Files.readString(file), "the key file " + file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the key file " + file, e);
    }
  }

  /** Puts the key of a file after those of the key file, at once or not at all. */
  public static void append(Settings.Pseudonyms settings, Path next) {
    var file = settings.keyFile();
    try {
      var keys = Files.readString(file).strip() + "\n" + Files.readString(next).strip() + "\n";
      var aside = aside(file);
      Files.writeString(aside, keys, StandardOpenOption.WRITE);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the key file " + file, e);
    }
  }

  /** Two first runs at once agree on one key: only one of them can create the file. */
  private static void generate(Path file) throws IOException {
    var key = new byte[Pseudonym.LEAST_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Files.createDirectories(file.toAbsolutePath().getParent());
    var aside = aside(file);
    try {
      Files.writeString(aside, HexFormat.of().formatHex(key) + "\n", StandardOpenOption.WRITE);
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException e) {
      // The other run's key serves both.
    } finally {
      Files.delete(aside);
    }
  }

  private static Path aside(Path file) throws IOException {
    return Files.createTempFile(
        file.toAbsolutePath().getParent(),
        "pseudonym",
        ".tmp",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }
}
