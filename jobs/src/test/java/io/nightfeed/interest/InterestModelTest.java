package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fitted model: scoring, copying, storing. */
class InterestModelTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final SyntheticPlatform PLATFORM = new SyntheticPlatform(40, 60, 30, 2, 0.5, 2);

  /** Nobody has seen it. */
  private static final String COLD_POST = "post-cold";

  private static final InterestModelEstimator ESTIMATOR =
      new InterestModelEstimator().setRank(6).setIterations(2).setCalibrationRounds(2).setBlocks(2);

  private static final InterestModel MODEL = ESTIMATOR.fit(withColdPost());

  private static Dataset<Row> withColdPost() {
    var platform = PLATFORM.dataset(SPARK);
    return platform.union(
        platform
            .where(col(POST_ID).equalTo("post-3").and(col(USER_ID).isNull()))
            .withColumn(POST_ID, lit(COLD_POST)));
  }

  private static Dataset<Row> pair(String user, String post, float[] state) {
    var schema =
        new StructType()
            .add(USER_ID, DataTypes.StringType)
            .add(POST_ID, DataTypes.StringType)
            .add(EMOTIONAL_STATE, DataTypes.createArrayType(DataTypes.FloatType));
    return SPARK.createDataFrame(List.of(RowFactory.create(user, post, state)), schema);
  }

  private static double score(String user, String post, float[] state, String column) {
    return MODEL.transform(pair(user, post, state)).select(column).first().getDouble(0);
  }

  @Test
  void transform_addsTheFourScores() {
    var scored = MODEL.transform(pair("user-1", "post-2", new float[8]));

    assertThat(scored.columns())
        .containsExactly(
            USER_ID, POST_ID, EMOTIONAL_STATE, BEHAVIOUR, EMOTION, INTENSITY, BEHAVIOUR_SHARE);
    assertThat(scored.schema())
        .isEqualTo(MODEL.transformSchema(pair("user-1", "post-2", null).schema()));
    var row = scored.first();
    assertThat(row.getDouble(5)).isEqualTo(row.getDouble(3) + row.getDouble(4));
    assertThat(row.getDouble(6)).isEqualTo(row.getDouble(3) / row.getDouble(5));
  }

  @Test
  void mood_leavesBehaviourAlone() {
    var sad = new float[] {0, 0, 0, -0.5f, 0.5f, 0, 0, -0.9f};

    assertThat(score("user-1", "post-2", sad, BEHAVIOUR))
        .isEqualTo(score("user-1", "post-2", null, BEHAVIOUR));
    assertThat(score("user-1", "post-2", sad, EMOTION))
        .isNotEqualTo(score("user-1", "post-2", null, EMOTION));
  }

  @Test
  void unknownMood_isNoMood() {
    assertThat(score("user-1", "post-2", null, EMOTION))
        .isEqualTo(score("user-1", "post-2", new float[8], EMOTION));
  }

  @Test
  void newUser_isThePopulation() {
    var item = MODEL.items().where(col(POST_ID).equalTo("post-2")).select(ITEM_VECTOR).first();

    assertThat(score("never-seen", "post-2", null, BEHAVIOUR))
        .isEqualTo(Intensities.behaviour(MODEL.population(), Floats.of(item.getSeq(0))));
  }

  @Test
  void postNobodyTouched_hasTheHeadsPredictionAndNoPopularity() {
    var vector = MODEL.items().where(col(POST_ID).equalTo(COLD_POST)).select(ITEM_VECTOR).first();
    var touched = MODEL.items().where(col(POST_ID).equalTo("post-3")).select(ITEM_VECTOR).first();

    var cold = Floats.of(vector.getSeq(0));
    assertThat(cold[MODEL.population().length - 2]).isZero();
    assertThat(cosine(cold, Floats.of(touched.getSeq(0)))).isGreaterThan(0.9);
    assertThat(score("user-1", COLD_POST, null, INTENSITY)).isPositive();
  }

  @Test
  void postOutsideTheCatalogue_hasNoScore() {
    var row = MODEL.transform(pair("user-1", "never-delivered", null)).first();

    assertThat(List.of(3, 4, 5, 6)).allMatch(row::isNullAt);
  }

  @Test
  void copy_hasItsOwnParams() {
    var copy = MODEL.copy(new ParamMap().put(MODEL.userCol().w("reader")));

    assertThat(copy.getUserCol()).isEqualTo("reader");
    assertThat(MODEL.getUserCol()).isEqualTo(USER_ID);
    assertThat(copy.uid()).isEqualTo(MODEL.uid());
    assertThat(copy.parent()).isSameAs(MODEL.parent());
  }

  @Test
  void otherColumnNames_areRespected() {
    var renamed = pair("user-1", "post-2", null).withColumnRenamed(USER_ID, "reader");
    var copy = MODEL.copy(new ParamMap().put(MODEL.userCol().w("reader")));

    assertThat(copy.transform(renamed).select(INTENSITY).first().getDouble(0))
        .isEqualTo(score("user-1", "post-2", null, INTENSITY));
  }

  @Test
  void missingColumn_isNamedWithItsParam() {
    assertThatThrownBy(() -> MODEL.transform(pair("u", "p", null).drop(EMOTIONAL_STATE)))
        .hasMessageContaining("no column 'emotional_state' (param emotionalStateCol)");
  }

  @Test
  void savedModel_readsBackEqual(@TempDir Path folder) throws IOException {
    var path = folder.resolve("model").toString();
    MODEL.write().save(path);

    var loaded = InterestModel.load(path);

    assertThat(loaded.uid()).isEqualTo(MODEL.uid());
    assertThat(loaded.digest()).isEqualTo(MODEL.digest());
    assertThat(loaded.summary()).isEqualTo(MODEL.summary());
    assertThat(loaded.emotionEffect()).isEqualTo(MODEL.emotionEffect());
    assertThat(loaded.getUserRegularization()).isEqualTo(MODEL.getUserRegularization());
    var pairs = pair("user-1", "post-2", null);
    assertThat(loaded.transform(pairs).first()).isEqualTo(MODEL.transform(pairs).first());
  }

  @Test
  void savedEstimator_readsBackEqual(@TempDir Path folder) throws IOException {
    var path = folder.resolve("estimator").toString();
    ESTIMATOR.save(path);

    var loaded = InterestModelEstimator.load(path);

    assertThat(loaded.uid()).isEqualTo(ESTIMATOR.uid());
    assertThat(loaded.extractParamMap()).hasToString(ESTIMATOR.extractParamMap().toString());
  }

  private static double cosine(float[] left, float[] right) {
    return Intensities.dot(left, right)
        / Math.sqrt(Intensities.dot(left, left) * Intensities.dot(right, right));
  }
}
