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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * MovieLens, the small set (Harper and Konstan 2015): {@code ratings.csv}, {@code movies.csv} and
 * {@code tags.csv}.
 *
 * <ul>
 *   <li>A rating of 4 stars or more is a {@code like}. A lower one is a {@code view}: the user saw
 *       the film and nothing says that more of the kind is wanted.
 *   <li>A film is a post whose text is its title and genres. It is created when anybody first rated
 *       or tagged it; a film that nobody did is left out, for it has no time.
 *   <li>A tag is no event, or what a held-out rating is tested on would leak. When a user tags a
 *       film, the film lands again as a new version that shows the tags so far, so no night sees a
 *       later tag.
 * </ul>
 */
final class MovieLens {
  private static final double LIKED = 4.0;
  private static final String AUTHOR = "movielens";
  private static final String LANGUAGE_OF_TITLES = "en";

  private final Map<String, Instant> firstSeen = new HashMap<>();
  private final List<Tag> tags = new ArrayList<>();
  private final List<RawEvent> events = new ArrayList<>();
  private final List<PostVersion> posts = new ArrayList<>();
  private int unseen;

  private MovieLens() {}

  static Dataset read(Path folder) throws IOException {
    var ratings = DatasetFile.in(folder, "ratings.csv");
    var tagged = DatasetFile.in(folder, "tags.csv");
    var movies = DatasetFile.in(folder, "movies.csv");
    var reader = new MovieLens();
    var ids = new StableIds();
    ratings.eachCsvRow(
        List.of("userId", "movieId", "rating", "timestamp"), row -> reader.rating(row, ids));
    tagged.eachCsvRow(List.of("movieId", "tag", "timestamp"), reader::tag);
    var tagsByMovie = new HashMap<String, List<Tag>>();
    reader.tags.sort(Comparator.comparing(Tag::time));
    reader.tags.forEach(
        tag -> tagsByMovie.computeIfAbsent(tag.movie(), movie -> new ArrayList<>()).add(tag));
    movies.eachCsvRow(
        List.of("movieId", "title", "genres"),
        row -> reader.movie(row, tagsByMovie.getOrDefault(row.getString("movieId"), List.of())));
    return new Dataset(
        reader.events,
        reader.posts,
        List.of(reader.unseen + " films that nobody rated or tagged were left out"));
  }

  private void rating(Record row, StableIds ids) {
    var user = row.getString("userId");
    var movie = row.getString("movieId");
    var rating = row.getString("rating");
    var time = time(row);
    firstSeen.merge(movie, time, MovieLens::earlier);
    var action = Double.parseDouble(rating) >= LIKED ? Action.LIKE : Action.VIEW;
    var id = ids.next(user, movie, rating, time.toString());
    events.add(RawEvent.of(id, time, user, movie, action));
  }

  private void tag(Record row) {
    var tag = new Tag(row.getString("movieId"), row.getString("tag"), time(row));
    firstSeen.merge(tag.movie(), tag.time(), MovieLens::earlier);
    tags.add(tag);
  }

  private void movie(Record row, List<Tag> tagsInOrder) {
    var movie = row.getString("movieId");
    var created = firstSeen.get(movie);
    if (created == null) {
      unseen++;
      return;
    }
    var title = row.getString("title");
    var genres = genres(row.getString("genres"));
    posts.add(new PostVersion(created, post(movie, created, title, genres, Set.of())));
    var soFar = new LinkedHashSet<String>();
    for (var tag : tagsInOrder) {
      if (soFar.add(tag.text())) {
        posts.add(new PostVersion(tag.time(), post(movie, created, title, genres, soFar)));
      }
    }
  }

  private static RawPost post(
      String movie, Instant created, String title, List<String> genres, Set<String> userTags) {
    var text = new StringBuilder(title).append('.');
    var labels = new ArrayList<String>(genres);
    if (!genres.isEmpty()) {
      text.append(' ').append(String.join(", ", genres)).append('.');
    }
    if (!userTags.isEmpty()) {
      text.append(' ').append(String.join(", ", userTags)).append('.');
      labels.addAll(userTags);
    }
    return new RawPost(
        movie, AUTHOR, created, text.toString(), LANGUAGE_OF_TITLES, labels, List.of());
  }

  private static List<String> genres(String listed) {
    return listed.equals("(no genres listed)") ? List.of() : List.of(listed.split("\\|"));
  }

  private static Instant time(Record row) {
    return Instant.ofEpochSecond(Long.parseLong(row.getString("timestamp")));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private record Tag(String movie, String text, Instant time) {}
}
