package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

/** What a fit recovers, refuses and repeats. */
class InterestModelEstimatorTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final float[] CALM = new float[Intensities.EMOTIONS];
  private static final SyntheticPlatform SMALL = new SyntheticPlatform(40, 60, 30, 2, 0.5, 2);

  private static InterestModelEstimator small() {
    return new InterestModelEstimator()
        .setRank(6)
        .setIterations(3)
        .setCalibrationRounds(3)
        .setBlocks(3);
  }

  private static Dataset<Row> interactionsOf(SyntheticPlatform platform) {
    return platform.dataset(SPARK).where(col(USER_ID).isNotNull());
  }

  private static Dataset<Row> catalogueOf(SyntheticPlatform platform) {
    return platform.dataset(SPARK).where(col(USER_ID).isNull());
  }

  /** The catalogue, and rows that something came of. */
  private static Dataset<Row> engagementsOf(SyntheticPlatform platform) {
    return platform.dataset(SPARK).where(col(USER_ID).isNull().or(col(ENGAGEMENT).gt(0)));
  }

  private static Map<String, float[]> vectors(Dataset<Row> rows, String key, String vector) {
    var vectors = new HashMap<String, float[]>();
    rows.select(key, vector)
        .collectAsList()
        .forEach(row -> vectors.put(row.getString(0), Floats.of(row.getSeq(1))));
    return vectors;
  }

  /** Spearman's correlation of I(u,c), estimated and true, over pairs that never met. */
  private static double rankCorrelation(SyntheticPlatform platform, InterestModel model) {
    var users = vectors(model.users(), USER_ID, USER_VECTOR);
    var items = vectors(model.items(), POST_ID, ITEM_VECTOR);
    var emotions = vectors(model.items(), POST_ID, CONTENT_EMOTIONS);
    var estimated = new double[platform.users() * platform.posts()];
    var truth = new double[estimated.length];
    int pairs = 0;
    for (int user = 0; user < platform.users(); user++) {
      for (int post = 0; post < platform.posts(); post++) {
        if (!platform.wasShown(user, post)) {
          var item = items.get(SyntheticPlatform.postId(post));
          var content = emotions.get(SyntheticPlatform.postId(post));
          estimated[pairs] =
              Intensities.behaviour(users.get(SyntheticPlatform.userId(user)), item)
                  + Intensities.emotion(model.emotionParameters(), CALM, item, content);
          truth[pairs++] = platform.intensity(user, post);
        }
      }
    }
    return new SpearmansCorrelation()
        .correlation(Arrays.copyOf(estimated, pairs), Arrays.copyOf(truth, pairs));
  }

  @Test
  void heldOutPairs_rankAsTheTruthDoes() {
    var platform = new SyntheticPlatform(300, 400, 250, 6, 0.5, 1);
    var model = new InterestModelEstimator().fit(platform.dataset(SPARK));

    assertThat(rankCorrelation(platform, model)).isGreaterThan(0.8);
    assertThat(model.summary().logLikelihood()).isGreaterThan(model.summary().nullLogLikelihood());
  }

  @Test
  void residuals_explainUserVectorsExactly() {
    var model = small().fit(SMALL.dataset(SPARK));
    var items = vectors(model.items(), POST_ID, ITEM_VECTOR);
    var users = vectors(model.users(), USER_ID, USER_VECTOR);

    var explained = new HashMap<String, double[]>();
    for (var row : model.residuals().collectAsList()) {
      var sum =
          explained.computeIfAbsent(row.getString(0), u -> new double[model.population().length]);
      var item = items.get(row.getString(1));
      for (int j = 0; j < sum.length; j++) {
        sum[j] += row.getFloat(2) * item[j] / model.getUserRegularization();
      }
    }

    assertThat(users).hasSize(SMALL.users());
    users.forEach(
        (user, vector) -> {
          // The last is the intercept: the mean rate's, not the mean log-rate's.
          for (int j = 0; j < vector.length - 1; j++) {
            assertThat(explained.get(user)[j])
                .isCloseTo(vector[j] - model.population()[j], within(1e-4));
          }
        });
  }

  /**
   * Without impressions a user's vector is what engagements add, less what the whole catalogue,
   * which the user did not engage with, takes away: α/λ_u Σ_c (w·v_c) v_c.
   */
  @Test
  void residualsOfEngagementsAlone_explainUserVectorsExactly() {
    var estimator = small().setUnobservedWeight(0.1).setContentScale(0.5);
    var model = estimator.fit(engagementsOf(SMALL));
    var items = vectors(model.items(), POST_ID, ITEM_VECTOR);
    var users = vectors(model.users(), USER_ID, USER_VECTOR);
    int width = model.population().length - 2;

    var explained = new HashMap<String, double[]>();
    for (var row : model.residuals().collectAsList()) {
      var sum = explained.computeIfAbsent(row.getString(0), u -> new double[width]);
      for (int j = 0; j < width; j++) {
        sum[j] += row.getFloat(2) * items.get(row.getString(1))[j] / model.getUserRegularization();
      }
    }
    users.forEach(
        (user, vector) -> {
          var catalogue = new double[width];
          for (var item : items.values()) {
            double score = 0;
            for (int j = 0; j < width; j++) {
              score += vector[j] * item[j];
            }
            for (int j = 0; j < width; j++) {
              catalogue[j] += score * item[j];
            }
          }
          var takenAway = new double[width];
          Arrays.setAll(takenAway, j -> explained.get(user)[j] - vector[j]);
          assertThat(cosine(takenAway, catalogue)).isGreaterThan(1 - 1e-6);
        });
  }

  private static double cosine(double[] left, double[] right) {
    return NormalEquations.dot(left, right)
        / Math.sqrt(NormalEquations.dot(left, left) * NormalEquations.dot(right, right));
  }

  @Test
  void scores_expectAsMuchAsHappened() {
    assertThat(expectedOverHappened(0.5, col(USER_ID))).isCloseTo(1, within(0.02));
  }

  @Test
  void strangers_areExpectedToDoWhatPeopleDoOnAverage() {
    assertThat(expectedOverHappened(0, lit("a stranger"))).isCloseTo(1, within(0.05));
  }

  /** Engagements that the model expects of all rows, scored as those of {@code user}, per one. */
  private static double expectedOverHappened(double effect, Column user) {
    var data = new SyntheticPlatform(100, 120, 60, 2, effect, 6).dataset(SPARK);
    return small()
        .setCalibrationRounds(10)
        .fit(data)
        .transform(data.where(col(USER_ID).isNotNull()).withColumn(USER_ID, user))
        .agg(sum(col(EXPOSURE).multiply(col(INTENSITY))).divide(sum(ENGAGEMENT)))
        .first()
        .getDouble(0);
  }

  @Test
  void otherOrderAndPartitions_giveTheSameBits() {
    var digests =
        Arrays.stream(new int[] {1, 2, 7})
            .mapToObj(parts -> small().fit(SMALL.dataset(SPARK, parts, parts)).digest())
            .toList();

    assertThat(digests).containsOnly(digests.get(0));
  }

  @Test
  void anotherSeed_givesAnotherModel() {
    var engagedOnly = engagementsOf(SMALL);

    assertThat(small().setSeed(1).fit(engagedOnly).digest())
        .isNotEqualTo(small().setSeed(2).fit(engagedOnly).digest());
  }

  @Test
  void engagementsWithoutImpressions_stillTellTastesApart() {
    var platform = new SyntheticPlatform(150, 200, 250, 6, 0, 4);
    var engagedOnly = engagementsOf(platform);

    var model = small().setRank(12).setIterations(6).setUnobservedWeight(0.1).fit(engagedOnly);

    assertThat(rankCorrelation(platform, model)).isGreaterThan(0.3);
    assertThat(model.summary().logLikelihood()).isGreaterThan(model.summary().nullLogLikelihood());
  }

  @Test
  void extremeEngagements_leaveEverythingFinite() {
    var extreme =
        SMALL
            .dataset(SPARK)
            .withColumn(
                ENGAGEMENT,
                when(col(USER_ID).equalTo("user-1"), lit(1e7))
                    .when(col(USER_ID).equalTo("user-2"), lit(1e-9))
                    .otherwise(col(ENGAGEMENT)));

    var scores =
        small()
            .fit(extreme)
            .transform(interactionsOf(SMALL))
            .select(INTENSITY, BEHAVIOUR_SHARE)
            .collectAsList();

    assertThat(scores)
        .allSatisfy(
            row -> {
              assertThat(row.getDouble(0)).isFinite().isNotNegative();
              assertThat(row.getDouble(1)).isBetween(0.0, 1.0);
            });
  }

  @Test
  void postsWithoutText_areLearntFromTheirReaders() {
    var platform = new SyntheticPlatform(150, 100, 150, 6, 0, 3);
    var textless =
        platform
            .dataset(SPARK)
            .withColumn(EMBEDDING, lit(null).cast(DataTypes.createArrayType(DataTypes.FloatType)))
            .withColumn(ENCODER, lit(null).cast(DataTypes.StringType));

    var model = small().setRank(12).setIterations(6).fit(textless);

    assertThat(rankCorrelation(platform, model)).isGreaterThan(0.5);
  }

  @Test
  void literalForm_hasNoInteraction() {
    var literal = small().setEmotionForm("literal").fit(SMALL.dataset(SPARK));
    var interaction = small().fit(SMALL.dataset(SPARK));

    assertThat(literal.emotionParameters().interaction()).containsOnly(0);
    assertThat(interaction.emotionParameters().interaction()).isNotEqualTo(new double[64]);
  }

  @Test
  void pairsHeldOut_sayNothing() {
    double share = 0.3;
    var data = engagementsOf(SMALL);
    var isHeldOut = InterestModelEstimator.isHeldOut(col(USER_ID), col(POST_ID), share);
    var changed =
        data.withColumn(
            ENGAGEMENT,
            when(col(USER_ID).isNotNull().and(isHeldOut), lit(77.0)).otherwise(col(ENGAGEMENT)));
    var model = small().setHeldOutShare(share).fit(data);

    assertThat(data.where(col(USER_ID).isNotNull().and(isHeldOut)).count()).isPositive();
    assertThat(small().setHeldOutShare(share).fit(changed).digest()).isEqualTo(model.digest());
    assertThat(small().fit(data).digest()).isNotEqualTo(model.digest());
  }

  @Test
  void engagementsAlone_inAnyOrderAndPartitions_giveTheSameBits() {
    var digests =
        Arrays.stream(new int[] {1, 7})
            .mapToObj(
                parts ->
                    small()
                        .fit(
                            SMALL
                                .dataset(SPARK, parts, parts)
                                .where(col(USER_ID).isNull().or(col(ENGAGEMENT).gt(0))))
                        .digest())
            .toList();
    assertThat(digests.get(1)).isEqualTo(digests.get(0));
  }

  @Test
  void literalFormOfEngagementsAlone_knowsWhatAppealsByItsEmotions() {
    var parameters =
        small().setEmotionForm("literal").fit(engagementsOf(SMALL)).emotionParameters();
    assertThat(parameters.contentAppeal()).isNotEqualTo(new double[Intensities.EMOTIONS]);
    assertThat(parameters.interaction()).containsOnly(0);
    var interaction = small().fit(engagementsOf(SMALL)).emotionParameters();
    assertThat(interaction.contentAppeal()).containsOnly(0);
  }

  @Test
  void missingColumn_isNamedWithItsParam() {
    var schema = SMALL.dataset(SPARK).drop(EXPOSURE).schema();

    assertThatThrownBy(() -> small().transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no column 'exposure' (param exposureCol)")
        .hasMessageContaining("set exposureCol");
  }

  @Test
  void columnOfAnotherType_isNamedWithItsParam() {
    var schema = SMALL.dataset(SPARK).withColumn(EMBEDDING, lit("text")).schema();

    assertThatThrownBy(() -> small().transformSchema(schema))
        .hasMessageContaining("column 'embedding' (param embeddingCol) is STRING")
        .hasMessageContaining("array<float>");
  }

  @Test
  void scoreColumnInTheInput_isRefused() {
    var schema = SMALL.dataset(SPARK).withColumn(INTENSITY, lit(1.0)).schema();

    assertThatThrownBy(() -> small().transformSchema(schema))
        .hasMessageContaining("column 'intensity' already");
  }

  @Test
  void noInteraction_isRefused() {
    assertThatThrownBy(() -> small().fit(catalogueOf(SMALL)))
        .hasMessageContaining("no interaction rows about posts of its catalogue");
  }

  @Test
  void noEngagement_isRefused() {
    var idle =
        catalogueOf(SMALL).unionByName(interactionsOf(SMALL).withColumn(ENGAGEMENT, lit(0.0)));

    assertThatThrownBy(() -> small().fit(idle)).hasMessageContaining("engagement above 0");
  }

  @Test
  void noCatalogue_isRefused() {
    assertThatThrownBy(() -> small().fit(interactionsOf(SMALL)))
        .hasMessageContaining("no catalogue rows");
  }

  @Test
  void repeatedPost_isRefused() {
    var repeated = SMALL.dataset(SPARK).union(catalogueOf(SMALL).limit(1));

    assertThatThrownBy(() -> small().fit(repeated)).hasMessageContaining("61 rows for 60 posts");
  }

  @Test
  void exposureOfZero_isRefused() {
    var wrong = SMALL.dataset(SPARK).withColumn(EXPOSURE, col(EXPOSURE).multiply(0));

    assertThatThrownBy(() -> small().fit(wrong)).hasMessageContaining("exposure is not > 0");
  }

  @Test
  void interactionsWithUnknownPosts_areLeftOut() {
    var unknown = interactionsOf(SMALL).limit(5).withColumn(POST_ID, lit("nobody-delivered-this"));

    var model = small().fit(SMALL.dataset(SPARK).union(unknown));

    assertThat(model.summary().interactions()).isEqualTo(interactionsOf(SMALL).count());
  }

  @Test
  void params_areAllListedWithDefaults() {
    var estimator = new InterestModelEstimator();

    assertThat(estimator.params()).hasSize(28).allMatch(estimator::hasDefault);
    assertThat(estimator.params()).extracting(Param::doc).noneMatch(String::isBlank);
  }

  @Test
  void rankOfZero_isRefused() {
    assertThatThrownBy(() -> new InterestModelEstimator().setRank(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rank");
  }
}
