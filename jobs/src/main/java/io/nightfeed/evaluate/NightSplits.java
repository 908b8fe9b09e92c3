package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.EmotionForm;
import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Measure.WindowRanking;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.TimeSplits.Engagement;
import io.nightfeed.interest.EmotionParameters;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.interest.NightlyFit;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Actions;
import io.nightfeed.tables.Silver;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rolling origins on nights of a lake: each of them but the last learns from what that night knew,
 * and is asked for what people engaged with in a window after it. The last night only tells what
 * happened. Texts, authors and times of all posts are known to every origin, as of a catalogue.
 */
final class NightSplits {
  private static final List<Integer> LISTS = List.of(20);

  private final Lake lake;
  private final Settings settings;
  private final LocalDate last;
  private final Dataset<Row> known;
  private final Map<String, Integer> users = new HashMap<>();
  private final List<Double> draws = new ArrayList<>();
  private final Map<String, Integer> posts = new HashMap<>();
  private final float[][] contentEmotions;
  private final Protocol protocol;
  private final Map<Interactions, LocalDate> nights = new IdentityHashMap<>();
  private final Map<String, Fitted> models = new HashMap<>();

  /** A model's numbers, by user and by post. */
  private record Fitted(
      float[][] users, float[][] items, float[][] emotionItems, EmotionParameters emotion) {}

  /**
   * @param nights at least three, ascending: on the window after the first settings of rivals are
   *     chosen, the others but the last are origins
   * @param window at most as long as the nights lie apart, or people know what they are asked for
   */
  NightSplits(Lake lake, Settings settings, List<LocalDate> nights, Duration window) {
    this(lake, settings, nights, window, History.posts(lake, nights.get(nights.size() - 1)));
  }

  private NightSplits(
      Lake lake, Settings settings, List<LocalDate> nights, Duration window, Dataset<Row> known) {
    this.lake = lake;
    this.settings = settings;
    last = nights.get(nights.size() - 1);
    this.known = known;
    var catalogue = catalogue();
    catalogue.forEach(row -> posts.put(row.getString(0), posts.size()));
    contentEmotions =
        catalogue.stream().map(row -> Floats.of(row, CONTENT_EMOTIONS)).toArray(float[][]::new);
    var engagements = engagements();
    var created =
        catalogue.stream().mapToLong(row -> row.getTimestamp(2).getTime() / 1000).toArray();
    var splits = new TimeSplits(engagements, created, users.size(), window);
    var all = nights.stream().limit(nights.size() - 1L).map(night -> at(splits, night)).toList();
    protocol =
        new Protocol(
            "nights",
            "Nights of a lake as rolling origins: a night's model learns what that night knew; what"
                + " users of a history engage with in the %d days after it is asked for. Ranked are"
                    .formatted(window.toDays())
                + " the posts of those days, written or engaged with then, that the user has not met."
                + " The interest model has the settings of the nightly run; those of rivals are"
                + " chosen on the days after the first night. Vectors of texts are the content.",
            all.size() - 1,
            origin -> all.get(origin + 1),
            all.get(0),
            new WindowRanking(LISTS),
            List.of("ndcg20"),
            LISTS.get(0),
            new Items(
                content(catalogue),
                catalogue.stream().map(row -> row.getString(1)).toArray(String[]::new),
                created));
  }

  /**
   * The window after one night alone, as the validation part; of posts those of after it are
   * unknown, too.
   *
   * @param last a night that knows what happened in the window
   */
  static NightSplits validation(
      Lake lake, Settings settings, LocalDate night, LocalDate last, Duration window) {
    var end = Timestamp.from(endOf(night).plus(window));
    var known = History.posts(lake, last).where(col(CREATED_AT).lt(lit(end)));
    return new NightSplits(lake, settings, List.of(night, last), window, known);
  }

  Protocol protocol() {
    return protocol;
  }

  private Split at(TimeSplits splits, LocalDate night) {
    var split = splits.at(endOf(night));
    nights.put(split.train(), night);
    return split;
  }

  private static Instant endOf(LocalDate night) {
    return night.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private List<Row> catalogue() {
    return known
        .join(
            Annotations.current(lake, last)
                .select(TEXT_HASH, ENCODER, EMBEDDING, EMOTIONS, VALENCE),
            new String[] {TEXT_HASH},
            "left")
        .select(
            col(POST_ID),
            col(AUTHOR_ID),
            col(CREATED_AT),
            col(ENCODER),
            col(EMBEDDING),
            NightlyFit.contentEmotions().as(CONTENT_EMOTIONS))
        .sort(POST_ID)
        .collectAsList();
  }

  /** Embeddings by the encoder of most posts, whose space is one; zeros for the others. */
  private static float[][] content(List<Row> catalogue) {
    var posts = new TreeMap<String, Integer>();
    for (var row : catalogue) {
      if (!row.isNullAt(3)) {
        posts.merge(row.getString(3), 1, Integer::sum);
      }
    }
    if (posts.isEmpty()) {
      return new float[0][];
    }
    var encoder = Collections.max(posts.entrySet(), Map.Entry.comparingByValue()).getKey();
    var vectors =
        catalogue.stream()
            .map(row -> encoder.equals(row.getString(3)) ? Floats.of(row, EMBEDDING) : null)
            .toArray(float[][]::new);
    int width = Arrays.stream(vectors).filter(Objects::nonNull).findFirst().orElseThrow().length;
    Arrays.setAll(vectors, post -> vectors[post] == null ? new float[width] : vectors[post]);
    return vectors;
  }

  private List<Engagement> engagements() {
    var rows =
        History.events(lake, last)
            .where(col(ACTION).isInCollection(Actions.ENGAGEMENTS))
            .groupBy(USER_ID, POST_ID)
            .agg(min(EVENT_TIME).as(EVENT_TIME))
            .select(col(USER_ID), col(POST_ID), col(EVENT_TIME), draw(col(USER_ID)).as(DRAW))
            .sort(USER_ID, POST_ID)
            .collectAsList();
    var engagements = new ArrayList<Engagement>();
    for (var row : rows) {
      var post = posts.get(row.getString(1));
      if (post != null) {
        int user = users.computeIfAbsent(row.getString(0), id -> users.size());
        if (user == draws.size()) {
          draws.add(row.getDouble(3));
        }
        engagements.add(new Engagement(user, post, row.getTimestamp(2).getTime() / 1000));
      }
    }
    return engagements;
  }

  /** What is left out of the model when posts are ranked. */
  enum Knowledge {
    ALL,
    /** Everybody's mood is as if nothing were known of it. */
    NO_MOOD,
    /** Behaviour alone. */
    NO_EMOTION
  }

  /** In [0, 1), by a hash of the id: samples of greater shares hold those of smaller ones. */
  private static Column draw(Column user) {
    long million = 1_000_000;
    return pmod(xxhash64(lit("sample"), user), lit(million)).divide(million);
  }

  /** Whether the user is among such a share of all. */
  boolean isSampled(int user, double share) {
    return draws.get(user) < share;
  }

  /**
   * The interest model as {@code train} fits it on the night, but that it knows the texts of later
   * posts, as all methods do, and holds nothing out.
   */
  Scores scores(Interactions train, EmotionForm form, Knowledge knowledge) {
    var night = nights.get(train);
    var model =
        models.computeIfAbsent(night + " " + form, missing -> fit(estimator(form), night, 1));
    return scores(model, night, knowledge);
  }

  /**
   * The same with other settings, from a sample of users; scores of others mean nothing.
   *
   * @param share of users, in (0, 1]
   */
  Scores scores(Interactions train, Settings.Train with, double share) {
    var night = nights.get(train);
    return scores(fit(NightlyFit.estimator(with), night, share), night, Knowledge.ALL);
  }

  private Scores scores(Fitted model, LocalDate night, Knowledge knowledge) {
    var behaviour = FactorModels.products(model.users(), model.items());
    if (knowledge == Knowledge.NO_EMOTION) {
      return behaviour;
    }
    var unknown = new float[Intensities.EMOTIONS];
    var states =
        knowledge == Knowledge.NO_MOOD
            ? IntStream.range(0, users.size()).mapToObj(user -> unknown).toArray(float[][]::new)
            : byUser(lake.slice(Silver.USER_STATES, night), EMOTIONAL_STATE, unknown);
    return (user, scores) -> {
      behaviour.write(user, scores);
      var mood = Intensities.emotionUserVector(model.emotion(), states[user]);
      for (int post = 0; post < scores.length; post++) {
        scores[post] =
            Intensities.exponential(scores[post])
                + Intensities.exponential(Intensities.dot(mood, model.emotionItems()[post]));
      }
    };
  }

  private InterestModelEstimator estimator(EmotionForm form) {
    return NightlyFit.estimator(settings.train())
        .setEmotionForm(form.name().toLowerCase(Locale.ROOT));
  }

  private Fitted fit(InterestModelEstimator estimator, LocalDate night, double share) {
    var signals = lake.slice(Silver.USER_ITEM_SIGNALS, night);
    var model =
        estimator.fit(
            NightlyFit.rows(
                known,
                Annotations.current(lake, last),
                share < 1 ? signals.where(draw(col(USER_ID)).lt(share)) : signals));
    var vectors = new float[posts.size()][];
    var emotionVectors = new float[posts.size()][];
    for (var row : model.items().select(POST_ID, ITEM_VECTOR).collectAsList()) {
      int post = posts.get(row.getString(0));
      vectors[post] = Floats.of(row, ITEM_VECTOR);
      emotionVectors[post] =
          Intensities.emotionItemVector(
              model.emotionParameters(), vectors[post], contentEmotions[post]);
    }
    return new Fitted(
        byUser(model.users(), USER_VECTOR, model.population()),
        vectors,
        emotionVectors,
        model.emotionParameters());
  }

  private float[][] byUser(Dataset<Row> rows, String vector, float[] others) {
    var vectors = new float[users.size()][];
    Arrays.fill(vectors, others);
    for (var row : rows.select(USER_ID, vector).collectAsList()) {
      var user = users.get(row.getString(0));
      if (user != null) {
        vectors[user] = Floats.of(row, vector);
      }
    }
    return vectors;
  }
}
