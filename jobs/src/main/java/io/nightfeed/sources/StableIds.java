package io.nightfeed.sources;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Identifiers for records that come without one: a hash of what the record says, and how many times
 * the source has said exactly that before. Importing the same files again gives the same
 * identifiers.
 */
final class StableIds {
  private static final int BYTES = 12;
  private static final char SEPARATOR = '\u001f';

  private final Map<String, Integer> occurrences = new HashMap<>();

  /** The identifier of the next record with these fields: 24 hex digits. */
  String next(String... fields) {
    var said = hash(String.join(String.valueOf(SEPARATOR), fields));
    var occurrence = occurrences.merge(said, 1, Integer::sum);
    return occurrence == 1 ? said : hash(said + SEPARATOR + occurrence);
  }

  private static String hash(String text) {
    return HexFormat.of().formatHex(DigestUtils.sha256(text), 0, BYTES);
  }
}
