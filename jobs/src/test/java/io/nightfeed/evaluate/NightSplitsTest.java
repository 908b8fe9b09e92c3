package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.EmotionForm;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.evaluate.NightSplits.Knowledge;
import io.nightfeed.lake.Lake;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobRunner;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights of a lake as origins. Posts are p0 to p5, by number; users u0 to u3. */
class NightSplitsTest {
  private static final List<LocalDate> NIGHTS =
      List.of(LocalDate.of(2025, 6, 2), LocalDate.of(2025, 6, 4), LocalDate.of(2025, 6, 6));

  @TempDir static Path folder;
  private static NightSplits splits;

  @BeforeAll
  static void threeNights() {
    var lake = new Lake(SparkTest.spark(), folder);
    var settings = settings();
    var first = new TestPlatform();
    for (int post = 0; post < 4; post++) {
      first.post("p" + post, "a" + post % 2, "2025-06-01T08:00:00Z", "text " + post);
      double joy = post % 2 == 0 ? 1 : 0;
      first.annotation("text " + post, "d", 0, 0, 0, joy, 1 - joy, 0, 0, 2 * joy - 1);
    }
    // Even users like even posts.
    first.event("u0", "p0", "like", "2025-06-02T08:00:00Z");
    first.event("u0", "p2", "like", "2025-06-02T09:00:00Z");
    first.event("u2", "p0", "like", "2025-06-02T09:00:00Z");
    first.event("u1", "p1", "like", "2025-06-02T09:00:00Z");
    first.event("u3", "p3", "like", "2025-06-02T09:00:00Z");
    first.comment("u3", "p1", "gloom", "2025-06-01T09:00:00Z");
    first.annotation("gloom", "d", 0, 0, 0, 0, 1, 0, 0, -1);
    first.comment("u0", "p0", "bliss", "2025-06-01T09:00:00Z");
    first.annotation("bliss", "d", 0, 0, 0, 1, 0, 0, 0, 1);
    first.arrive(lake, NIGHTS.get(0));
    new TestPlatform()
        .event("u2", "p2", "like", "2025-06-03T08:00:00Z")
        .event("u2", "p0", "share", "2025-06-03T09:00:00Z")
        .event("u1", "p3", "view", "2025-06-03T09:00:00Z")
        .arrive(lake, NIGHTS.get(1));
    new TestPlatform()
        .post("p4", "a0", "2025-06-05T08:00:00Z", "text 0")
        .event("u0", "p4", "like", "2025-06-05T09:00:00Z")
        .event("u1", "p4", "like", "2025-06-06T23:59:59Z")
        .arrive(lake, NIGHTS.get(2));
    var runner =
        new JobRunner(
            SparkTest.spark(), settings, new PrintWriter(Writer.nullWriter()), Clock.systemUTC());
    for (var night : NIGHTS) {
      assertThat(runner.run(List.of(new ProfileJob()), night)).isEqualTo(ExitCode.OK);
    }
    splits = new NightSplits(lake, settings, NIGHTS, Duration.ofDays(2));
  }

  private static Settings settings() {
    return SettingsLoader.load(
        List.of(),
        Map.of(
            "lake-folder", "\"" + folder + "\"",
            "train.rank", "2",
            "train.iterations", "3",
            "train.calibration-rounds", "3",
            "train.blocks", "1",
            "train.sampled-negatives", "2"));
  }

  @Test
  void aNight_isAskedForWhatPeopleEngagedWithFirstInTheWindowAfterIt() {
    var protocol = splits.protocol();
    // On the first night rivals' settings are chosen; the last only tells what happened.
    assertThat(protocol.splits()).isEqualTo(1);
    var validation = protocol.validation();
    assertThat(validation.train().byUser()).isEqualTo(new int[][] {{0, 2}, {1}, {0}, {1, 3}});
    assertThat(validation.test().byUser()).isEqualTo(new int[][] {{}, {}, {2}, {}});
    assertThat(validation.candidates()).containsExactly(2);

    var split = protocol.split().apply(0);
    assertThat(split.train().byUser()).isEqualTo(new int[][] {{0, 2}, {1}, {0, 2}, {1, 3}});
    assertThat(split.test().byUser()).isEqualTo(new int[][] {{4}, {4}, {}, {}});
    assertThat(split.candidates()).containsExactly(4);
  }

  @Test
  void tastesOfTheNight_rankPosts() {
    var train = splits.protocol().validation().train();
    var scores = scores(train, Knowledge.NO_EMOTION, 2);
    // u2 liked what u0 liked, and u0 liked p2.
    assertThat(scores[2]).isGreaterThan(scores[1]).isGreaterThan(scores[3]);
  }

  @Test
  void mood_changesScoresOfThoseWhoHaveOne_alone() {
    var train = splits.protocol().validation().train();
    assertThat(scores(train, Knowledge.ALL, 3)).isNotEqualTo(scores(train, Knowledge.NO_MOOD, 3));
    // u2 wrote nothing, and shared nothing before.
    assertThat(scores(train, Knowledge.ALL, 2)).isEqualTo(scores(train, Knowledge.NO_MOOD, 2));
  }

  @Test
  void validation_knowsNoPostOfAfterTheWindow_andSamplesUsers() {
    var lake = new Lake(SparkTest.spark(), folder);
    var window = Duration.ofDays(2);
    var alone = NightSplits.validation(lake, settings(), NIGHTS.get(0), NIGHTS.get(2), window);
    assertThat(alone.protocol().items().created()).hasSize(4);
    var split = alone.protocol().validation();
    assertThat(split.train().byUser()).isEqualTo(new int[][] {{0, 2}, {1}, {0}, {1, 3}});
    assertThat(split.test().byUser()).isEqualTo(new int[][] {{}, {}, {2}, {}});
    for (int user = 0; user < 4; user++) {
      assertThat(alone.isSampled(user, 1)).isTrue();
      assertThat(alone.isSampled(user, 0)).isFalse();
    }
    var scores = new double[4];
    alone.scores(split.train(), settings().train(), 1).write(2, scores);
    assertThat(scores[2]).isGreaterThan(scores[1]).isGreaterThan(scores[3]);
  }

  private double[] scores(Interactions train, Knowledge knowledge, int user) {
    var scores = new double[train.items()];
    splits.scores(train, EmotionForm.INTERACTION, knowledge).write(user, scores);
    assertThat(Arrays.stream(scores)).allMatch(Double::isFinite);
    return scores;
  }
}
