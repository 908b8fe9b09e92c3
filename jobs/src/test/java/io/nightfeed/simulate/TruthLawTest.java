package io.nightfeed.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written obeys the law that the truth states. */
class TruthLawTest {
  private static final LocalDate FIRST_DAY = LocalDate.parse("2025-06-01");
  private static final Set<String> ENGAGEMENTS =
      Set.of("click", "like", "share", "comment", "follow");

  @TempDir static Path folder;
  private static Platform planted;
  private static Platform without;
  private static Platform opposite;

  @BeforeAll
  static void simulate() throws IOException {
    planted = Platform.of(1.0);
    without = Platform.of(0.0);
    opposite = Platform.of(-1.0);
  }

  @Test
  void engagementRate_matchesTheIntensityInEveryDecile() {
    var exposures = new ArrayList<>(planted.exposures);
    exposures.sort(Comparator.comparingDouble(Exposure::intensityPerView));
    var size = exposures.size();
    for (var decile = 0; decile < 10; decile++) {
      var part = exposures.subList(decile * size / 10, (decile + 1) * size / 10);
      var expected = part.stream().mapToDouble(Exposure::expected).sum();
      var found = part.stream().mapToDouble(exposure -> exposure.engagements).sum();
      assertThat(found)
          .as("decile %d", decile + 1)
          .isCloseTo(expected, within(4 * Math.sqrt(expected)));
    }
  }

  @Test
  void meanIntensity_isAboutAFifthAndAThirdOfItEmotion() {
    var views = planted.exposures.stream().mapToDouble(exposure -> exposure.views).sum();
    var expected = planted.exposures.stream().mapToDouble(Exposure::expected).sum();
    var emotion = planted.exposures.stream().mapToDouble(Exposure::expectedOfEmotion).sum();
    assertThat(expected / views).isBetween(0.16, 0.24);
    assertThat(emotion / expected).isBetween(0.25, 0.35);
  }

  @Test
  void plantedEffect_showsInEngagement() {
    assertThat(planted.congruence()).isGreaterThan(6);
  }

  @Test
  void zeroEffect_doesNotShow() {
    assertThat(without.congruence()).isBetween(-3.5, 3.5);
  }

  @Test
  void oppositeEffect_showsWithTheOppositeSign() {
    assertThat(opposite.congruence()).isLessThan(-6);
  }

  @Test
  void comments_expressTheMoodAndNotThePostsTone() {
    var phrases = moodPhrases();
    var moods = new ArrayList<double[]>();
    var tones = new ArrayList<double[]>();
    for (var comment : without.comments) {
      var valence = valence(phrases, comment.path("text").asText());
      var date = LocalDate.parse(comment.path("event_time").asText().substring(0, 10));
      var user = comment.path("user_id").asText();
      moods.add(new double[] {valence, without.truth.mood(user, date)});
      var tone = without.truth.post(comment.path("post_id").asText()).tone();
      tones.add(new double[] {valence, tone});
    }
    assertThat(correlation(moods)).isGreaterThan(0.6);
    assertThat(correlation(tones)).isCloseTo(0, within(4 / Math.sqrt(tones.size())));
  }

  @Test
  void propensities_ofASlotAddUpToOne() {
    var settings = Platform.settings(1.0);
    var users = new ArrayList<SimulatedUser>();
    for (var index = 0; index < 20; index++) {
      users.add(SimulatedUser.draw(settings, index));
    }
    var posts = new ArrayList<SimulatedPost>();
    for (var index = 0; index < 30; index++) {
      posts.add(SimulatedPost.draw(settings, users, index));
    }
    var policy = new LoggingPolicy(posts, UserDay.shiftStart(FIRST_DAY.plusDays(5), 3));
    var stranger =
        new SimulatedUser(
            99, new TrueUser("nobody", new double[12], 0, List.of("en")), 7, 1, 0, new double[50]);
    var propensities = new HashMap<String, Double>();
    var shows = new HashMap<String, Integer>();
    var draws = 20_000;
    for (var slot = 0; slot < draws; slot++) {
      var shown = policy.show(stranger, Draw.of(5, Draw.Purpose.DAY, slot));
      propensities.put(shown.post().truth().postId(), shown.propensity());
      shows.merge(shown.post().truth().postId(), 1, Integer::sum);
    }
    assertThat(propensities.values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(1, within(1e-9));
    propensities.forEach(
        (post, propensity) ->
            assertThat(shows.get(post) / (double) draws)
                .as(post)
                .isCloseTo(propensity, within(4.5 * Math.sqrt(propensity / draws))));
  }

  @Test
  void loadedTruth_isTheTruthThatWasSimulated() {
    var settings = Platform.settings(1.0);
    var user = SimulatedUser.draw(settings, 3);
    var truth = planted.truth;
    assertThat(truth.user("u00004")).usingRecursiveComparison().isEqualTo(user.truth());
    assertThat(truth.mood("u00004", FIRST_DAY.plusDays(2))).isEqualTo(user.mood(2));
    assertThat(truth.parameters().kappa()).isEqualTo(TruthModel.KAPPA_OF_EFFECT_ONE);
  }

  @Test
  void lowMood_engagesMoreWithSadPostsAndLessWithHappyOnes() {
    var model = TruthModel.ofEffect(1.0);
    var sad = post(-1);
    var happy = post(1);
    assertThat(model.emotion(sad, -1)).isEqualTo(model.emotion(happy, 1));
    assertThat(model.emotion(sad, -1) / model.emotion(sad, 0))
        .isCloseTo(Math.exp(1.5), within(1e-12));
    assertThat(model.emotion(happy, -1) / model.emotion(happy, 0))
        .isCloseTo(Math.exp(-1.5), within(1e-12));
  }

  private static TruePost post(double tone) {
    var tau = new double[Topic.COUNT];
    return new TruePost("p", "u", Topic.PETS, tau, 0, 0.2, tone, Emotion.NEUTRAL, "en", false);
  }

  private static Map<String, Double> moodPhrases() {
    var phrases = new HashMap<String, Double>();
    for (var language : List.of("en", "zh")) {
      PhraseBook.of(language)
          .mood
          .forEach(
              (emotion, sentences) -> {
                var valence =
                    switch (emotion) {
                      case JOY, SURPRISE -> 1.0;
                      case NEUTRAL -> 0.0;
                      default -> -1.0;
                    };
                sentences.forEach(sentence -> phrases.put(sentence, valence));
              });
    }
    return phrases;
  }

  private static double valence(Map<String, Double> phrases, String text) {
    return phrases.entrySet().stream()
        .filter(phrase -> text.contains(phrase.getKey()))
        .max(Comparator.comparingInt(phrase -> phrase.getKey().length()))
        .orElseThrow()
        .getValue();
  }

  private static double correlation(List<double[]> pairs) {
    var meanX = pairs.stream().mapToDouble(pair -> pair[0]).average().orElseThrow();
    var meanY = pairs.stream().mapToDouble(pair -> pair[1]).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (var pair : pairs) {
      xy += (pair[0] - meanX) * (pair[1] - meanY);
      xx += (pair[0] - meanX) * (pair[0] - meanX);
      yy += (pair[1] - meanY) * (pair[1] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  /** What one user saw of one post on one day, and what came of it. */
  private static final class Exposure {
    private double perView;
    private double emotionPerView;
    private double perViewWithoutMood;
    private double congruent;
    private int views;
    private int engagements;

    double intensityPerView() {
      return perView;
    }

    double expected() {
      return views * perView;
    }

    double expectedOfEmotion() {
      return views * emotionPerView;
    }
  }

  /** A platform, read back from its raw files alone. */
  private static final class Platform {
    private final Truth truth;
    private final List<Exposure> exposures;
    private final List<JsonNode> comments = new ArrayList<>();

    private Platform(Path raw) throws IOException {
      truth = Truth.load(raw);
      var byKey = new HashMap<String, Exposure>();
      var seen = new HashSet<String>();
      for (var night : RawFiles.records(raw, RawSource.EVENTS).values()) {
        for (var event : night) {
          if (seen.add(event.path("event_id").asText())) {
            add(event, byKey);
          }
        }
      }
      // Every engagement belongs to an impression of the same day.
      exposures = List.copyOf(byKey.values());
      assertThat(exposures).allMatch(exposure -> exposure.views > 0);
    }

    static SimulationSettings settings(double effect) {
      return new SimulationSettings(600, 800, 14, 7, 11, FIRST_DAY, null, effect);
    }

    static Platform of(double effect) throws IOException {
      var raw = folder.resolve("effect" + effect);
      new Simulation(settings(effect)).writeTo(raw, ExistingRecords.KEEP);
      return new Platform(raw);
    }

    private void add(JsonNode event, Map<String, Exposure> byKey) {
      var user = event.path("user_id").asText();
      var post = event.path("post_id").asText();
      var date = LocalDate.parse(event.path("event_time").asText().substring(0, 10));
      var action = event.path("action").asText();
      var exposure =
          byKey.computeIfAbsent(user + "/" + post + "/" + date, key -> exposure(user, post, date));
      if (action.equals("view")) {
        exposure.views++;
      } else if (ENGAGEMENTS.contains(action)) {
        exposure.engagements++;
      }
      if (action.equals("comment")) {
        comments.add(event);
      }
    }

    private Exposure exposure(String user, String post, LocalDate date) {
      var exposure = new Exposure();
      var mood = truth.mood(user, date);
      exposure.perView = truth.intensity(user, post, date);
      exposure.emotionPerView = truth.model().emotion(truth.post(post), mood);
      exposure.perViewWithoutMood = truth.intensity(user, post, 0);
      exposure.congruent = mood * truth.post(post).tone();
      return exposure;
    }

    /**
     * Score test of "mood has no part in it", in standard errors: do users engage more than a
     * platform without emotion effect has them engage where mood and tone agree?
     */
    double congruence() {
      double score = 0;
      double variance = 0;
      for (var exposure : exposures) {
        var expected = exposure.views * exposure.perViewWithoutMood;
        score += (exposure.engagements - expected) * exposure.congruent;
        variance += expected * exposure.congruent * exposure.congruent;
      }
      return score / Math.sqrt(variance);
    }
  }
}
