package io.nightfeed.chat;

import io.nightfeed.config.Settings;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/** Finds the secret key of the chat server. Its value appears in no message. */
public final class ChatKey {
  static final String VARIABLE = "NIGHTFEED_CHAT_KEY";

  private ChatKey() {}

  /**
   * The key of the environment or, without one there, of the key file; empty where neither is
   * there.
   *
   * @throws JobFailure when what is there cannot be a key
   */
  public static Optional<String> load(Settings.Chat settings, Map<String, String> environment) {
    var variable = environment.get(VARIABLE);
    if (variable != null) {
      return Optional.of(checked(variable, "the environment variable " + VARIABLE));
    }
    var file = settings.keyFile();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(checked(Files.readString(file), "the key file " + file));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the key file " + file, e);
    }
  }

  private static String checked(String text, String where) {
    var key = text.strip();
    if (!key.matches("[\\x21-\\x7E]+")) {
      throw new JobFailure(
          ExitCode.USAGE,
          "The key of the chat server in %s is not usable: expected one line of visible ASCII."
              .formatted(where));
    }
    return key;
  }
}
