package io.nightfeed.privacy;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for identifiers in bytes. One is found where it stands alone: neither a letter, a digit, an
 * underscore nor a hyphen beside it, so that p1 is not found in p12. Of long ones the first {@value
 * #LONGEST} bytes count, since Delta cuts the values in its statistics. One of letters or of digits
 * alone may be a word or a number of others; it counts in quotes, or as a whole value.
 */
final class Markers implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 32;
  private static final int CHUNK = 1 << 20;
  private static final byte[] ERASED = "[erased]".getBytes(StandardCharsets.UTF_8);

  /** Bytes that mean nothing hold short identifiers by chance. */
  private static final int SHORTEST_IN_BINARY = 6;

  /** Latin-1 strings of the bytes: hashed once, and serialisable. */
  private final HashSet<String> markers;

  private final int[] lengths;

  Markers(Collection<String> identifiers) {
    this(identifiers.stream().map(Markers::compared).collect(Collectors.toSet()));
  }

  private Markers(Set<String> markers) {
    this.markers = new HashSet<>(markers);
    lengths = markers.stream().mapToInt(String::length).distinct().sorted().toArray();
  }

  private static String compared(String identifier) {
    var bytes = identifier.getBytes(StandardCharsets.UTF_8);
    return latin(bytes, 0, Math.min(bytes.length, LONGEST));
  }

  /** Those that can be told from chance where bytes are no text. */
  Markers inBinary() {
    return new Markers(
        markers.stream()
            .filter(marker -> marker.length() >= SHORTEST_IN_BINARY)
            .collect(Collectors.toSet()));
  }

  /** Whether any is in a value: a text, or one identifier. */
  boolean areIn(byte[] value) {
    return next(value, 0, 0, value.length, value.length) >= 0
        || value.length <= LONGEST && markers.contains(latin(value, 0, value.length));
  }

  /** Whether any is in a stream, which is read to its end or the first one. */
  boolean areIn(InputStream in) throws IOException {
    var buffer = new byte[CHUNK];
    int kept = 0;
    while (true) {
      int read = in.readNBytes(buffer, kept, CHUNK - kept);
      int end = kept + read;
      boolean isLast = read < CHUNK - kept;
      // What stands before the first and behind the last position must be known.
      if (next(buffer, kept == 0 ? 0 : 1, 0, isLast ? end : end - LONGEST - 1, end) >= 0) {
        return true;
      }
      if (isLast) {
        return false;
      }
      kept = LONGEST + 2;
      System.arraycopy(buffer, end - kept, buffer, 0, kept);
    }
  }

  /** The value with every one replaced. */
  byte[] redact(byte[] value) {
    if (value.length <= LONGEST && markers.contains(latin(value, 0, value.length))) {
      return ERASED;
    }
    var parts = new ArrayList<ByteBuffer>();
    int done = 0;
    int at = next(value, 0, 0, value.length, value.length);
    while (at >= 0) {
      parts.add(ByteBuffer.wrap(value, done, at - done));
      parts.add(ByteBuffer.wrap(ERASED));
      done = at + length(value, at, 0, value.length);
      while (done < value.length && isWord(value[done])) {
        done++; // The rest of one that is longer than what is compared.
      }
      at = next(value, done, 0, value.length, value.length);
    }
    parts.add(ByteBuffer.wrap(value, done, value.length - done));
    var redacted = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
    parts.forEach(redacted::put);
    return redacted.array();
  }

  String redact(String value) {
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    var redacted = redact(bytes);
    return Arrays.equals(bytes, redacted) ? value : new String(redacted, StandardCharsets.UTF_8);
  }

  /**
   * The first place in [from, until) where one begins, or -1; the bytes are those in [start, end).
   */
  private int next(byte[] bytes, int from, int start, int until, int end) {
    for (int i = from; i < until; i++) {
      if ((i == start || !isWord(bytes[i - 1])) && length(bytes, i, start, end) > 0) {
        return i;
      }
    }
    return -1;
  }

  /** How long the one is that begins here; 0 where none does. */
  private int length(byte[] bytes, int at, int start, int end) {
    for (int length : lengths) {
      int after = at + length;
      if (after > end) {
        return 0;
      }
      boolean isAlone = length == LONGEST || after == end || !isWord(bytes[after]);
      if (isAlone && markers.contains(latin(bytes, at, length))) {
        var isQuoted =
            at > start
                && bytes[at - 1] == '"'
                && after < end
                && (bytes[after] == '"' || bytes[after] == '\\');
        if (isQuoted || !isPlain(bytes, at, length)) {
          return length;
        }
      }
    }
    return 0;
  }

  /** Letters alone, or digits alone. */
  private static boolean isPlain(byte[] bytes, int from, int length) {
    var text = new String(bytes, from, length, StandardCharsets.UTF_8);
    return text.chars().allMatch(Character::isLetter) || text.chars().allMatch(Character::isDigit);
  }

  private static boolean isWord(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '_'
        || b == '-';
  }

  private static String latin(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }
}
