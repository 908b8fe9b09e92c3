package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.config.Settings;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Measure.WindowRanking;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.interest.Floats;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawPost;
import io.nightfeed.sources.Dataset;
import io.nightfeed.sources.Dataset.PostVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rolling origins: engagements before an origin are learned from, those of the window after it are
 * asked for. No engagement that comes after a moment is known at it, unlike in splits by chance;
 * texts, authors and times of later posts are, as of a catalogue. Ranked are the posts of the
 * window: those that were written in it and those that somebody engaged with in it.
 */
final class TimeSplits {
  private static final Duration WEIBO_WINDOW = Duration.ofDays(30);

  /** Settings are chosen on the window after this; the first origin comes after the window. */
  private static final Instant VALIDATION = Instant.parse("2012-10-01T00:00:00Z");

  private static final List<Instant> ORIGINS =
      Stream.of(
              "2012-12-01",
              "2013-02-01",
              "2013-04-01",
              "2013-06-01",
              "2013-08-01",
              "2013-10-01",
              "2013-12-01",
              "2014-02-01")
          .map(date -> Instant.parse(date + "T00:00:00Z"))
          .toList();

  private static final int LIST = 20;

  /** The first engagement of a user with a post, in seconds since 1970. */
  record Engagement(int user, int post, long time) {}

  private final List<Engagement> engagements;
  private final long[] created;
  private final int users;
  private final Duration window;

  /**
   * @param engagements in any order
   * @param created when each post was written, in seconds since 1970
   */
  TimeSplits(List<Engagement> engagements, long[] created, int users, Duration window) {
    this.engagements =
        engagements.stream()
            .sorted(
                Comparator.comparingLong(Engagement::time)
                    .thenComparingInt(Engagement::user)
                    .thenComparingInt(Engagement::post))
            .toList();
    this.created = created;
    this.users = users;
    this.window = window;
  }

  /**
   * weibo-threads.
   *
   * @param data the data set's events and posts
   * @param embeddings of posts' texts, in the order of the map
   */
  static Protocol weibo(Dataset data, Function<SortedMap<String, RawPost>, float[][]> embeddings) {
    var posts = new TreeMap<String, RawPost>();
    data.posts().stream()
        .sorted(Comparator.comparing(PostVersion::knownSince))
        .forEach(version -> posts.put(version.post().postId(), version.post()));
    var postNumbers = new HashMap<String, Integer>();
    posts.keySet().forEach(id -> postNumbers.put(id, postNumbers.size()));
    var first = new LinkedHashMap<List<Integer>, Long>();
    var userNumbers = new HashMap<String, Integer>();
    new TreeSet<>(data.events().stream().map(RawEvent::userId).toList())
        .forEach(id -> userNumbers.put(id, userNumbers.size()));
    for (var event : data.events()) {
      if (postNumbers.containsKey(event.postId())) {
        first.merge(
            List.of(userNumbers.get(event.userId()), postNumbers.get(event.postId())),
            event.eventTime().getEpochSecond(),
            Math::min);
      }
    }
    var engagements =
        first.entrySet().stream()
            .map(
                entry ->
                    new Engagement(entry.getKey().get(0), entry.getKey().get(1), entry.getValue()))
            .toList();
    var created =
        posts.values().stream().mapToLong(post -> post.createdAt().getEpochSecond()).toArray();
    var splits = new TimeSplits(engagements, created, userNumbers.size(), WEIBO_WINDOW);
    return new Protocol(
        "weibo",
        "weibo-threads (Song et al. 2018) by rolling origins: what was engaged with before an origin is"
            + " learned from, what users of a history engage with in the 30 days after it is asked"
            + " for. Ranked are the posts of those days, written or engaged with then, that the user"
            + " has not met. Settings are chosen on the 30 days after an earlier origin, which ends"
            + " before the first origin begins. Vectors of texts are the content.",
        ORIGINS.size(),
        origin -> splits.at(ORIGINS.get(origin)),
        splits.at(VALIDATION),
        new WindowRanking(List.of(LIST)),
        List.of("ndcg" + LIST),
        LIST,
        new Items(
            embeddings.apply(posts),
            posts.values().stream().map(RawPost::authorId).toArray(String[]::new),
            created));
  }

  Split at(Instant origin) {
    long from = origin.getEpochSecond();
    long until = origin.plus(window).getEpochSecond();
    var test = interactions(from, until);
    var engaged = test.popularity();
    var candidates =
        IntStream.range(0, created.length)
            .filter(post -> engaged[post] > 0 || created[post] >= from && created[post] < until)
            .toArray();
    return new Split(interactions(Long.MIN_VALUE, from), test, candidates);
  }

  private Interactions interactions(long from, long until) {
    var posts = new ArrayList<List<Integer>>();
    var times = new ArrayList<List<Long>>();
    for (int user = 0; user < users; user++) {
      posts.add(new ArrayList<>());
      times.add(new ArrayList<>());
    }
    for (var one : engagements) {
      if (one.time() >= from && one.time() < until) {
        posts.get(one.user()).add(one.post());
        times.get(one.user()).add(one.time());
      }
    }
    return Interactions.ordered(
        created.length,
        posts.stream()
            .map(mine -> mine.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new),
        times.stream()
            .map(mine -> mine.stream().mapToLong(Long::longValue).toArray())
            .toArray(long[][]::new));
  }

  /** By the encoder of Chinese. */
  static Function<SortedMap<String, RawPost>, float[][]> chinese(
      SparkSession spark, Settings settings) {
    var encoder =
        settings.encoders().stream()
            .filter(one -> one.languages().contains("zh"))
            .findFirst()
            .orElseThrow();
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var schema =
        new StructType().add(POST_ID, DataTypes.StringType).add(TEXT, DataTypes.StringType);
    return posts -> {
      var rows =
          posts.values().stream()
              .map(post -> RowFactory.create(post.postId(), post.text()))
              .toList();
      return TextEncoder.load(spark, encoder, folder, settings.annotate())
          .embed(
              spark
                  .createDataFrame(rows, schema)
                  .repartition(TextEncoder.partitions(spark, settings.annotate())))
          .select(col(POST_ID), col(EMBEDDING))
          .sort(POST_ID)
          .collectAsList()
          .stream()
          .map(row -> Floats.of(row, EMBEDDING))
          .toArray(float[][]::new);
    };
  }
}
