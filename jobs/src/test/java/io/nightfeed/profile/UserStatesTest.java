package io.nightfeed.profile;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.tables.Actions;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Half-life two days, prior one text, reactions count half, unless a test says otherwise. */
class UserStatesTest {
  private static final LocalDate RUN_DATE = LocalDate.parse("2025-06-10");
  private static final int ANGER = 0;
  private static final int JOY = 3;
  private static final int NEUTRAL = 6;
  private static final int VALENCE_COMPONENT = 7;
  private static final Offset<Double> CLOSE = within(1e-6);

  /** Ann is glad on the 8th and Bob is angry on the 10th: together they are the population. */
  private final TestPlatform gladAndAngry =
      texts()
          .comment("ann", "p", "glad", "2025-06-08T23:59:59Z")
          .comment("bob", "p", "angry", "2025-06-10T00:00:00Z");

  @Test
  void state_isTheDecayedDeviationTimesConfidence() {
    var ann = state(gladAndAngry, "ann", "2025-06-11");
    // Evidence 2^(-2/2) = 0.5; deviation from (anger .5, joy .5, valence 0); 0.5 / (0.5 + 1).
    assertThat(ann[JOY]).isCloseTo(0.5 * 0.5 / 1.5, CLOSE);
    assertThat(ann[ANGER]).isCloseTo(-0.5 * 0.5 / 1.5, CLOSE);
    assertThat(ann[VALENCE_COMPONENT]).isCloseTo(0.5 * 1 / 1.5, CLOSE);
    var bob = state(gladAndAngry, "bob", "2025-06-11");
    assertThat(bob[ANGER]).isCloseTo(0.5 / 2, CLOSE);
    assertThat(bob[VALENCE_COMPONENT]).isCloseTo(-1.0 / 2, CLOSE);
  }

  @Test
  void textOfADay_countsFromTheNextDayOn() {
    assertThat(state(gladAndAngry, "ann", "2025-06-08")).containsOnly(0);
    assertThat(state(gladAndAngry, "ann", "2025-06-09")[JOY]).isCloseTo(0.25, CLOSE);
    assertThat(state(gladAndAngry, "bob", "2025-06-10")).containsOnly(0);
  }

  @Test
  void evidence_halvesEveryHalfLife() {
    for (var days = 0; days <= 2; days++) {
      var row = at(gladAndAngry, "ann", LocalDate.parse("2025-06-09").plusDays(days), 0.5);
      assertThat(row.<Double>getAs(EVIDENCE)).isCloseTo(Math.pow(2, -days / 0.5), CLOSE);
    }
  }

  @Test
  void longestHistoryAllowed_neitherOverflowsNorVanishes() {
    var old =
        texts()
            .comment("ann", "p", "glad", "2022-09-14T12:00:00Z")
            .comment("bob", "p", "angry", "2025-06-10T12:00:00Z");
    // A thousand days of history at a half-life of one day.
    var row = at(old, "ann", LocalDate.parse("2022-09-15"), 1);
    assertThat(row.<Double>getAs(EVIDENCE)).isEqualTo(1);
    assertThat(row.<Double>getList(row.fieldIndex(DEVIATION)).get(JOY)).isCloseTo(0.5, CLOSE);
    assertThat(at(old, "bob", RUN_DATE.plusDays(1), 1).<Double>getAs(EVIDENCE)).isEqualTo(1);
  }

  @Test
  void likingWhatOthersWrote_countsAsMuchAsReactionsWeigh() {
    var platform =
        texts()
            .post("glad post", "zoe", "2025-05-01T00:00:00Z", "glad")
            .post("angry post", "zoe", "2025-05-01T00:00:00Z", "angry")
            .event("ann", "glad post", Actions.LIKE, "2025-06-10T08:00:00Z")
            .event("ann", "glad post", Actions.LIKE, "2025-06-10T09:00:00Z")
            .event("bob", "angry post", Actions.SHARE, "2025-06-10T08:00:00Z")
            .event("cid", "glad post", Actions.CLICK, "2025-06-10T08:00:00Z")
            .event("zoe", "glad post", Actions.LIKE, "2025-06-10T08:00:00Z");
    var row = at(platform, "ann", RUN_DATE.plusDays(1), 2);
    assertThat(row.<Double>getAs(EVIDENCE)).as("twice on a day is once").isEqualTo(0.5);
    assertThat(state(platform, "ann", "2025-06-11")[JOY]).isCloseTo(0.5 * 0.5 / 1.5, CLOSE);
    assertThat(state(platform, "cid", "2025-06-11")).as("a click").containsOnly(0);
    var zoe = at(platform, "zoe", LocalDate.parse("2025-05-02"), 2);
    assertThat(zoe.<Double>getAs(EVIDENCE)).as("her two posts").isEqualTo(2);
    var zoeLater = at(platform, "zoe", RUN_DATE.plusDays(1), 0.1);
    assertThat(zoeLater.<Double>getAs(EVIDENCE)).as("a like of her own").isCloseTo(0, CLOSE);
  }

  @Test
  void deviations_compareWithTheSameKindOfText() {
    var platform =
        texts()
            .post("x", "zoe", "2025-06-10T00:00:00Z", "angry")
            .post("y", "yan", "2025-06-10T00:00:00Z", "angry")
            .comment("ann", "x", "glad", "2025-06-10T00:00:00Z")
            .comment("bob", "x", "glad", "2025-06-10T00:00:00Z");
    assertThat(state(platform, "zoe", "2025-06-11")).containsOnly(0);
    assertThat(state(platform, "ann", "2025-06-11")).containsOnly(0);
  }

  @Test
  void published_isADistributionShrunkToThePopulation() {
    var ann = published(gladAndAngry, "ann");
    List<Float> emotions = ann.getList(ann.fieldIndex(EMOTIONS));
    assertThat(emotions.get(JOY)).isCloseTo(2 / 3f, within(1e-6f));
    assertThat(emotions.get(ANGER)).isCloseTo(1 / 3f, within(1e-6f));
    assertThat(ann.<Float>getAs(VALENCE)).isCloseTo(1 / 3f, within(1e-6f));
    assertThat(ann.<Double>getAs(CONFIDENCE)).isCloseTo(0.5 / 1.5, CLOSE);
    assertThat(ann.<Long>getAs(EVENT_COUNT)).isEqualTo(1);
    assertThat(ann.<Date>getAs(LAST_ACTIVE_DATE)).isEqualTo(Date.valueOf("2025-06-08"));
  }

  @Test
  void userWithoutTexts_hasNoDeviationAndThePopulationsEmotions() {
    var platform = gladAndAngry.event("cid", "p", Actions.VIEW, "2025-06-10T00:00:00Z");
    var cid = published(platform, "cid");
    assertThat(cid.<Float>getList(cid.fieldIndex(EMOTIONAL_STATE))).hasSize(8).containsOnly(0f);
    assertThat(cid.<Float>getList(cid.fieldIndex(EMOTIONS)))
        .containsExactly(0.5f, 0f, 0f, 0.5f, 0f, 0f, 0f);
    assertThat(cid.<Double>getAs(CONFIDENCE)).isZero();
  }

  @Test
  void nobodyWroteAnything_everybodyIsNeutral() {
    var silent = texts().event("cid", "p", Actions.VIEW, "2025-06-10T00:00:00Z");
    var cid = published(silent, "cid");
    assertThat(cid.<Float>getList(cid.fieldIndex(EMOTIONS)).get(NEUTRAL)).isEqualTo(1f);
    assertThat(cid.<Float>getAs(VALENCE)).isZero();
  }

  @Test
  void aHundredThousandTextsADay_areOneDaysEvidence() {
    var platform = texts().comment("ann", "p", "glad", "2025-06-10T00:00:00Z");
    var texts = platform.events().crossJoin(SparkTest.spark().range(100_000).toDF(ORDER));
    var evidence =
        MoodEvidence.perDay(
            MoodEvidence.texts(texts, platform.posts()), platform.annotations(), 0.5);
    assertThat(evidence.count()).isEqualTo(8);
    var row = UserStates.at(evidence, asked("ann", RUN_DATE.plusDays(1)), RUN_DATE, 2).first();
    assertThat(row.<Double>getAs(EVIDENCE)).isEqualTo(100_000);
  }

  private static TestPlatform texts() {
    return new TestPlatform()
        .annotation("glad", "m", 0, 0, 0, 1, 0, 0, 0, 1)
        .annotation("angry", "m", 1, 0, 0, 0, 0, 0, 0, -1);
  }

  private static Dataset<Row> evidence(TestPlatform platform) {
    var texts = MoodEvidence.texts(platform.events(), platform.posts());
    return MoodEvidence.perDay(texts, platform.annotations(), 0.5);
  }

  private static Dataset<Row> asked(String user, LocalDate day) {
    return SparkTest.spark().range(2).select(lit(user).as(USER_ID), lit(Date.valueOf(day)).as(DAY));
  }

  private static Row at(TestPlatform platform, String user, LocalDate day, double halfLife) {
    return UserStates.at(evidence(platform), asked(user, day), RUN_DATE, halfLife)
        .collectAsList()
        .get(0);
  }

  private static double[] state(TestPlatform platform, String user, String day) {
    var state =
        UserStates.at(evidence(platform), asked(user, LocalDate.parse(day)), RUN_DATE, 2)
            .select(UserStates.emotionalState(1))
            .first();
    return state.<Float>getList(0).stream().mapToDouble(Float::doubleValue).toArray();
  }

  private static Row published(TestPlatform platform, String user) {
    var evidence = evidence(platform);
    var states = UserStates.at(evidence, asked(user, RUN_DATE.plusDays(1)), RUN_DATE, 2);
    return UserStates.published(states, platform.events(), UserStates.population(evidence), 1)
        .where(col(USER_ID).equalTo(user))
        .first();
  }
}
