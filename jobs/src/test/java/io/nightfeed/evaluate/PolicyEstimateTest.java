package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.SparkTest;
import io.nightfeed.evaluate.PolicyEstimate.UserSums;
import io.nightfeed.lake.Lake;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawSource;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.simulate.Simulation;
import io.nightfeed.simulate.SimulationSettings;
import io.nightfeed.simulate.Truth;
import io.nightfeed.tables.Actions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of known value, judged by what simulated platforms showed by a policy of their own. */
class PolicyEstimateTest {
  private static final LocalDate FIRST_DAY = LocalDate.parse("2025-06-01");
  private static final LocalDate NIGHT = FIRST_DAY;
  private static final LocalDate DAY = NIGHT.plusDays(1);
  private static final int SEEDS = 10;
  private static final int TOP = 20;

  /** What the simulator's policy says of itself: posts live ten days, as of every fourth hour. */
  private static final Duration LIFE = Duration.ofDays(10);

  private static final long SHIFT_SECONDS = 4 * 3600;

  private static final StructType EVENTS =
      new StructType()
          .add(EVENT_ID, DataTypes.StringType)
          .add(EVENT_TIME, DataTypes.TimestampType)
          .add(EVENT_DATE, DataTypes.DateType)
          .add(USER_ID, DataTypes.StringType)
          .add(POST_ID, DataTypes.StringType)
          .add(ACTION, DataTypes.StringType)
          .add(PROPENSITY, DataTypes.DoubleType);

  private static final StructType LISTED =
      new StructType()
          .add(USER_ID, DataTypes.StringType)
          .add(RANK, DataTypes.IntegerType)
          .add(POST_ID, DataTypes.StringType)
          .add(RUN_DATE, DataTypes.DateType);

  @TempDir static Path folder;
  private static final List<Row> EVENT_ROWS = new ArrayList<>();
  private static final List<Row> LIST_ROWS = new ArrayList<>();
  private static final Map<Integer, Double> TRUE_VALUES = new HashMap<>();
  private static Map<Integer, List<UserSums>> sums;

  @BeforeAll
  static void simulate() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      simulate(seed);
    }
    var spark = SparkTest.spark();
    sums =
        LoggedImpressions.sums(
                LoggedImpressions.of(spark.createDataFrame(EVENT_ROWS, EVENTS)),
                LoggedImpressions.policy(spark.createDataFrame(LIST_ROWS, LISTED), TOP))
            .stream()
            .collect(Collectors.groupingBy(user -> Integer.valueOf(user.userId().split("/")[0])));
  }

  private static void simulate(int seed) throws IOException {
    var raw = folder.resolve("raw" + seed);
    new Simulation(new SimulationSettings(250, 300, 2, 60, seed, FIRST_DAY, null, 1))
        .writeTo(raw, ExistingRecords.KEEP);
    var truth = Truth.load(raw);
    var created = new HashMap<String, Instant>();
    for (var night : RawFiles.records(raw, RawSource.POSTS).values()) {
      night.forEach(
          post ->
              created.put(
                  post.get(POST_ID).asText(), Instant.parse(post.get(CREATED_AT).asText())));
    }
    var lists = lists(truth, created, new SplittableRandom(seed));
    lists.forEach(
        (user, posts) -> {
          for (int place = 0; place < posts.size(); place++) {
            LIST_ROWS.add(
                RowFactory.create(
                    seed + "/" + user, place + 1, posts.get(place), Date.valueOf(NIGHT)));
          }
        });
    var events = events(raw);
    double value = 0;
    double mass = 0;
    for (var event : events) {
      var user = event.get(USER_ID).asText();
      var time = Instant.parse(event.get(EVENT_TIME).asText());
      EVENT_ROWS.add(
          RowFactory.create(
              seed + "/" + event.get(EVENT_ID).asText(),
              Timestamp.from(time),
              Date.valueOf(DAY),
              seed + "/" + user,
              event.get(POST_ID).asText(),
              event.get(ACTION).asText(),
              event.has(PROPENSITY) ? event.get(PROPENSITY).asDouble() : null));
      if (event.get(ACTION).asText().equals(Actions.VIEW)) {
        var shift =
            Instant.ofEpochSecond(
                Math.floorDiv(time.getEpochSecond(), SHIFT_SECONDS) * SHIFT_SECONDS);
        for (var post : lists.get(user)) {
          if (created.get(post).plus(LIFE).isAfter(shift)) {
            value += truth.intensity(user, post, DAY);
            mass++;
          }
        }
      }
    }
    TRUE_VALUES.put(seed, value / mass);
  }

  /** The best posts of the night by the true rate, which noise of its own size blurs. */
  private static Map<String, List<String>> lists(
      Truth truth, Map<String, Instant> created, SplittableRandom random) {
    var end = NIGHT.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    var lists = new HashMap<String, List<String>>();
    for (var user : truth.users()) {
      var scores = new HashMap<String, Double>();
      for (var post : truth.posts()) {
        var noise = random.nextGaussian();
        if (created.containsKey(post.postId())
            && created.get(post.postId()).isBefore(end)
            && !post.authorId().equals(user.userId())) {
          double rate = truth.intensity(user.userId(), post.postId(), 0);
          scores.put(post.postId(), Math.log(rate) + 0.5 * noise);
        }
      }
      lists.put(
          user.userId(),
          scores.entrySet().stream()
              .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
              .limit(TOP)
              .map(Map.Entry::getKey)
              .toList());
    }
    return lists;
  }

  /** What happened on the day, whenever it landed, each event once. */
  private static List<JsonNode> events(Path raw) throws IOException {
    var events = new ArrayList<JsonNode>();
    var ids = new HashSet<String>();
    for (var night : RawFiles.records(raw, RawSource.EVENTS).values()) {
      for (var event : night) {
        boolean isOfTheDay = event.get(EVENT_TIME).asText().startsWith(DAY.toString());
        if (isOfTheDay && ids.add(event.get(EVENT_ID).asText())) {
          events.add(event);
        }
      }
    }
    return events;
  }

  @Test
  void interval_coversTheTrueValueOnMostPlatforms() {
    int covered = 0;
    double error = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      var estimate = PolicyEstimate.of(sums.get(seed));
      double truth = TRUE_VALUES.get(seed);
      covered += estimate.value().low() <= truth && truth <= estimate.value().high() ? 1 : 0;
      error += (estimate.value().mean() - truth) / SEEDS;
    }
    assertThat(covered).isGreaterThanOrEqualTo(SEEDS - 1);
    assertThat(error).isCloseTo(0, within(0.05));
  }

  @Test
  void goodLists_areFoundToBeBetterThanWhatWasShown() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var estimate = PolicyEstimate.of(sums.get(seed));
      assertThat(estimate.difference().low()).isPositive();
      assertThat(estimate.difference().mean())
          .isCloseTo(estimate.value().mean() - estimate.logged().mean(), within(1e-12));
    }
  }

  @Test
  void meanWeight_isTheShareOfTheListsThatTheLogCanShow() {
    // A few listed posts are too old to be shown.
    assertThat(
            sums.values().stream()
                .mapToDouble(platform -> PolicyEstimate.of(platform).meanWeight())
                .average()
                .orElseThrow())
        .isBetween(0.85, 1.1);
  }

  @Test
  void effectiveImpressions_areAllOfThemWhereWeightsAreEqual() {
    assertThat(PolicyEstimate.effective(List.of(user(10, 10, 20, 40), user(5, 5, 10, 20))))
        .isCloseTo(15, within(1e-9));
    assertThat(PolicyEstimate.effective(List.of(user(10, 10, 0, 0)))).isZero();
    for (var platform : sums.values()) {
      assertThat(PolicyEstimate.effective(platform))
          .isBetween(100.0, PolicyEstimate.sum(platform, UserSums::matched));
    }
  }

  @Test
  void engagement_countsForTheImpressionBeforeIt() {
    var events =
        List.of(
            event("1", "u", "p", Actions.CLICK, 9, null),
            event("2", "u", "p", Actions.VIEW, 10, 0.1),
            event("3", "u", "p", Actions.LIKE, 11, null),
            event("4", "u", "p", Actions.HIDE, 11, null),
            event("5", "u", "p", Actions.VIEW, 12, 0.2),
            event("6", "u", "p", Actions.LIKE, 12, null),
            event("7", "u", "p", Actions.SHARE, 13, null),
            event("8", "u", "q", Actions.VIEW, 10, null),
            event("9", "v", "p", Actions.LIKE, 11, null));
    var impressions =
        LoggedImpressions.of(SparkTest.spark().createDataFrame(events, EVENTS))
            .orderBy(USER_ID, POST_ID, PROPENSITY)
            .select(USER_ID, POST_ID, PROPENSITY, ENGAGEMENTS)
            .collectAsList();
    assertThat(impressions)
        .containsExactly(
            RowFactory.create("u", "p", 0.1, 1L),
            RowFactory.create("u", "p", 0.2, 2L),
            RowFactory.create("u", "q", null, 0L));
  }

  @Test
  void weights_areThePolicysProbabilityOverThePropensity_onDaysWithAList() {
    var events =
        List.of(
            event("1", "u", "p", Actions.VIEW, 10, 0.1),
            event("2", "u", "p", Actions.LIKE, 11, null),
            event("3", "u", "other", Actions.VIEW, 10, 0.5),
            event("4", "u", "q", Actions.VIEW, 10, null),
            event("5", "nolist", "p", Actions.VIEW, 10, 0.1));
    var lists =
        List.of(
            RowFactory.create("u", 1, "p", Date.valueOf(NIGHT)),
            RowFactory.create("u", 2, "q", Date.valueOf(NIGHT)),
            RowFactory.create("u", 3, "other", Date.valueOf(NIGHT)));
    var found = sums(events, lists, 2);
    assertThat(found).containsExactly(new UserSums("u", 3, 2, 1, 5, 25, 5, 1));
  }

  @Test
  void missingPropensities_areRefusedWithTheirShare() {
    var users = List.of(new UserSums("u", 200, 150, 1, 300, 700, 5, 150));
    assertThatThrownBy(() -> check(users, 0.1, 10))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ExitCode.DATA_QUALITY))
        .hasMessageContaining("25.0% of 200 impressions")
        .hasMessageContaining("lack a propensity")
        .hasMessageContaining("silver.events");
    assertThatCode(() -> check(users, 0.3, 10)).doesNotThrowAnyException();
  }

  @Test
  void tooFewEffectiveImpressions_areRefused() {
    var users = List.of(user(1000, 3, 300, 60_000));
    assertThatThrownBy(() -> check(users, 0, 100))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ExitCode.DATA_QUALITY))
        .hasMessageContaining("as much as 1.5 chosen by them would")
        .hasMessageContaining("at least 100");
    assertThatThrownBy(() -> check(List.of(), 0, 100)).hasMessageContaining("has no view");
  }

  private static void check(List<UserSums> users, double maxMissing, double minEffective) {
    EvaluatePolicyCommand.check(
        users, new Lake(SparkTest.spark(), folder), NIGHT, NIGHT, maxMissing, minEffective);
  }

  private static UserSums user(
      double impressions, double matched, double weight, double squaredWeight) {
    return new UserSums("u", (long) impressions, impressions, 1, weight, squaredWeight, 1, matched);
  }

  private static Row event(
      String id, String user, String post, String action, int hour, Double propensity) {
    var time = DAY.atTime(hour, 0).toInstant(ZoneOffset.UTC);
    return RowFactory.create(
        id, Timestamp.from(time), Date.valueOf(DAY), user, post, action, propensity);
  }

  private static List<UserSums> sums(List<Row> events, List<Row> lists, int top) {
    Dataset<Row> impressions =
        LoggedImpressions.of(SparkTest.spark().createDataFrame(events, EVENTS));
    return LoggedImpressions.sums(
        impressions,
        LoggedImpressions.policy(SparkTest.spark().createDataFrame(lists, LISTED), top));
  }
}
