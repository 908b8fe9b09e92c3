package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.Reader;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.tables.SmallGroups;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Six posts, best first, of which 1, 2 and 4 are negative; author "x" wrote 0, 1, 2 and 3. */
class RerankingTest {
  private static final float[][] VECTORS = {{1, 0}, {1, 0}, {1, 0.1f}, {0, 1}, {0, 1}, {-1, 0}};
  private static final PostFacts FACTS =
      facts(
          new String[] {"x", "x", "x", "x", "y", "z"},
          new float[][] {
            feeling(0, 0),
            feeling(0, -0.9f),
            feeling(1, -0.3f),
            feeling(0, 0),
            feeling(1, -0.5f),
            feeling(1, 1)
          },
          new double[] {8, 0.5, 8, 8, 8, 8});
  private static final List<Scored> BEST =
      IntStream.range(0, 6).mapToObj(post -> new Scored(post, 6 - post, 0)).toList();
  private static final LocalDate NIGHT = LocalDate.parse("2025-06-10");
  private static final Reader READER = new Reader("u", Reranking.UNBOUNDED, null);
  private static final Settings.Reranking PLAIN = rules(10, 0, 0, 0, 0);

  private static Settings.Reranking rules(
      int maxPerAuthor, double diversity, double freshness, double calibration, double share) {
    return new Settings.Reranking(
        1, maxPerAuthor, diversity, freshness, calibration, share, 42, -0.1, -0.3);
  }

  /** Angry, or joyful. */
  private static float[] feeling(float anger, float valence) {
    return new float[] {anger, 0, 0, 1 - anger, 0, 0, 0, valence};
  }

  private static PostFacts facts(String[] authors, float[][] readings, double[] ages) {
    var ids = IntStream.range(0, authors.length).mapToObj("p%d"::formatted);
    return new PostFacts(ids.toArray(String[]::new), authors, readings, ages);
  }

  private static Reranking rules(
      VectorBlock vectors,
      PostFacts facts,
      Settings.Reranking settings,
      int size,
      LocalDate night) {
    var all = new ToneSum(settings.negativeValence()).add(facts, IntStream.range(0, facts.size()));
    return new Reranking(vectors, 2, facts, settings, size, night, all);
  }

  private static Reranking reranking(Settings.Reranking settings, int size) {
    return rules(VectorBlock.of(VECTORS), FACTS, settings, size, NIGHT);
  }

  private static List<Integer> list(Settings.Reranking settings, int size, Reader reader) {
    return posts(reranking(settings, size).list(BEST, reader).places());
  }

  private static Reader guarded(double mostNegative) {
    return new Reader("u", mostNegative, null);
  }

  private static List<Integer> posts(List<Placed> list) {
    return list.stream().map(placed -> placed.scored().candidate()).toList();
  }

  @Test
  void withoutRules_theOrderIsThatOfTheScores() {
    var list = reranking(PLAIN, 4).list(BEST, READER).places();
    assertThat(posts(list)).containsExactly(0, 1, 2, 3);
    assertThat(list).extracting(Placed::rankByScore).containsExactly(1, 2, 3, 4);
    assertThat(list).extracting(Placed::propensity).containsOnly(1.0);
  }

  @Test
  void anAuthor_hasNoMorePostsThanAllowed_asLongAsThereAreOthers() {
    assertThat(list(rules(2, 0, 0, 0, 0), 4, READER)).containsExactly(0, 1, 4, 5);
    assertThat(list(rules(2, 0, 0, 0, 0), 6, READER)).containsExactly(0, 1, 4, 5, 2, 3);
  }

  @Test
  void aGuardedReader_getsNoMoreNegativePostsUpToAnyPlaceThanTheBound() {
    // A third: the third place may be negative, and the sixth.
    assertThat(list(PLAIN, 6, guarded(1 / 3.0))).containsExactly(0, 3, 1, 5);
    assertThat(list(PLAIN, 6, guarded(0))).containsExactly(0, 3, 5);
  }

  @Test
  void guardedAway_areThePostsThatTheGuardKeptOut() {
    assertThat(reranking(PLAIN, 3).list(BEST, guarded(0)).guardedAway()).isEqualTo(2);
    assertThat(reranking(PLAIN, 3).list(BEST, guarded(1 / 3.0)).guardedAway()).isEqualTo(1);
    assertThat(reranking(PLAIN, 3).list(BEST, READER).guardedAway()).isZero();
  }

  @Test
  void diversity_putsWhatIsUnlikeTheOthersFirst() {
    var list = reranking(rules(10, 0.5, 0, 0, 0), 3).list(BEST, READER).places();
    assertThat(posts(list)).containsExactly(0, 3, 5);
    assertThat(list.get(1).rankByScore()).isEqualTo(4);
  }

  @Test
  void freshness_halvesTheScoreOfAPostInEachHalfLife() {
    // Post 1, of today, scores 5; post 0, eight days old, 6, which in eight days becomes 3.
    assertThat(list(rules(10, 0, 8, 0, 0), 3, READER)).containsExactly(1, 0, 2);
    assertThat(list(rules(10, 0, 100, 0, 0), 3, READER)).containsExactly(0, 1, 2);
  }

  @Test
  void calibration_givesEachEmotionTheShareThatItHasInTheHistory() {
    var half = new double[] {0.5, 0, 0, 0.5, 0, 0, 0, 0};
    var calm = new double[] {0, 0, 0, 1, 0, 0, 0, 0};
    var calibrated = rules(10, 0, 0, 0.9, 0);
    assertThat(list(calibrated, 4, new Reader("u", Reranking.UNBOUNDED, half)))
        .containsExactly(0, 2, 1, 4);
    assertThat(list(calibrated, 3, new Reader("u", Reranking.UNBOUNDED, calm)))
        .containsExactly(0, 1, 3);
    assertThat(list(calibrated, 4, READER)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void rulesLeftOut_costNothing() {
    for (var rule : Rule.values()) {
      assertThat(rule.without(PLAIN).explorationSeed()).isEqualTo(42);
    }
    var all = rules(1, 0.5, 3, 0.5, 0.5);
    var none = all;
    for (var rule : Rule.values()) {
      none = rule.without(none);
    }
    assertThat(reranking(all, 6).list(BEST, Rule.MOOD_GUARD.without(guarded(0)), none))
        .extracting(Placed::rankByScore)
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void eachRuleThatIsOn_hasAPriceOfItsOwn_onASampleOfReaders() {
    var prices = RulePrices.in(SparkTest.spark().sparkContext());
    var rules = reranking(rules(10, 0.5, 0, 0, 0), 3);
    for (int i = 0; i < 200; i++) {
      var reader = new Reader("reader" + i, Reranking.UNBOUNDED, null);
      prices.add(BEST, rules.list(BEST, reader).places(), reader, rules);
    }
    long lists = prices.prices().get(Rule.DIVERSITY).lists().value();
    assertThat(lists).isBetween(10L, 45L);
    // Scores of 6, 3 and 1 at the places of an NDCG, instead of 6, 5 and 4.
    assertThat(prices.summary(new SmallGroups(1)))
        .isEqualTo(
            "max-per-author 100.00%% (%d lists), diversity 75.24%% (%d lists)", lists, lists);
  }

  @Test
  void theShareOfNegativePosts_isThatOfAllCandidates() {
    assertThat(reranking(PLAIN, 3).negativeShare()).isCloseTo(0.5, within(1e-12));
  }

  /** A platform by chance, with every rule on. */
  private record Platform(Reranking rules, List<Scored> best, Reader reader) {
    static Platform of(long seed, int count, int size, double bound, Settings.Reranking settings) {
      var random = new SplittableRandom(seed);
      var vectors = new float[count][2];
      var authors = new String[count];
      var readings = new float[count][];
      var ages = new double[count];
      for (int post = 0; post < count; post++) {
        vectors[post][0] = (float) random.nextDouble(-1, 1);
        vectors[post][1] = (float) random.nextDouble(-1, 1);
        authors[post] = "a" + random.nextInt(12);
        readings[post] = feeling((float) random.nextDouble(), (float) random.nextDouble(-1, 1));
        ages[post] = random.nextDouble(0, 20);
      }
      var best = IntStream.range(0, count).mapToObj(post -> new Scored(post, count - post, 0.5));
      var tone = new double[] {0.2, 0, 0, 0.8, 0, 0, 0, 0.5};
      return new Platform(
          RerankingTest.rules(
              VectorBlock.of(vectors), facts(authors, readings, ages), settings, size, NIGHT),
          best.toList(),
          new Reader("u" + seed, bound, tone));
    }
  }

  @Property
  void guard_holdsAtEveryPlace_withEveryRuleOn(
      @ForAll @IntRange(min = 1, max = 80) int count,
      @ForAll @DoubleRange(min = 0, max = 1) double bound,
      @ForAll @IntRange(min = 1, max = 5) int maxPerAuthor,
      @ForAll @DoubleRange(min = 0, max = 1) double weight,
      @ForAll long seed) {
    var settings = rules(maxPerAuthor, weight, 3, 1 - weight, weight);
    var platform = Platform.of(seed, count, count / 2 + 1, bound, settings);

    var list = platform.rules().list(platform.best(), platform.reader());

    var posts = posts(list.places());
    assertThat(posts).doesNotHaveDuplicates();
    int negative = 0;
    for (int place = 0; place < posts.size(); place++) {
      negative += platform.rules().isNegative(posts.get(place)) ? 1 : 0;
      assertThat(negative).isLessThanOrEqualTo((int) Math.floor(bound * (place + 1) + 1e-6));
    }
    assertThat(list.guardedAway()).isBetween(0, count - posts.size());
  }

  @Property
  void withoutTheGuard_nothingButNegativePostsIsLeftOut(
      @ForAll @IntRange(min = 1, max = 80) int count,
      @ForAll @DoubleRange(min = 0, max = 1) double bound,
      @ForAll long seed) {
    var platform = Platform.of(seed, count, count, bound, rules(2, 0.3, 3, 0.3, 0));
    var list = platform.rules().list(platform.best(), platform.reader());
    var posts = posts(list.places());
    assertThat(IntStream.range(0, count).filter(post -> !posts.contains(post)))
        .hasSize(list.guardedAway())
        .allMatch(platform.rules()::isNegative);
  }

  @Property
  void chance_givesNoAuthorMoreThanAllowed(
      @ForAll @IntRange(min = 1, max = 80) int count,
      @ForAll @IntRange(min = 1, max = 5) int maxPerAuthor,
      @ForAll @DoubleRange(min = 0.1, max = 1) double share,
      @ForAll long seed) {
    var settings = rules(maxPerAuthor, 0, 0, 0, share);
    var platform = Platform.of(seed, count, count / 3 + 1, Reranking.UNBOUNDED, settings);
    var without =
        byAuthor(
            platform,
            platform
                .rules()
                .list(platform.best(), platform.reader(), Rule.EXPLORATION.without(settings)));
    var with =
        byAuthor(platform, platform.rules().list(platform.best(), platform.reader()).places());
    with.forEach(
        (author, posts) ->
            assertThat(posts)
                .isLessThanOrEqualTo(Math.max(maxPerAuthor, without.getOrDefault(author, 0L))));
  }

  private static Map<String, Long> byAuthor(Platform platform, List<Placed> places) {
    return places.stream()
        .collect(
            Collectors.groupingBy(
                place -> platform.rules().facts().authors()[place.scored().candidate()],
                Collectors.counting()));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1", "0.25, 1", "0.9, 1", "0.1, 0.4"})
  void chance_showsEachPostAsOftenAsItsPropensitySays(double share, double bound) {
    int readers = 4000;
    int size = 10;
    var platform = Platform.of(7, 40, size, bound, rules(3, 0, 0, 0, share));
    var shown = new HashMap<Integer, Integer>();
    var propensities = new HashMap<Integer, Double>();
    for (int reader = 0; reader < readers; reader++) {
      var places =
          platform.rules().list(platform.best(), new Reader("r" + reader, bound, null)).places();
      assertThat(places).hasSize(size);
      for (var place : places) {
        int post = place.scored().candidate();
        shown.merge(post, 1, Integer::sum);
        var before = propensities.put(post, place.propensity());
        assertThat(before == null || before == place.propensity()).isTrue();
      }
    }
    var incumbents =
        posts(
            platform
                .rules()
                .list(
                    platform.best(),
                    new Reader("r", bound, null),
                    Rule.EXPLORATION.without(platform.rules().settings())));
    long others =
        shown.entrySet().stream()
            .filter(entry -> !incumbents.contains(entry.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(others / (double) (readers * size))
        .isCloseTo(share, within(5 * Math.sqrt(share * (1 - share) / (readers * size))));
    propensities.forEach(
        (post, propensity) ->
            assertThat(shown.get(post) / (double) readers)
                .as("post %d", post)
                .isCloseTo(
                    propensity,
                    within(5 * Math.sqrt(propensity * (1 - propensity) / readers) + 1e-9)));
    // What the list would hold without chance can always be told of, too.
    if (share < 0.5) {
      assertThat(propensities).containsKeys(incumbents.toArray(Integer[]::new));
    }
  }

  @Test
  void anotherNight_drawsAnew_theSameNightDoesNot() {
    var settings = rules(10, 0, 0, 0, 0.5);
    var one = Platform.of(1, 40, 20, 1, settings).rules();
    var sameNight = Platform.of(1, 40, 20, 1, settings);
    var reader = sameNight.reader();
    assertThat(one.list(sameNight.best(), reader))
        .isEqualTo(sameNight.rules().list(sameNight.best(), reader));
    var vectors = VectorBlock.of(new float[40][2]);
    var nextNight = rules(vectors, one.facts(), settings, 20, NIGHT.plusDays(1));
    assertThat(posts(nextNight.list(sameNight.best(), reader).places()))
        .isNotEqualTo(posts(one.list(sameNight.best(), reader).places()));
  }
}
