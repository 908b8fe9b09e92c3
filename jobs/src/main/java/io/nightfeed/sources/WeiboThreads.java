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

/**
 * Reposts and comments on Weibo (Song et al. 2018, arXiv:1811.04175): {@code interactions.jsonl}
 * and {@code posts.jsonl}. A {@code comment} is a comment and a {@code repost} a share. Interaction
 * times are wall time at UTC+8, post times are epoch seconds. Pictures come without alternative
 * texts, and records whose times contradict one another are passed on as they are.
 */
final class WeiboThreads {
  private static final DateTimeFormatter WALL_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.ofHours(8));
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
    var user = line.required("user_id").asText();
    var post = line.required("post_id").asText();
    var time = line.required("ts").asText();
    var kind = line.required("event").asText();
    var text = line.required("text").asText();
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
    var created = Instant.ofEpochSecond(line.required("time").asLong());
    return new PostVersion(
        created,
        new RawPost(
            line.required("post_id").asText(),
            line.required("author_id").asText(),
            created,
            line.required("text").asText(),
            LANGUAGE_OF_ALL,
            List.of(),
            List.of()));
  }
}
