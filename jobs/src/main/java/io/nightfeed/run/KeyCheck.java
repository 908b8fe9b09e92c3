package io.nightfeed.run;

import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Under which keys the pseudonyms of a lake were made. Under others everybody would be somebody
 * else from that night on. A file beside the tables holds what the keys make of a constant, which
 * tells nothing of them; while keys are replaced, a second line says what comes, and others what
 * there was.
 */
public final class KeyCheck {
  private static final String FILE = "pseudonyms";
  private static final String CONSTANT = "nightfeed";

  private final Path file;

  public KeyCheck(Path lakeFolder) {
    file = lakeFolder.resolve(FILE);
  }

  /** Where it stands. */
  public Path file() {
    return file;
  }

  /** What the keys are known by. */
  public static String of(Pseudonym keys) {
    return keys.call(CONSTANT);
  }

  /**
   * Makes sure that these are the lake's keys, which they are where it has none yet: for whoever
   * makes its first pseudonyms.
   *
   * @throws JobFailure where they are not
   */
  public void requireOrSet(Pseudonym keys) {
    require(keys);
    if (lines().isEmpty()) {
      write(List.of(of(keys)));
    }
  }

  /**
   * Makes sure that these are the lake's keys, as far as it is known.
   *
   * @throws JobFailure where they are not
   */
  public void require(Pseudonym keys) {
    requireNoRotation();
    var lines = lines();
    if (!lines.isEmpty() && !lines.get(0).equals(of(keys))) {
      throw new JobFailure(
          ExitCode.USAGE,
          "The pseudonyms in %s were made under another key than the one given: everybody would be somebody else from now on. Give the key that was used before, of which %s holds a check; after rotate-key, the old key and the new one, in this order. Nothing was changed."
              .formatted(file.getParent(), file));
    }
  }

  /**
   * @throws JobFailure where keys are being replaced: half of the tables may have other pseudonyms
   *     than the rest
   */
  public void requireNoRotation() {
    if (isRotating()) {
      throw new JobFailure(
          ExitCode.RETRY,
          "The pseudonyms in %s are being made anew by rotate-key. Wait for it to end; if it has stopped, run it again."
              .formatted(file.getParent()));
    }
  }

  public boolean isRotating() {
    return lines().size() > 1;
  }

  /** Whether all is done of a rotation to these keys, but for saying so. */
  public boolean isRotatingTo(Pseudonym keys) {
    return isRotating() && lines().get(1).equals(of(keys));
  }

  /**
   * From now on no job runs.
   *
   * @param found what there is before anything changes, a line each
   * @return what was found when the rotation began, which may have stopped since
   * @throws JobFailure when a rotation to other keys has begun, or the first are not the lake's
   */
  public List<String> begin(Pseudonym before, Pseudonym after, Supplier<List<String>> found) {
    var keys = List.of(of(before), of(after));
    if (!isRotating()) {
      require(before);
      write(Stream.concat(keys.stream(), found.get().stream()).toList());
    } else if (!lines().subList(0, 2).equals(keys)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "rotate-key has begun in %s with another new key. Give that one: what it has rewritten cannot be undone."
              .formatted(file.getParent()));
    }
    return lines().subList(2, lines().size());
  }

  /** All pseudonyms are those of the new keys. */
  public void end() {
    write(List.of(lines().get(1)));
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private void write(List<String> lines) {
    try {
      Files.createDirectories(file.getParent());
      var aside = Files.createTempFile(file.getParent(), FILE, ".tmp");
      Files.write(aside, lines);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
