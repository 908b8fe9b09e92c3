package io.nightfeed.sources;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.raw.Action;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawPost;
import io.nightfeed.sources.Dataset.PostVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reposts and comments on Weibo (Song et al. 2018, arXiv:1811.04175): {@code interactions.jsonl}
 * and {@code posts.jsonl}. A {@code comment} is a comment and a {@code repost} a share. Interaction
 * times are wall time at UTC+8, post times are epoch seconds or, for some, {@code Sat Jun 29
 * 12:40:09 +0800 2013}. Pictures come without alternative texts, and records whose times contradict
 * one another are passed on as they are.
 */
final class WeiboThreads {
  private static final DateTimeFormatter WALL_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.ofHours(8));
  private static final DateTimeFormatter SPELT_OUT =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss Z uuuu", Locale.ENGLISH);
  private static final String LANGUAGE_OF_ALL = "zh";

  private WeiboThreads() {}

  static Dataset read(Path folder) throws IOException {
    var interactions = DatasetFile.in(folder, "interactions.jsonl");
    var threads = DatasetFile.in(folder, "posts.jsonl");
    var ids = new StableIds();
    var events = new ArrayList<RawEvent>();
    interactions.eachJson(line -> events.add(event(line, ids)));
    var posts = new ArrayList<PostVersion>();
    threads.eachJson(line -> posts.add(post(line)));
    return new Dataset(events, posts, List.of());
  }

  private static RawEvent event(JsonNode line, StableIds ids) {
    var user = string(line, "user_id");
    var post = string(line, "post_id");
    var time = string(line, "ts");
    var kind = string(line, "event");
    var text = string(line, "text");
    var event =
        RawEvent.of(
            ids.next(user, post, time, kind, text),
            WALL_TIME.parse(time, Instant::from),
            user,
            post,
            action(kind));
    return text.isEmpty() ? event : event.withText(text, LANGUAGE_OF_ALL);
  }

  private static Action action(String kind) {
    return switch (kind) {
      case "comment" -> Action.COMMENT;
      case "repost" -> Action.SHARE;
      default ->
          throw new IllegalArgumentException("event is '" + kind + "', not comment or repost");
    };
  }

  private static PostVersion post(JsonNode line) {
    var created = created(line.required("time"));
    return new PostVersion(
        created,
        new RawPost(
            string(line, "post_id"),
            string(line, "author_id"),
            created,
            string(line, "text"),
            LANGUAGE_OF_ALL,
            List.of(),
            List.of()));
  }

  private static Instant created(JsonNode time) {
    if (time.isIntegralNumber()) {
      return Instant.ofEpochSecond(time.longValue());
    }
    if (time.isTextual()) {
      return SPELT_OUT.parse(time.textValue(), Instant::from);
    }
    throw new IllegalArgumentException("time is " + time + ", not epoch seconds or a date");
  }

  private static String string(JsonNode line, String name) {
    var value = line.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " is " + value + ", not a string");
    }
    return value.textValue();
  }
}
