package io.nightfeed.train;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.to_timestamp;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.DOUBLE;

import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.interest.InterestModelEstimator;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.interest.SyntheticPlatform;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which model serves. Tests start from copies of one lake, where two nights are trained. */
class TrainGateTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 3);
  private static final LocalDate NEXT = NIGHT.plusDays(1);
  private static final double HELD_OUT = 0.15;
  private static final String OLDER = "older engagements";
  private static final SyntheticPlatform PLATFORM = new SyntheticPlatform(120, 100, 60, 4, 0, 5);

  @TempDir static Path trained;
  private static JobRunner trainedBy;

  @TempDir Path folder;
  private final StringWriter printed = new StringWriter();
  private Lake lake;

  @BeforeAll
  static void trainTwoNights() {
    var lake = new Lake(SparkTest.spark(), trained);
    publishPosts(lake);
    trainedBy = runner(trained, new StringWriter());
    for (var night : List.of(NIGHT, NEXT)) {
      lake.publish(Silver.USER_ITEM_SIGNALS, night, signals());
      assertThat(trainedBy.run(List.of(new TrainJob()), night)).isEqualTo(ExitCode.OK);
    }
  }

  @BeforeEach
  void copyLake() throws IOException {
    FileUtils.copyDirectory(trained.toFile(), folder.toFile());
    lake = new Lake(SparkTest.spark(), folder);
  }

  private static void publishPosts(Lake lake) {
    lake.publish(
        Silver.POSTS,
        NIGHT,
        rows(col(USER_ID).isNull())
            .select(
                col(POST_ID),
                lit("author").as(AUTHOR_ID),
                to_timestamp(lit("2025-06-01 00:00:00")).as(CREATED_AT),
                nothing(TEXT),
                nothing(TEXT_HASH),
                nothing(LANGUAGE),
                lit(null).cast("array<string>").as(TAGS),
                lit(null).cast("array<string>").as(MEDIA_ALT_TEXT)));
  }

  private static Dataset<Row> rows(Column condition) {
    return PLATFORM.dataset(SparkTest.spark()).where(condition);
  }

  private static Column nothing(String name) {
    return lit(null).cast(DataTypes.StringType).as(name);
  }

  private static Dataset<Row> signals() {
    return rows(col(USER_ID).isNotNull())
        .select(
            col(USER_ID),
            col(POST_ID),
            col(ENGAGEMENT),
            lit(1L).as(ENGAGEMENTS),
            col(EXPOSURE),
            lit(false).as(IS_REJECTED),
            col(EMOTIONAL_STATE),
            to_timestamp(lit("2025-06-02 00:00:00")).as(LAST_EVENT_TIME));
  }

  /** What is held out is as it is, the rest is shuffled. */
  private static Dataset<Row> shuffledButHeldOut() {
    var isHeldOut = InterestModelEstimator.isHeldOut(col(USER_ID), col(POST_ID), HELD_OUT);
    return signals().where(isHeldOut).unionByName(shuffledSignals().where(not(isHeldOut)));
  }

  /** Everybody's engagements with posts are somebody else's with another post. */
  private static Dataset<Row> shuffledSignals() {
    var number = "number";
    var inOrder = row_number().over(Window.orderBy(col(USER_ID), col(POST_ID)));
    var byChance = row_number().over(Window.orderBy(xxhash64(col(USER_ID), col(POST_ID))));
    return signals()
        .withColumn(number, inOrder)
        .drop(ENGAGEMENT)
        .join(signals().select(col(ENGAGEMENT), byChance.as(number)), number)
        .drop(number);
  }

  @Test
  void aModelOfTasteThatIsThere_serves() {
    assertThat(trainedBy.hasRefused()).isFalse();
    assertThat(serving(NIGHT)).startsWith("2025-06-03-");
    assertThat(serving(NEXT)).startsWith("2025-06-04-");
    assertThat(figure("held_out_auc", NIGHT)).isGreaterThan(0.53);
  }

  @Test
  void aModelTrainedOnShuffledLabels_isRefused_andTheChampionServesOn() {
    var champion = serving(NIGHT);
    var runner = train(NEXT, shuffledSignals());
    assertThat(runner.hasRefused()).isTrue();
    assertThat(serving(NEXT)).isEqualTo(champion);
    assertThat(printed.toString())
        .contains("may not serve: its AUC on held out engagements")
        .contains(champion + " goes on serving");
    var row = lake.slice(Gold.SERVING_MODELS, NEXT).first();
    assertThat(row.<String>getAs(DECISION)).isEqualTo("champion_kept");
  }

  @Test
  void aFirstModelTrainedOnShuffledLabels_isRefused_andNoneServes() {
    var first = folder.resolve("first");
    lake = new Lake(SparkTest.spark(), first);
    publishPosts(lake);
    lake.publish(Silver.USER_ITEM_SIGNALS, NIGHT, shuffledSignals());
    assertThat(runner(first, printed).run(List.of(new TrainJob()), NIGHT))
        .isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(printed.toString()).contains("No earlier model serves in its place");
    assertThat(ServingModel.of(lake, NIGHT)).isEmpty();
  }

  @Test
  void rollback_letsAnEarlierModelServe() {
    var first = serving(NIGHT);
    assertThat(serving(NEXT)).isNotEqualTo(first);
    assertThat(RollbackCommand.rollBack(SparkTest.spark(), lake, NEXT, NIGHT)).isEqualTo(first);
    assertThat(serving(NEXT)).isEqualTo(first);
    assertThat(lake.slice(Gold.SERVING_MODELS, NEXT).first().<String>getAs(DECISION))
        .isEqualTo("rolled_back");
  }

  @Test
  void rollback_isUndoneByAnother() {
    var second = serving(NEXT);
    RollbackCommand.rollBack(SparkTest.spark(), lake, NEXT, NIGHT);
    assertThat(RollbackCommand.rollBack(SparkTest.spark(), lake, NEXT, NEXT)).isEqualTo(second);
    assertThat(serving(NEXT)).isEqualTo(second);
  }

  @Test
  void rollbackToANightWithoutAModel_saysWhichThereAre() {
    var none = LocalDate.of(2025, 6, 1);
    assertThatThrownBy(() -> RollbackCommand.rollBack(SparkTest.spark(), lake, NEXT, none))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("No model of 2025-06-01")
        .hasMessageContaining("There are models of [2025-06-03, 2025-06-04]");
  }

  @Test
  void rollbackToALaterNight_isRefused() {
    assertThatThrownBy(() -> RollbackCommand.rollBack(SparkTest.spark(), lake, NIGHT, NEXT))
        .hasMessageContaining("is after --run-date 2025-06-03");
  }

  @Test
  void aModelThatIsWorseThanTheChampion_isRefused_thoughBetterThanChance() {
    var runner = publishSignals(NEXT, shuffledButHeldOut(), "train.gate.min-auc", "0.1");
    assertThat(runner.run(List.of(new TrainJob()), NEXT)).isEqualTo(ExitCode.OK);
    assertThat(runner.hasRefused()).isTrue();
    assertThat(printed.toString()).contains("less than that of the model that serves");
  }

  @Test
  void tooFewEngagementsHeldOut_areNoVerdict() {
    var runner = publishSignals(NIGHT, signals(), "train.gate.min-pairs", "1000000");
    assertThat(runner.run(List.of(new TrainJob()), NIGHT)).isEqualTo(ExitCode.OK);
    assertThat(runner.hasRefused()).isFalse();
    assertThat(lake.slice(Gold.SERVING_MODELS, NIGHT).first().<String>getAs(DECISION))
        .isEqualTo("unjudged");
  }

  @Test
  void trainedAgainOnOtherData_theNightServesTheNewModel_andOthersKeepTheirs() {
    var first = serving(NIGHT);
    RollbackCommand.rollBack(SparkTest.spark(), lake, NEXT, NIGHT);
    train(NIGHT, signals().where(col(USER_ID).notEqual("user-1")));
    assertThat(serving(NIGHT)).isNotEqualTo(first);
    assertThat(serving(NEXT)).isEqualTo(first);
    assertThat(new ServingModel(NIGHT, first).load(lake).population()).isNotEmpty();
  }

  @Test
  void whatTheChampionKnewBetter_isForgetting() {
    var champion = serving(NIGHT);
    publishSignals(NEXT, shuffledButHeldOut()).run(List.of(new TrainJob()), NEXT);
    assertThat(figures("held_out_auc_less_champion", OLDER, NEXT))
        .singleElement(as(DOUBLE))
        .isLessThan(-0.01);
    assertThat(printed.toString()).contains("engagements held out that " + champion);
  }

  @Test
  void engagementsThatTheChampionDidNotKnow_areNoForgetting() {
    var later = to_timestamp(lit("2025-06-04 00:00:00"));
    train(NEXT, signals().withColumn(LAST_EVENT_TIME, later));
    assertThat(figures("held_out_auc_less_champion", "all", NEXT)).hasSize(1);
    assertThat(figures("held_out_auc_less_champion", OLDER, NEXT)).isEmpty();
    assertThat(printed.toString()).doesNotContain("forgetting");
  }

  @Test
  void aWarmStart_isFromTheModelThatServedTheNightBefore() {
    String[] warm = {"train.warm-start", "true", "train.warm-iterations", "1"};
    publishSignals(NIGHT, signals(), warm).run(List.of(new TrainJob()), NIGHT);
    assertThat(printed.toString()).contains("cold: no model served before");
    var runner = publishSignals(NEXT, signals(), warm);
    runner.run(List.of(new TrainJob()), NEXT);
    assertThat(printed.toString()).contains("warm, from " + serving(NIGHT) + ": 1 alternations");
    var first = serving(NEXT);
    assertThat(first).startsWith("2025-06-04-");
    runner.run(List.of(new TrainJob()), NEXT);
    assertThat(serving(NEXT)).as("run again").isEqualTo(first);
  }

  private JobRunner publishSignals(LocalDate night, Dataset<Row> signals, String... moreSettings) {
    lake.publish(Silver.USER_ITEM_SIGNALS, night, signals);
    return runner(folder, printed, moreSettings);
  }

  private static JobRunner runner(Path lake, StringWriter printed, String... moreSettings) {
    var all = new HashMap<String, String>();
    all.put("lake-folder", "\"" + lake + "\"");
    all.put("train.rank", "8");
    all.put("train.blocks", "2");
    all.put("train.iterations", "3");
    all.put("train.calibration-rounds", "3");
    all.put("train.gate.held-out-share", String.valueOf(HELD_OUT));
    for (int i = 0; i < moreSettings.length; i += 2) {
      all.put(moreSettings[i], moreSettings[i + 1]);
    }
    var settings = SettingsLoader.load(List.of(), all);
    return new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
  }

  private JobRunner train(LocalDate night, Dataset<Row> signals) {
    var runner = publishSignals(night, signals);
    assertThat(runner.run(List.of(new TrainJob()), night)).isEqualTo(ExitCode.OK);
    return runner;
  }

  private String serving(LocalDate night) {
    return ServingModel.of(lake, night).orElseThrow().version();
  }

  private double figure(String metric, LocalDate night) {
    return figures(metric, "all", night).get(0);
  }

  private List<Double> figures(String metric, String segment, LocalDate night) {
    return lake.slice(Gold.MODEL_EVALUATIONS, night)
        .where(col(METRIC).equalTo(metric).and(col(SEGMENT).equalTo(segment)))
        .select(VALUE)
        .as(Encoders.DOUBLE())
        .collectAsList();
  }
}
