package io.nightfeed.tune;

import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.evaluate.ValidationWindow;
import io.nightfeed.lake.Lake;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Ops;
import io.nightfeed.tables.Silver;
import io.nightfeed.tune.Search.NightMeasurement;
import io.nightfeed.tune.SuccessiveHalving.Result;
import io.nightfeed.tune.SuccessiveHalving.Rung;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A platform of two crowds: even users like even posts, odd users odd ones. */
class SearchTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final List<LocalDate> NIGHTS = List.of(NIGHT);
  private static final int DAYS = 2;
  private static final LocalDate LATER = NIGHT.plusDays(3);
  private static final int USERS = 24;

  @TempDir static Path folder;
  private static Lake lake;
  private static ValidationWindow window;

  private final StringWriter printed = new StringWriter();
  private final List<String> asked = new ArrayList<>();

  @BeforeAll
  static void aNightAndWhatCameAfterIt() {
    lake = new Lake(SparkTest.spark(), folder);
    var first = new TestPlatform();
    for (int post = 0; post < 16; post++) {
      first.post("p" + (10 + post), "a" + post % 3, "2025-06-01T08:00:00Z", "text " + post);
      first.annotation("text " + post, "d", 0, 0, 0, 1, 0, 0, 0, 1);
    }
    for (int user = 0; user < USERS; user++) {
      for (int k = 0; k < 3; k++) {
        like(first, user, user % 2 + 2 * ((user / 2 + k) % 6), "2025-06-02T08:00:00Z");
      }
    }
    first.arrive(lake, NIGHT);
    var later = new TestPlatform();
    for (int user = 0; user < USERS; user++) {
      like(later, user, user % 2 + 2 * ((user / 2 + 3) % 6), "2025-06-03T08:00:00Z");
    }
    later.arrive(lake, LATER);
    var runner =
        new JobRunner(
            SparkTest.spark(), settings(), new PrintWriter(Writer.nullWriter()), Clock.systemUTC());
    assertThat(runner.run(List.of(new ProfileJob()), NIGHT)).isEqualTo(ExitCode.OK);
    window = ValidationWindow.of(lake, settings(), NIGHT, DAYS);
  }

  private static void like(TestPlatform platform, int user, int post, String time) {
    platform.event("u" + (10 + user), "p" + (10 + post), "like", time);
  }

  private static Settings settings(String... changes) {
    var all = new HashMap<String, String>();
    all.put("lake-folder", "\"" + folder + "\"");
    all.put("train.rank", "2");
    all.put("train.iterations", "2");
    all.put("train.calibration-rounds", "1");
    all.put("train.blocks", "1");
    all.put("train.sampled-negatives", "2");
    all.put("tune.trials", "3");
    all.put("tune.first-share", "0.5");
    all.put("tune.reduction-factor", "2");
    all.put(
        "tune.space",
        "[{setting = train.rank, from = 1, to = 9, scale = linear, multiple-of = 1},"
            + "{setting = train.regularization, from = 0.001, to = 10, scale = log}]");
    for (int i = 0; i < changes.length; i += 2) {
      all.put(changes[i], changes[i + 1]);
    }
    return SettingsLoader.load(List.of(), all);
  }

  /** Two users; the greater the rank, the better. */
  private double[] measure(LocalDate night, Candidate candidate, Rung rung) {
    asked.add(candidate.trial() + " of " + rung.share());
    double rank = Double.parseDouble(candidate.changes().getOrDefault("train.rank", "2"));
    return new double[] {rank / 10, rung.share()};
  }

  private List<Result> search(String id, Settings settings, NightMeasurement measurement) {
    return new Search(
            id, settings.tune(), NIGHTS, log(id), Optional.empty(), new PrintWriter(printed))
        .run(measurement);
  }

  private static TrialLog log(String id) {
    return new TrialLog(SparkTest.spark(), lake, id);
  }

  @Test
  void aSearchKilledInTheMiddle_goesOn_andFindsTheSame() {
    var whole = search("whole", settings(), this::measure);
    assertThat(asked).containsExactly("0 of 0.5", "1 of 0.5", "2 of 0.5", "0 of 1.0", "2 of 1.0");
    asked.clear();
    NightMeasurement killed =
        (night, candidate, rung) -> {
          if (asked.size() == 4) {
            throw new IllegalStateException("killed");
          }
          return measure(night, candidate, rung);
        };
    assertThatThrownBy(() -> search("killed", settings(), killed)).hasMessage("killed");
    asked.clear();
    printed.getBuffer().setLength(0);
    var resumed = search("killed", settings(), this::measure);
    assertThat(asked).containsExactly("2 of 1.0");
    assertThat(printed.toString()).contains("4 trials were finished before");
    assertThat(resumed).usingRecursiveComparison().isEqualTo(whole);

    assertThat(log("killed").size()).isEqualTo(5);
    log("killed").restart();
    assertThat(log("killed").size()).isZero();
    assertThat(log("whole").size()).as("of another search").isEqualTo(5);
  }

  @Test
  void everyNight_isMeasured_andKeptAsItsOwnSlice() {
    var settings = settings("tune.space", "[]", "tune.first-share", "1");
    var nights = List.of(NIGHT, LATER);
    var search =
        new Search(
            "nights",
            settings.tune(),
            nights,
            log("nights"),
            Optional.empty(),
            new PrintWriter(printed));
    var results =
        search.run((night, candidate, rung) -> new double[] {night.getDayOfMonth() / 10.0});
    assertThat(results).hasSize(1);
    assertThat(results.get(0).mean()).isEqualTo((0.2 + 0.5) / 2);
    for (var night : nights) {
      var rows = lake.slice(Ops.TUNING_TRIALS, night);
      assertThat(rows.where(rows.col(SEARCH_ID).equalTo("nights")).count()).isEqualTo(1);
    }
    assertThat(log("nights").size()).isEqualTo(2);
  }

  @Test
  void moreTrials_goOnFromFewer() {
    search("growing", settings("tune.first-share", "1"), this::measure);
    asked.clear();
    search("growing", settings("tune.first-share", "1", "tune.trials", "4"), this::measure);
    assertThat(asked).containsExactly("3 of 1.0");
    var rows = lake.slice(Ops.TUNING_TRIALS, NIGHT);
    var row = rows.where(rows.col(SEARCH_ID).equalTo("growing")).sort(RUNG, TRIAL).first();
    assertThat(row.<Double>getAs(USER_SHARE)).isEqualTo(1);
    assertThat(row.getMap(row.fieldIndex(SETTINGS)).isEmpty()).isTrue();
    assertThat(row.getList(row.fieldIndex(NDCG_BY_USER))).isEqualTo(List.of(0.2, 1.0));
  }

  @Test
  void figures_areOfTheUsersOfTheShare() {
    double[] all = window.ndcg(settings("train.rank", "8", "train.iterations", "5"), 1);
    assertThat(all).hasSize(USERS);
    assertThat(window.ndcg(settings(), 0.5)).hasSizeBetween(1, USERS - 1);
    // Three posts of the own crowd are left, and six of the other: by chance it were 0.47.
    assertThat(Arrays.stream(all).average().orElseThrow()).isGreaterThan(0.6);
    assertThatThrownBy(() -> window.ndcg(settings(), 1e-6))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("tune.first-share");
  }

  @Test
  void whatComesAfterTheWindow_isAnotherVersionOfTheData_onlyIfItHappenedInIt() {
    var version = window.dataVersion();
    append("2025-06-05T00:00:00Z");
    assertThat(window.dataVersion()).isEqualTo(version);
    append("2025-06-04T23:59:59Z");
    assertThat(window.dataVersion()).isNotEqualTo(version);
  }

  private static void append(String time) {
    lake.append(Silver.EVENTS, LATER, new TestPlatform().event("u", "p11", "share", time).events());
  }

  @Test
  void aNightWithoutProfile_andAWindowThatIsNotOver_areRefused() {
    assertThatThrownBy(() -> ValidationWindow.of(lake, settings(), LATER, DAYS))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("has no rows of --night 2025-06-05");
    assertThatThrownBy(() -> ValidationWindow.of(lake, settings(), NIGHT, 30))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("ends on 2025-07-02");
  }

  @Test
  void theId_dependsOnWhatFiguresDependOn() {
    var data = Map.of(NIGHT, "data");
    var id = Search.id(settings(), data, DAYS);
    assertThat(Search.id(settings("tune.trials", "9"), data, DAYS)).isEqualTo(id);
    assertThat(
            List.of(
                Search.id(settings(), Map.of(NIGHT, "other data"), DAYS),
                Search.id(settings(), Map.of(LATER, "data"), DAYS),
                Search.id(settings(), data, DAYS + 1),
                Search.id(settings("train.iterations", "3"), data, DAYS),
                Search.id(settings("tune.seed", "3"), data, DAYS),
                Search.id(settings("tune.reduction-factor", "3"), data, DAYS)))
        .doesNotHaveDuplicates()
        .doesNotContain(id);
  }
}
