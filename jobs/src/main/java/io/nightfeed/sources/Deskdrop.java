package io.nightfeed.sources;

import com.univocity.parsers.common.record.Record;
import io.nightfeed.raw.Action;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawPost;
import io.nightfeed.sources.Dataset.PostVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Deskdrop, a company's internal article sharing (CI&amp;T): {@code users_interactions.csv}.
 *
 * <ul>
 *   <li>{@code VIEW} means that the user opened the article: a {@code click}. Impressions are not
 *       logged.
 *   <li>{@code LIKE} and {@code BOOKMARK} (kept for later) are a {@code like}.
 *   <li>{@code COMMENT CREATED} is a {@code comment}; its words are not in the data set.
 *   <li>{@code FOLLOW} (of the article's comments) is a {@code follow}.
 *   <li>An article is a post without text, created when anybody first touched it.
 * </ul>
 */
final class Deskdrop {
  private static final String AUTHOR = "deskdrop";

  private Deskdrop() {}

  static Dataset read(Path folder) throws IOException {
    var interactions = DatasetFile.in(folder, "users_interactions.csv");
    var ids = new StableIds();
    var events = new ArrayList<RawEvent>();
    interactions.eachCsvRow(
        List.of("timestamp", "eventType", "contentId", "personId", "sessionId"),
        row -> events.add(event(row, ids)));
    var firstTouched = new TreeMap<String, Instant>();
    for (var event : events) {
      firstTouched.merge(
          event.postId(),
          event.eventTime(),
          (known, other) -> other.isBefore(known) ? other : known);
    }
    var posts = new ArrayList<PostVersion>();
    firstTouched.forEach(
        (post, created) ->
            posts.add(
                new PostVersion(
                    created,
                    new RawPost(post, AUTHOR, created, null, null, List.of(), List.of()))));
    return new Dataset(events, posts, List.of("articles come without text"));
  }

  private static RawEvent event(Record row, StableIds ids) {
    var time = row.getString("timestamp");
    var kind = row.getString("eventType");
    var post = row.getString("contentId");
    var user = row.getString("personId");
    var session = row.getString("sessionId");
    return RawEvent.of(
            ids.next(user, post, time, kind, session),
            Instant.ofEpochSecond(Long.parseLong(time)),
            user,
            post,
            action(kind))
        .withSession(session);
  }

  private static Action action(String kind) {
    return switch (kind) {
      case "VIEW" -> Action.CLICK;
      case "LIKE", "BOOKMARK" -> Action.LIKE;
      case "COMMENT CREATED" -> Action.COMMENT;
      case "FOLLOW" -> Action.FOLLOW;
      default ->
          throw new IllegalArgumentException(
              "eventType is '"
                  + kind
                  + "', not one of VIEW, LIKE, BOOKMARK, COMMENT CREATED and FOLLOW");
    };
  }
}
