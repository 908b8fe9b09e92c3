package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestSettings;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.interest.ModelFolder;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.interest.ServingModel.Decision;
import io.nightfeed.lake.Lake;
import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.run.JobContext;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedModelTest {
  private static final LocalDate NIGHT = LocalDate.parse("2025-06-10");
  private static final float[] JOYFUL = {0, 0, 0, 0.4f, -0.1f, 0, -0.3f, 0.5f};

  @TempDir static Path folder;
  private static InterestModel model;

  @BeforeAll
  static void train() {
    model =
        new InterestModelEstimator()
            .setRank(2)
            .setIterations(2)
            .setCalibrationRounds(2)
            .setEmotionForm("interaction")
            .fit(rows());
    store(NIGHT);
  }

  /** As train does. */
  private static String store(LocalDate night) {
    var version = new ModelFolder(folder, night).publish(model);
    serve(night, new ServingModel(night, version), Decision.ACCEPTED);
    return version;
  }

  private static void serve(LocalDate night, ServingModel serving, Decision decision) {
    serving.serve(SparkTest.spark(), context(night).lake(), night, decision, "a test", "run");
  }

  @Test
  void scores_areThoseOfTheModel() {
    var published = PublishedModel.load(context(NIGHT));
    var block =
        PostBlocks.of(
                published
                    .items()
                    .select(
                        col(POST_ID),
                        lit("someone").as(AUTHOR_ID),
                        lit(Timestamp.from(Instant.EPOCH)).as(CREATED_AT)),
                published.items(),
                NIGHT,
                100)
            .block(0);
    var topN = new TopN(block, 100);
    for (var user : List.of("u1", "u5", "stranger")) {
      var expected =
          model
              .transform(
                  published
                      .items()
                      .select(col(POST_ID))
                      .withColumn(USER_ID, lit(user))
                      .withColumn(EMOTIONAL_STATE, lit(JOYFUL)))
              .orderBy(col(INTENSITY).desc(), col(POST_ID))
              .select(POST_ID, BEHAVIOUR, EMOTION)
              .collectAsList();
      var list = topN.best(List.of(request(published, user))).get(0);
      assertThat(list).hasSameSizeAs(expected).hasSize(12);
      for (var i = 0; i < list.size(); i++) {
        assertSame(block.candidates(), list.get(i), expected.get(i));
      }
    }
  }

  @Test
  void version_namesTheNightAndTheContent() {
    assertThat(PublishedModel.load(context(NIGHT)).version())
        .isEqualTo("2025-06-10-" + model.digest().substring(0, 12));
  }

  @Test
  void missingModel_saysWhatToRun() {
    assertThatThrownBy(() -> PublishedModel.load(context(NIGHT.plusDays(1))))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("No interest model serves 2025-06-11")
        .hasMessageContaining("Run train for it first");
  }

  @Test
  void damagedModel_saysWhatToRun() throws IOException {
    var damaged = NIGHT.minusDays(1);
    var users = new ModelFolder(folder, damaged).path(store(damaged)).resolve("users");
    try (var files = Files.walk(users)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> PublishedModel.load(context(damaged)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("run train for 2025-06-09 again");
  }

  @Test
  void modelOfAnotherNight_servesWhereItIsSaid() {
    var night = NIGHT.plusDays(2);
    var version = store(NIGHT);
    serve(night, new ServingModel(NIGHT, version), Decision.ROLLED_BACK);
    assertThat(PublishedModel.load(context(night)).version()).isEqualTo(version);
  }

  @Test
  void modelThatIsGone_isNamed() {
    var night = NIGHT.plusDays(3);
    serve(night, new ServingModel(NIGHT, "2025-06-10-abcdef"), Decision.ACCEPTED);
    assertThatThrownBy(() -> PublishedModel.load(context(night)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("Interest model 2025-06-10-abcdef is not there");
  }

  @Test
  void modelOfOtherContentThanItsVersionSays_isRefused() throws IOException {
    var night = NIGHT.minusDays(2);
    var models = new ModelFolder(folder, night);
    Files.move(models.path(store(night)), models.path("2025-06-08-abcdef"));
    serve(night, new ServingModel(night, "2025-06-08-abcdef"), Decision.ACCEPTED);
    assertThatThrownBy(() -> PublishedModel.load(context(night)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("is not the one that train stored");
  }

  private static void assertSame(Candidates candidates, Scored scored, Row expected) {
    assertThat(candidates.postId(scored.candidate())).isEqualTo(expected.getString(0));
    assertThat(scored.behaviour()).isCloseTo(expected.getDouble(1), within(1e-9));
    assertThat(scored.emotion()).isCloseTo(expected.getDouble(2), within(1e-9));
  }

  private static Request request(ScoringModel model, String user) {
    var row = model.users().where(col(USER_ID).equalTo(user)).collectAsList();
    var vector = row.isEmpty() ? model.population() : Floats.of(row.get(0), VECTOR);
    return new Request(vector, model.mood().of(JOYFUL), new int[0], List.of());
  }

  /** Twelve posts of two topics; even users like the one, odd users the other. */
  private static Dataset<Row> rows() {
    return SparkTest.spark()
        .sql(
            """
            SELECT CAST(NULL AS STRING) AS user_id, concat('p', id) AS post_id,
              CAST(NULL AS DOUBLE) AS engagement, CAST(NULL AS DOUBLE) AS exposure,
              CAST(NULL AS ARRAY<FLOAT>) AS emotional_state, 'test' AS encoder,
              transform(array(id % 2, 1 - id % 2, id / 12), x -> float(x)) AS embedding,
              transform(array(0, 0, 0, id % 3 / 2, 0, 0, 1 - id % 3 / 2, id % 3 / 2), x -> float(x))
                AS content_emotions
            FROM range(12)
            UNION ALL
            SELECT concat('u', u.id), concat('p', p.id), IF((u.id + p.id) % 2 = 0, 1D, 0D), 1D,
              transform(array(0, 0, 0, u.id % 3 / 4, 0, 0, 0, u.id % 3 / 4), x -> float(x)),
              NULL, NULL, NULL
            FROM range(10) AS u CROSS JOIN range(10) AS p WHERE (u.id * 7 + p.id * 3) % 5 > 1
            """);
  }

  private static JobContext context(LocalDate night) {
    var spark = SparkTest.spark();
    return new JobContext(
        spark,
        TestSettings.of(folder, TestSettings.profile(), TestSettings.recommend()),
        new Lake(spark, folder),
        night,
        new RunRecord("recommend", night, "run", Instant.EPOCH));
  }
}
