package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.ENGAGEMENT;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

/** What engagements alone tell of taste. */
class ImplicitFactorizationTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final SyntheticPlatform PLATFORM = new SyntheticPlatform(200, 150, 75, 6, 0, 4);

  private static InterestModelEstimator estimator() {
    return new InterestModelEstimator()
        .setRank(8)
        .setUnobservedWeight(0.1)
        .setRegularization(0.02)
        .setSampledNegatives(0)
        .setBlocks(3);
  }

  /** Catalogue, and engagements without the impressions that nothing came of. */
  private static Dataset<Row> engagements(Dataset<Row> rows) {
    return rows.where(col(USER_ID).isNull().or(col(ENGAGEMENT).gt(0)));
  }

  private static Map<String, float[]> users(Taste taste) {
    var vectors = new HashMap<String, float[]>();
    taste.users().collect().forEach(user -> vectors.put(user.userId(), user.vector()));
    return vectors;
  }

  /** Mean over users of Spearman's correlation with the truth, over posts never shown to them. */
  private static double rankCorrelation(Taste taste) {
    var users = users(taste);
    var posts = taste.posts();
    double sum = 0;
    for (int user = 0; user < PLATFORM.users(); user++) {
      var vector = users.get(SyntheticPlatform.userId(user));
      var estimated = new double[PLATFORM.posts()];
      var truth = new double[PLATFORM.posts()];
      int count = 0;
      for (int post = 0; post < PLATFORM.posts(); post++) {
        // Logs of engagements alone cannot tell dislike from a language that is seldom shown.
        boolean isOwnLanguage = post % 2 == user % 2;
        if (isOwnLanguage && !PLATFORM.wasShown(user, post)) {
          var place = Arrays.binarySearch(posts, SyntheticPlatform.postId(post));
          estimated[count] = Intensities.dot(vector, taste.itemVector(place));
          truth[count++] = PLATFORM.intensity(user, post);
        }
      }
      sum +=
          new SpearmansCorrelation()
              .correlation(Arrays.copyOf(estimated, count), Arrays.copyOf(truth, count));
    }
    return sum / PLATFORM.users();
  }

  @Test
  void postsNeverShown_rankAsTheTruthDoes_betterWithTheirTexts() {
    var rows = engagements(PLATFORM.dataset(SPARK));
    var withTexts = rankCorrelation(estimator().fitTaste(rows));
    var without =
        rankCorrelation(
            estimator()
                .fitTaste(
                    rows.withColumn(ENCODER, lit(null).cast(DataTypes.StringType))
                        .withColumn(
                            EMBEDDING,
                            lit(null).cast(DataTypes.createArrayType(DataTypes.FloatType)))));
    assertThat(without).isGreaterThan(0.05);
    assertThat(withTexts).isGreaterThan(0.35);
  }

  @Test
  void order_ofTheRowsAndPartitions_changesNothing() {
    var once = estimator().fitTaste(engagements(PLATFORM.dataset(SPARK, 1, 1)));
    var again = estimator().fitTaste(engagements(PLATFORM.dataset(SPARK, 5, 2)));
    assertThat(again.posts()).isEqualTo(once.posts());
    for (int place = 0; place < once.posts().length; place++) {
      assertThat(again.itemVector(place)).isEqualTo(once.itemVector(place));
    }
    var users = users(once);
    users(again).forEach((user, vector) -> assertThat(vector).isEqualTo(users.get(user)));
  }

  @Test
  void impressionsWithoutEngagement_sayNothing() {
    var all = estimator().fitTaste(PLATFORM.dataset(SPARK));
    var engaged = estimator().fitTaste(engagements(PLATFORM.dataset(SPARK)));
    for (int place = 0; place < all.posts().length; place++) {
      assertThat(all.itemVector(place)).isEqualTo(engaged.itemVector(place));
    }
  }

  @Test
  void engagementsToldTwice_countOnce() {
    var once = engagements(PLATFORM.dataset(SPARK));
    var twice = once.union(once.where(col(USER_ID).isNotNull()));
    var expected = estimator().fitTaste(once);
    var found = estimator().fitTaste(twice);
    for (int place = 0; place < expected.posts().length; place++) {
      assertThat(found.itemVector(place)).isEqualTo(expected.itemVector(place));
    }
    var users = users(expected);
    users(found).forEach((user, vector) -> assertThat(vector).isEqualTo(users.get(user)));
  }

  @Test
  void authorsOfPostsLiked_speakForTheirOtherPosts() {
    // Posts have no texts, so that nothing but the author tells a new one from another.
    var rows =
        engagements(PLATFORM.dataset(SPARK))
            .withColumn(ENCODER, lit(null).cast(DataTypes.StringType))
            .withColumn(EMBEDDING, lit(null).cast(DataTypes.createArrayType(DataTypes.FloatType)))
            .withColumn(AUTHOR_ID, concat(lit("author of "), col(POST_ID)));
    var mine = SyntheticPlatform.postId(0);
    var reader = rows.where(col(POST_ID).equalTo(mine).and(col(USER_ID).isNotNull())).first();
    var template = rows.where(col(USER_ID).isNull()).limit(1);
    var fresh =
        template
            .withColumn(POST_ID, lit("z-same"))
            .withColumn(AUTHOR_ID, lit("author of " + mine))
            .union(
                template
                    .withColumn(POST_ID, lit("z-stranger"))
                    .withColumn(AUTHOR_ID, lit("a stranger")));
    var taste = estimator().fitTaste(rows.union(fresh));
    var user = users(taste).get(reader.<String>getAs(USER_ID));
    assertThat(score(taste, user, "z-same")).isGreaterThan(score(taste, user, "z-stranger") + 0.05);
  }

  private static double score(Taste taste, float[] user, String post) {
    return Intensities.dot(user, taste.itemVector(Arrays.binarySearch(taste.posts(), post)));
  }
}
