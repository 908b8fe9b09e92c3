package io.nightfeed.raw;

import static io.nightfeed.tables.Columns.*;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes records as JSON objects in UTF-8, in the order of the schema, leaving out what is unknown.
 * The same record always gives the same bytes.
 */
public final class RawLines {
  private static final JsonFactory JSON = new JsonFactory();

  private RawLines() {}

  /** The line of an event, without a line break. */
  public static byte[] of(RawEvent event) {
    return object(
        json -> {
          json.writeStringField(EVENT_ID, event.eventId());
          json.writeStringField(EVENT_TIME, event.eventTime().toString());
          json.writeStringField(USER_ID, event.userId());
          json.writeStringField(POST_ID, event.postId());
          json.writeStringField(ACTION, event.action().label());
          if (event.dwellMs() != null) {
            json.writeNumberField(DWELL_MS, event.dwellMs());
          }
          if (event.position() != null) {
            json.writeNumberField(POSITION, event.position());
          }
          if (event.propensity() != null) {
            json.writeNumberField(PROPENSITY, event.propensity());
          }
          writeIfKnown(json, TEXT, event.text());
          writeIfKnown(json, SESSION_ID, event.sessionId());
          writeIfKnown(json, LANGUAGE, event.language());
        });
  }

  /** The line of a post, without a line break. */
  public static byte[] of(RawPost post) {
    return object(
        json -> {
          json.writeStringField(POST_ID, post.postId());
          json.writeStringField(AUTHOR_ID, post.authorId());
          json.writeStringField(CREATED_AT, post.createdAt().toString());
          writeIfKnown(json, TEXT, post.text());
          writeIfKnown(json, LANGUAGE, post.language());
          writeIfAny(json, TAGS, post.tags());
          writeIfAny(json, MEDIA_ALT_TEXT, post.mediaAltText());
        });
  }

  private static byte[] object(Fields fields) {
    var bytes = new ByteArrayOutputStream(256);
    try (var json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot fail to be written", e);
    }
    return bytes.toByteArray();
  }

  private static void writeIfKnown(JsonGenerator json, String name, String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private static void writeIfAny(JsonGenerator json, String name, List<String> values)
      throws IOException {
    if (values.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(name);
    for (var value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }
}
