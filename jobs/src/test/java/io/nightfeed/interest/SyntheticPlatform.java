package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A platform with known truth: posts are mixtures of topics, users have log-normal interests in
 * topics, embeddings are noisy linear images of the mixtures in two encoders' spaces, moods come
 * and go, and a mood's valence lifts posts of its own valence by a planted effect.
 */
public final class SyntheticPlatform {
  static final StructType SCHEMA =
      new StructType()
          .add(USER_ID, StringType)
          .add(POST_ID, StringType)
          .add(ENGAGEMENT, DoubleType)
          .add(EXPOSURE, DoubleType)
          .add(EMOTIONAL_STATE, createArrayType(FloatType))
          .add(ENCODER, StringType)
          .add(EMBEDDING, createArrayType(FloatType))
          .add(CONTENT_EMOTIONS, createArrayType(FloatType));

  private static final int TOPICS = 10;
  private static final int LIKED = 3;
  private static final int DISLIKED = 3;
  private static final double OWN_LANGUAGE = 0.9;
  private static final int[] DIMENSIONS = {48, 64};

  private final int users;
  private final int posts;
  private final double effect;
  private final Random random;
  private final double[][] topics;
  private final double[][] interests;
  private final double[] appeal;
  private final double[] contentValence;
  private final double[] activity;
  private final double[] popularity;
  private final List<Row> rows = new ArrayList<>();
  private final boolean[][] shown;

  /**
   * Draws a platform.
   *
   * @param shownPosts draws of posts for each user, repeats left out
   * @param views impressions of each post shown
   * @param effect change of emotion's log-intensity for a unit of mood valence on a unit of content
   *     valence
   */
  public SyntheticPlatform(
      int users, int posts, int shownPosts, int views, double effect, long seed) {
    this.users = users;
    this.posts = posts;
    this.effect = effect;
    this.random = new Random(seed);
    topics = new double[posts][];
    interests = new double[users][];
    appeal = gaussians(1, posts, 0.3)[0];
    contentValence = new double[posts];
    activity = gaussians(1, users, 0.35)[0];
    popularity = gaussians(1, posts, 0.4)[0];
    shown = new boolean[users][posts];
    drawCatalogue();
    for (int user = 0; user < users; user++) {
      drawInteractions(user, shownPosts, views);
    }
  }

  public Dataset<Row> dataset(SparkSession spark) {
    return spark.createDataFrame(rows, SCHEMA);
  }

  /** The same rows in another order and another number of partitions. */
  Dataset<Row> dataset(SparkSession spark, int partitions, long shuffle) {
    var shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(shuffle));
    return spark.createDataFrame(shuffled, SCHEMA).repartition(partitions);
  }

  /** I(u,c) in a neutral mood. */
  double intensity(int user, int post) {
    return behaviour(user, post) + emotion(post, 0);
  }

  boolean wasShown(int user, int post) {
    return shown[user][post];
  }

  int users() {
    return users;
  }

  int posts() {
    return posts;
  }

  static String userId(int user) {
    return "user-" + user;
  }

  static String postId(int post) {
    return "post-" + post;
  }

  private double behaviour(int user, int post) {
    return Math.exp(-3.0 + dot(interests[user], topics[post]) + activity[user] + popularity[post]);
  }

  private double emotion(int post, double moodValence) {
    return Math.exp(-3.4 + appeal[post] + effect * moodValence * contentValence[post]);
  }

  private void drawCatalogue() {
    var images =
        new double[][][] {gaussians(DIMENSIONS[0], TOPICS, 1), gaussians(DIMENSIONS[1], TOPICS, 1)};
    for (int post = 0; post < posts; post++) {
      topics[post] = topics();
      contentValence[post] = random.nextGaussian();
      int encoder = post % 2;
      var embedding = new float[DIMENSIONS[encoder]];
      for (int j = 0; j < embedding.length; j++) {
        embedding[j] =
            (float) (0.5 + dot(images[encoder][j], topics[post]) + 0.3 * random.nextGaussian());
      }
      rows.add(
          RowFactory.create(
              null,
              postId(post),
              null,
              null,
              null,
              "encoder-" + encoder,
              embedding,
              emotions(contentValence[post])));
    }
  }

  private void drawInteractions(int user, int shownPosts, int views) {
    double taste = random.nextGaussian();
    interests[user] = interests();
    int language = user % 2;
    for (int i = 0; i < shownPosts; i++) {
      boolean isOwn = random.nextDouble() < OWN_LANGUAGE;
      int post = 2 * random.nextInt(posts / 2) + (isOwn ? language : 1 - language);
      if (shown[user][post]) {
        continue;
      }
      shown[user][post] = true;
      double mood = 0.5 * taste + random.nextGaussian();
      double rate = behaviour(user, post) + emotion(post, mood);
      rows.add(
          RowFactory.create(
              userId(user),
              postId(post),
              (double) poisson(views * rate),
              (double) views,
              emotions(mood),
              null,
              null,
              null));
    }
  }

  /** Eight numbers whose joy and sadness go with valence. */
  private float[] emotions(double valence) {
    double joy = 0.2 * valence + 0.1 * random.nextGaussian();
    double fear = 0.1 * random.nextGaussian();
    return new float[] {
      0, 0, (float) fear, (float) joy, (float) -joy, 0, (float) -fear, (float) valence
    };
  }

  private double[] topics() {
    var shares = new double[TOPICS];
    double second = random.nextInt(3) == 0 ? 0.1 + 0.2 * random.nextDouble() : 0;
    shares[random.nextInt(TOPICS)] += second;
    shares[random.nextInt(TOPICS)] += 1 - second;
    return shares;
  }

  private double[] interests() {
    var order = new ArrayList<Integer>();
    for (int k = 0; k < TOPICS; k++) {
      order.add(k);
    }
    Collections.shuffle(order, random);
    var interests = new double[TOPICS];
    for (int k = 0; k < TOPICS; k++) {
      double strength = 1 + random.nextDouble();
      interests[order.get(k)] =
          k < LIKED ? strength : k < LIKED + DISLIKED ? -strength : 0.2 * random.nextGaussian();
    }
    return interests;
  }

  private double[][] gaussians(int rows, int columns, double deviation) {
    var values = new double[rows][columns];
    for (var row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = deviation * random.nextGaussian();
      }
    }
    return values;
  }

  private int poisson(double rate) {
    double product = random.nextDouble();
    int count = 0;
    for (double bound = Math.exp(-rate); product > bound; count++) {
      product *= random.nextDouble();
    }
    return count;
  }

  private static double dot(double[] left, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }
}
