package io.nightfeed.sources;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Identifiers for records that come without one: a hash of what the record says, and how many times
 * the source has said exactly that before. Importing the same files again gives the same
 * identifiers.
 */
final class StableIds {
  private static final int BYTES = 12;
  private static final char SEPARATOR = '\u001f';

  private final Map<String, Integer> occurrences = new HashMap<>();
  private final MessageDigest sha256;

  StableIds() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** The identifier of the next record with these fields: 24 hex digits. */
  String next(String... fields) {
    var said = hash(String.join(String.valueOf(SEPARATOR), fields));
    var occurrence = occurrences.merge(said, 1, Integer::sum);
    return occurrence == 1 ? said : hash(said + SEPARATOR + occurrence);
  }

  private String hash(String text) {
    var digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, BYTES);
  }
}
