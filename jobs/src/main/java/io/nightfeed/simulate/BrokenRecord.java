package io.nightfeed.simulate;

import io.nightfeed.raw.RawSource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The ways in which a line goes wrong. Each makes a good record into a line to refuse. */
public enum BrokenRecord {
  /** The line ends in the middle. */
  TRUNCATED_JSON {
    @Override
    String spoil(String line) {
      return line.substring(
          0, line.offsetByCodePoints(0, line.codePointCount(0, line.length()) / 2));
    }
  },
  /** An identifier is a number. */
  WRONG_TYPE {
    @Override
    String spoil(String line) {
      return line.replaceFirst("\"(user_id|author_id)\":\"[^\"]*\"", "\"$1\":12345");
    }
  },
  /** A required field is not there. */
  MISSING_FIELD {
    @Override
    String spoil(String line) {
      return line.replaceFirst("\"(user_id|author_id)\":\"[^\"]*\",", "");
    }
  },
  /** The time is no instant. */
  BAD_TIME {
    @Override
    String spoil(String line) {
      return line.replaceFirst(
          "\"(event_time|created_at)\":\"[^\"]*\"", "\"$1\":\"yesterday at noon\"");
    }
  },
  /** The action is not one of the eight; posts have none. */
  UNKNOWN_ACTION {
    @Override
    String spoil(String line) {
      return line.replaceFirst("\"action\":\"[^\"]*\"", "\"action\":\"poke\"");
    }
  },
  /** A byte sequence that UTF-8 does not have. */
  INVALID_UTF8 {
    @Override
    String spoil(String line) {
      return line;
    }

    @Override
    byte[] of(byte[] line) {
      var at = new String(line, StandardCharsets.ISO_8859_1).indexOf("\":\"") + 3;
      var bytes = new ByteArrayOutputStream(line.length + 2);
      bytes.write(line, 0, at);
      bytes.write(0xC3);
      bytes.write(0x28);
      bytes.write(line, at, line.length - at);
      return bytes.toByteArray();
    }
  },
  /** A line break is missing. */
  TWO_OBJECTS {
    @Override
    String spoil(String line) {
      return line + line;
    }
  },
  /** A key stands twice, with different values. */
  DUPLICATE_KEY {
    @Override
    String spoil(String line) {
      return "{\"post_id\":\"p0\"," + line.substring(1);
    }
  };

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The kind as it stands in the truth. */
  public String label() {
    return label;
  }

  /** The kinds that a stream can have. */
  static List<BrokenRecord> in(RawSource source) {
    return Arrays.stream(values())
        .filter(kind -> source == RawSource.EVENTS || kind != UNKNOWN_ACTION)
        .toList();
  }

  /** The broken form of a good line. */
  byte[] of(byte[] line) {
    return spoil(new String(line, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  abstract String spoil(String line);
}
