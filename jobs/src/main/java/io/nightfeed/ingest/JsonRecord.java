package io.nightfeed.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One JSON object, read strictly: valid UTF-8, one object to a line, no field twice, every known
 * field of its type and in its letter case. Fields that are not known are left unread, and named.
 */
final class JsonRecord {
  static final int LONGEST_IDENTIFIER = 256;
  private static final int DEEPEST_NESTING = 32;
  private static final Pattern LANGUAGE_TAG =
      Pattern.compile("[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,8}");
  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final int MOST_UNREAD_FIELDS = 16;

  private final JsonNode object;
  private final List<String> unreadFields;

  private JsonRecord(JsonNode object, List<String> unreadFields) {
    this.object = object;
    this.unreadFields = unreadFields;
  }

  /**
   * @param known names of the fields of this format
   */
  static JsonRecord parse(byte[] line, Set<String> known) throws Refusal {
    var text = decode(line);
    if (text.isBlank()) {
      throw new Refusal(QuarantineReason.BLANK_LINE, "expected one JSON object");
    }
    requireShallow(text);
    var object = tree(text);
    if (!object.isObject()) {
      throw new Refusal(
          QuarantineReason.NOT_AN_OBJECT, "found " + object.getNodeType() + ", expected an object");
    }
    return new JsonRecord(object, unread(object, known));
  }

  /** Names of fields that this format does not know, shortened, and not more than some. */
  List<String> unreadFields() {
    return unreadFields;
  }

  /** A non-empty string without invisible controls. */
  String identifier(String field) throws Refusal {
    return required(field, identifierOrNull(field));
  }

  /** As {@link #identifier}, or null where the field is absent or null. */
  String identifierOrNull(String field) throws Refusal {
    var value = string(field);
    if (value == null) {
      return null;
    }
    if (value.isBlank() || value.length() > LONGEST_IDENTIFIER) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE,
          "%s has %d characters; expected 1 to %d, not all blank"
              .formatted(field, value.length(), LONGEST_IDENTIFIER));
    }
    if (value.codePoints().anyMatch(c -> Character.isISOControl(c) || isSurrogate(c))) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE, field + " holds a control character or half a character");
    }
    return value;
  }

  /** The primary subtag of a language tag (RFC 5646) in lower case, or null. */
  String language(String field) throws Refusal {
    var value = string(field);
    if (value == null) {
      return null;
    }
    if (!LANGUAGE_TAG.matcher(value).matches()) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE,
          "%s is %s; expected a language tag, as zh or en-GB".formatted(field, shown(value)));
    }
    return value.split("[-_]", 2)[0].toLowerCase(Locale.ROOT);
  }

  /** Free text, or null. Half a character becomes U+FFFD: no table can hold it. */
  String text(String field) throws Refusal {
    var value = string(field);
    return value == null ? null : wellFormed(value);
  }

  /** ISO 8601 with an offset. */
  Instant time(String field) throws Refusal {
    var value = required(field, string(field));
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new Refusal(
          QuarantineReason.BAD_TIME,
          "%s is %s; expected ISO 8601 with an offset, as 2025-06-01T12:00:00Z"
              .formatted(field, shown(value)));
    }
  }

  private String string(String field) throws Refusal {
    var value = object.path(field);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(field, value, "a string");
    }
    return value.textValue();
  }

  /** A whole number of at least {@code least}, or null. */
  Long integer(String field, long least) throws Refusal {
    var value = object.path(field);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(field, value, "a whole number");
    }
    if (!value.canConvertToLong() || value.longValue() < least) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE,
          "%s is %s; expected at least %d".formatted(field, shown(value.asText()), least));
    }
    return value.longValue();
  }

  /** A number in (0, 1], or null. */
  Double probability(String field) throws Refusal {
    var value = object.path(field);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isNumber()) {
      throw wrongType(field, value, "a number");
    }
    var number = value.doubleValue();
    if (!(number > 0 && number <= 1)) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE,
          field + " is " + number + "; expected more than 0, at most 1");
    }
    return number;
  }

  /** The strings of an array, or null. */
  List<String> strings(String field) throws Refusal {
    var value = object.path(field);
    if (isAbsent(value)) {
      return null;
    }
    if (!value.isArray()) {
      throw wrongType(field, value, "an array of strings");
    }
    var strings = new ArrayList<String>();
    for (var element : value) {
      if (!element.isTextual()) {
        throw wrongType(field, element, "an array of strings");
      }
      strings.add(wellFormed(element.textValue()));
    }
    return strings;
  }

  private static String wellFormed(String text) {
    return LONE_SURROGATE.matcher(text).replaceAll("\uFFFD");
  }

  private static <T> T required(String field, T value) throws Refusal {
    if (value == null) {
      throw new Refusal(QuarantineReason.MISSING_FIELD, field + " is required");
    }
    return value;
  }

  private static Refusal wrongType(String field, JsonNode found, String expected) {
    return new Refusal(
        QuarantineReason.WRONG_TYPE,
        "%s is %s; expected %s".formatted(field, found.getNodeType(), expected));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static String decode(byte[] line) throws Refusal {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(line))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(QuarantineReason.INVALID_UTF8, e.getMessage());
    }
  }

  /** Jackson's own limit came with 2.15, and a cluster with Spark 3.4 has 2.14. */
  private static void requireShallow(String text) throws Refusal {
    var depth = 0;
    var isString = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (isString) {
        if (c == '\\') {
          i++;
        } else {
          isString = c != '"';
        }
      } else if (c == '"') {
        isString = true;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if ((c == '{' || c == '[') && ++depth > DEEPEST_NESTING) {
        throw new Refusal(
            QuarantineReason.NOT_JSON,
            "at column %d: nested deeper than %d levels".formatted(i + 1, DEEPEST_NESTING));
      }
    }
  }

  private static JsonNode tree(String text) throws Refusal {
    try {
      return JSON.readTree(text);
    } catch (MismatchedInputException e) {
      throw new Refusal(QuarantineReason.TRAILING_CONTENT, "expected one object to a line");
    } catch (JsonParseException e) {
      var isDuplicate = e.getOriginalMessage().startsWith("Duplicate field");
      throw new Refusal(
          isDuplicate ? QuarantineReason.DUPLICATE_FIELD : QuarantineReason.NOT_JSON,
          isDuplicate ? e.getOriginalMessage() : "at column " + e.getLocation().getColumnNr());
    } catch (JsonProcessingException e) {
      throw new Refusal(QuarantineReason.NOT_JSON, e.getOriginalMessage());
    }
  }

  private static List<String> unread(JsonNode object, Set<String> known) throws Refusal {
    var unread = new ArrayList<String>();
    for (var names = object.fieldNames(); names.hasNext(); ) {
      var name = names.next();
      if (known.contains(name)) {
        continue;
      }
      var lower = name.toLowerCase(Locale.ROOT);
      if (known.contains(lower)) {
        throw new Refusal(
            QuarantineReason.WRONG_CASE_FIELD, "found " + shown(name) + ", expected " + lower);
      }
      if (unread.size() < MOST_UNREAD_FIELDS) {
        unread.add(wellFormed(shown(name)));
      }
    }
    return unread;
  }

  private static String shown(String value) {
    return "'" + value.substring(0, Math.min(40, value.length())) + "'";
  }
}
