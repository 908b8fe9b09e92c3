package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings;
import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.udfs.Pseudonym;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of the raw formats, as a platform writes them. */
final class TestRecords {
  static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  static final int LONGEST_LINE = 4096;
  static final int LONGEST_TEXT = 1000;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Settings.Ingest SETTINGS =
      new Settings.Ingest(
          LONGEST_LINE,
          LONGEST_TEXT,
          Duration.ofMinutes(5),
          LocalDate.of(2010, 1, 1),
          0.5,
          1 << 16);

  private TestRecords() {}

  static RecordFormat format(Source source) {
    return new RecordFormat(source, SETTINGS, NIGHT, new Pseudonym(new byte[32]));
  }

  /** Every field of an event. */
  static Map<String, Object> event(String id) {
    var event = new LinkedHashMap<String, Object>();
    event.put(EVENT_ID, id);
    event.put(EVENT_TIME, NIGHT + "T12:00:00.250Z");
    event.put(USER_ID, "u1");
    event.put(POST_ID, "p1");
    event.put(ACTION, "comment");
    event.put(DWELL_MS, 1200);
    event.put(POSITION, 3);
    event.put(PROPENSITY, 0.25);
    event.put(TEXT, "nice 好");
    event.put(SESSION_ID, "s1");
    event.put(LANGUAGE, "en");
    return event;
  }

  /** Every field of a post. */
  static Map<String, Object> post(String id) {
    var post = new LinkedHashMap<String, Object>();
    post.put(POST_ID, id);
    post.put(AUTHOR_ID, "u2");
    post.put(CREATED_AT, NIGHT + "T08:00:00+08:00");
    post.put(TEXT, "first post");
    post.put(LANGUAGE, "en");
    post.put(TAGS, new String[] {"news"});
    post.put(MEDIA_ALT_TEXT, new String[] {"a cat"});
    return post;
  }

  static Map<String, Object> with(Map<String, Object> record, String field, Object value) {
    var changed = new LinkedHashMap<>(record);
    changed.put(field, value);
    return changed;
  }

  static Map<String, Object> without(Map<String, Object> record, String field) {
    var changed = new LinkedHashMap<>(record);
    changed.remove(field);
    return changed;
  }

  static String json(Map<String, Object> record) {
    try {
      return JSON.writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }
}
