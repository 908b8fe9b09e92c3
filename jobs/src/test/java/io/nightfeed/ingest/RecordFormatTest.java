package io.nightfeed.ingest;

import static io.nightfeed.ingest.QuarantineReason.*;
import static io.nightfeed.ingest.TestRecords.NIGHT;
import static io.nightfeed.ingest.TestRecords.bytes;
import static io.nightfeed.ingest.TestRecords.event;
import static io.nightfeed.ingest.TestRecords.format;
import static io.nightfeed.ingest.TestRecords.json;
import static io.nightfeed.ingest.TestRecords.post;
import static io.nightfeed.ingest.TestRecords.with;
import static io.nightfeed.ingest.TestRecords.without;
import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.udfs.Pseudonym;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
  private static final RecordFormat EVENTS = format(Source.EVENTS);
  private static final RecordFormat POSTS = format(Source.POSTS);

  @Test
  void completeEvent_givesEveryColumn() throws Refusal {
    assertThat(values(EVENTS, bytes(json(event("e1")))))
        .containsExactly(
            "e1",
            Timestamp.from(Instant.parse("2025-06-02T12:00:00.250Z")),
            Date.valueOf("2025-06-02"),
            new Pseudonym(new byte[32]).call("u1"),
            "p1",
            "comment",
            1200L,
            3,
            0.25,
            "nice 好",
            "s1",
            "en");
  }

  @Test
  void eventWithRequiredFieldsAlone_leavesTheOthersNull() throws Refusal {
    var event = event("e1");
    for (var field : new String[] {DWELL_MS, POSITION, PROPENSITY, TEXT, SESSION_ID}) {
      event.remove(field);
    }
    assertThat(values(EVENTS, bytes(json(with(event, LANGUAGE, null)))))
        .hasSize(12)
        .endsWith(null, null, null, null, null, null);
  }

  @Test
  void completePost_readsAltTextAsPartOfItsText() throws Refusal {
    assertThat(values(POSTS, bytes(json(post("p1")))))
        .containsExactly(
            "p1",
            new Pseudonym(new byte[32]).call("u2"),
            Timestamp.from(Instant.parse("2025-06-02T00:00:00Z")),
            "first post a cat",
            "en",
            new String[] {"news"},
            new String[] {"a cat"});
  }

  @Test
  void altTextsAndTags_areCleanedAndScrubbed() throws Refusal {
    var post =
        with(post("p1"), MEDIA_ALT_TEXT, new String[] {"<b>mail</b> ann@example.org", " \u200B"});
    var values = values(POSTS, bytes(json(with(post, TAGS, new String[] {"a\u0000b", "<i></i>"}))));
    assertThat((String[]) values[6]).containsExactly("mail [email]");
    assertThat((String[]) values[5]).containsExactly("ab");
  }

  @Test
  void unknownFields_areIgnored() throws Refusal {
    assertThat(values(EVENTS, bytes(json(with(event("e1"), "extra", Map.of("a", 1))))))
        .startsWith("e1");
  }

  @Test
  void halfACharacterInAText_becomesTheReplacementCharacter() throws Refusal {
    var line = json(without(event("e1"), TEXT)).replace("{", "{\"text\":\"a\\ud83db\",");
    assertThat(values(EVENTS, bytes(line))[9]).isEqualTo("a\uFFFDb");
  }

  @Test
  void languageTag_givesItsPrimarySubtag() throws Refusal {
    assertThat(values(EVENTS, bytes(json(with(event("e1"), LANGUAGE, "zh-Hans-CN"))))[11])
        .isEqualTo("zh");
  }

  @Test
  void timeUpToTheAllowedSkewAfterTheNight_isKept() throws Refusal {
    var line = bytes(json(with(event("e1"), EVENT_TIME, "2025-06-03T00:04:59.999Z")));
    assertThat(values(EVENTS, line)[2]).isEqualTo(Date.valueOf("2025-06-03"));
  }

  @ParameterizedTest
  @MethodSource
  void badEvent_isRefusedWithItsReason(String line, QuarantineReason reason, String detail) {
    assertRefused(EVENTS, bytes(line), reason, detail);
  }

  static Stream<Arguments> badEvent_isRefusedWithItsReason() {
    var good = json(event("e1"));
    return Stream.of(
        refused("", BLANK_LINE, "expected one JSON object"),
        refused(" \t\r", BLANK_LINE, "expected one JSON object"),
        refused("no json", NOT_JSON, "column"),
        refused(good.substring(0, good.length() - 5), NOT_JSON, ""),
        refused(
            "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}",
            NOT_JSON,
            "at column 37: nested deeper than 32 levels"),
        refused("{\"event_id\":\"a\nb\"}", NOT_JSON, "column"),
        refused("{\"dwell_ms\":NaN}", NOT_JSON, "column"),
        refused("[" + good + "]", NOT_AN_OBJECT, "ARRAY"),
        refused("null", NOT_AN_OBJECT, "NULL"),
        refused(good.replace("{", "{\"user_id\":\"u9\","), DUPLICATE_FIELD, "user_id"),
        refused(good.replace("{", "{\"x\":{\"y\":1,\"y\":2},"), DUPLICATE_FIELD, "y"),
        refused(good + good, TRAILING_CONTENT, "one object"),
        refused(good + " 1", TRAILING_CONTENT, "one object"),
        refused(json(without(event("e1"), EVENT_ID)), MISSING_FIELD, "event_id"),
        refused(json(with(event("e1"), USER_ID, null)), MISSING_FIELD, "user_id"),
        refused(json(without(event("e1"), POST_ID)), MISSING_FIELD, "post_id"),
        refused(json(without(event("e1"), EVENT_TIME)), MISSING_FIELD, "event_time"),
        refused(json(without(event("e1"), ACTION)), MISSING_FIELD, "action"),
        refused(good.replace("user_id", "User_ID"), WRONG_CASE_FIELD, "expected user_id"),
        refused(good.replace("text", "TEXT"), WRONG_CASE_FIELD, "expected text"),
        refused(json(with(event("e1"), USER_ID, 17)), WRONG_TYPE, "expected a string"),
        refused(json(with(event("e1"), TEXT, new int[] {1})), WRONG_TYPE, "text is ARRAY"),
        refused(json(with(event("e1"), DWELL_MS, "12")), WRONG_TYPE, "a whole number"),
        refused(json(with(event("e1"), POSITION, 1.5)), WRONG_TYPE, "a whole number"),
        refused(json(with(event("e1"), PROPENSITY, true)), WRONG_TYPE, "a number"),
        refused(json(with(event("e1"), DWELL_MS, -1)), BAD_VALUE, "at least 0"),
        refused(json(with(event("e1"), POSITION, 0)), BAD_VALUE, "at least 1"),
        refused(json(with(event("e1"), POSITION, 1L << 40)), BAD_VALUE, "position"),
        refused(good.replace("1200", "1" + "0".repeat(30)), BAD_VALUE, "dwell_ms"),
        refused(json(with(event("e1"), PROPENSITY, 0)), BAD_VALUE, "more than 0"),
        refused(json(with(event("e1"), PROPENSITY, 1.01)), BAD_VALUE, "at most 1"),
        refused(good.replace(":0.25", ":1e999"), BAD_VALUE, "Infinity"),
        refused(json(with(event("e1"), USER_ID, " ")), BAD_VALUE, "user_id"),
        refused(json(event("e".repeat(257))), BAD_VALUE, "257 characters"),
        refused(json(event("a\u0000b")), BAD_VALUE, "control character"),
        refused(good.replace("u1", "\\ud800"), BAD_VALUE, "half a character"),
        refused(json(with(event("e1"), SESSION_ID, "\u0000")), BAD_VALUE, "session_id"),
        refused(json(with(event("e1"), LANGUAGE, "no language")), BAD_VALUE, "language tag"),
        refused(json(with(event("e1"), ACTION, "Like")), UNKNOWN_ACTION, "'Like'"),
        refused(json(with(event("e1"), EVENT_TIME, "2025-06-02")), BAD_TIME, "2025-06-02"),
        refused(json(with(event("e1"), EVENT_TIME, "2025-06-02T12:00:00")), BAD_TIME, "offset"),
        refused(
            json(with(event("e1"), EVENT_TIME, "2025-02-30T12:00:00Z")), BAD_TIME, "2025-02-30"),
        refused(
            json(with(event("e1"), EVENT_TIME, "2025-06-03T00:05:00Z")), FUTURE_TIME, "2025-06-03"),
        refused(
            json(with(event("e1"), EVENT_TIME, "+999999999-01-01T00:00:00Z")), FUTURE_TIME, "9999"),
        refused(
            json(with(event("e1"), EVENT_TIME, "2009-12-31T23:59:59Z")),
            IMPLAUSIBLE_TIME,
            "2010-01-01"),
        refused(json(with(event("e1"), TEXT, "好".repeat(1001))), TEXT_TOO_LONG, "1001 characters"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"author_id", "created_at", "post_id"})
  void postWithoutARequiredField_isRefused(String field) {
    assertRefused(POSTS, bytes(json(without(post("p1"), field))), MISSING_FIELD, field);
  }

  @Test
  void postWithANumberAmongItsTags_isRefused() {
    var line = json(with(post("p1"), TAGS, new Object[] {"a", 1}));
    assertRefused(POSTS, bytes(line), WRONG_TYPE, "tags");
  }

  @Test
  void bytesThatAreNotUtf8_areRefused() {
    var latin = json(with(event("e1"), TEXT, "café")).getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(EVENTS, latin, INVALID_UTF8, "");
  }

  /** U+D800 written in three bytes, as some databases do. */
  @Test
  void surrogateInBytes_isRefused() {
    var line = json(with(event("e1"), TEXT, "###")).getBytes(StandardCharsets.ISO_8859_1);
    var at = new String(line, StandardCharsets.ISO_8859_1).indexOf("###");
    line[at] = (byte) 0xED;
    line[at + 1] = (byte) 0xA0;
    line[at + 2] = (byte) 0x80;
    assertRefused(EVENTS, line, INVALID_UTF8, "");
  }

  private static Arguments refused(String line, QuarantineReason reason, String detail) {
    var shown = line.length() > 60 ? line.substring(0, 60) + "…" : line;
    return arguments(named("<" + shown + ">", line), reason, detail);
  }

  private static Object[] values(RecordFormat format, byte[] line) throws Refusal {
    return format.values(format.parse(line));
  }

  private static void assertRefused(
      RecordFormat format, byte[] line, QuarantineReason reason, String detail) {
    var refusal = catchThrowableOfType(Refusal.class, () -> values(format, line));
    assertThat(refusal).as("a refusal of the night %s", NIGHT).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal).hasMessageContaining(detail);
  }
}
