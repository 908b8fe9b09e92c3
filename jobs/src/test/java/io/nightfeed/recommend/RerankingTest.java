package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.PostFacts;
import io.nightfeed.recommend.TopN.Scored;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Six posts, best first, of which 1, 2 and 4 are negative; author "x" wrote 0, 1, 2 and 3. */
class RerankingTest {
  private static final float[][] VECTORS = {{1, 0}, {1, 0}, {1, 0.1f}, {0, 1}, {0, 1}, {-1, 0}};
  private static final PostFacts FACTS =
      new PostFacts(
          new String[] {"x", "x", "x", "x", "y", "z"}, new float[] {0, -0.9f, -0.3f, 0, -0.5f, 1});
  private static final List<Scored> BEST =
      IntStream.range(0, 6).mapToObj(post -> new Scored(post, 6 - post, 0)).toList();

  private static Reranking reranking(int maxPerAuthor, double diversity, int size) {
    return new Reranking(
        VectorBlock.of(VECTORS),
        2,
        FACTS,
        new Settings.Reranking(1, maxPerAuthor, diversity, -0.1, -0.3),
        size);
  }

  private static List<Integer> posts(List<Placed> list) {
    return list.stream().map(placed -> placed.scored().candidate()).toList();
  }

  @Test
  void withoutRules_theOrderIsThatOfTheScores() {
    var list = reranking(10, 0, 4).list(BEST, Reranking.UNBOUNDED);
    assertThat(posts(list)).containsExactly(0, 1, 2, 3);
    assertThat(list).extracting(Placed::rankByScore).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anAuthor_hasNoMorePostsThanAllowed_asLongAsThereAreOthers() {
    assertThat(posts(reranking(2, 0, 4).list(BEST, Reranking.UNBOUNDED)))
        .containsExactly(0, 1, 4, 5);
    assertThat(posts(reranking(2, 0, 6).list(BEST, Reranking.UNBOUNDED)))
        .containsExactly(0, 1, 4, 5, 2, 3);
  }

  @Test
  void aGuardedReader_getsNoMoreNegativePostsUpToAnyPlaceThanTheBound() {
    // A third: the third place may be negative, and the sixth.
    assertThat(posts(reranking(10, 0, 6).list(BEST, 1 / 3.0))).containsExactly(0, 3, 1, 5);
    assertThat(posts(reranking(10, 0, 6).list(BEST, 0))).containsExactly(0, 3, 5);
  }

  @Test
  void diversity_putsWhatIsUnlikeTheOthersFirst() {
    var list = reranking(10, 0.5, 3).list(BEST, Reranking.UNBOUNDED);
    assertThat(posts(list)).containsExactly(0, 3, 5);
    assertThat(list.get(1).rankByScore()).isEqualTo(4);
  }

  @Test
  void theShareOfNegativePosts_isThatOfAllCandidates() {
    assertThat(reranking(10, 0, 3).negativeShare()).isCloseTo(0.5, within(1e-12));
  }

  @Property
  void guard_holdsAtEveryPlace_andNothingIsShownTwice(
      @ForAll @IntRange(min = 1, max = 80) int count,
      @ForAll @DoubleRange(min = 0, max = 1) double bound,
      @ForAll @IntRange(min = 1, max = 5) int maxPerAuthor,
      @ForAll @DoubleRange(min = 0, max = 1) double diversity,
      @ForAll long seed) {
    var random = new SplittableRandom(seed);
    var vectors = new float[count][2];
    var authors = new String[count];
    var valences = new float[count];
    for (int post = 0; post < count; post++) {
      vectors[post][0] = (float) random.nextDouble(-1, 1);
      vectors[post][1] = (float) random.nextDouble(-1, 1);
      authors[post] = "a" + random.nextInt(6);
      valences[post] = (float) random.nextDouble(-1, 1);
    }
    var best =
        IntStream.range(0, count).mapToObj(post -> new Scored(post, count - post, 0.5)).toList();
    var reranking =
        new Reranking(
            VectorBlock.of(vectors),
            2,
            new PostFacts(authors, valences),
            new Settings.Reranking(1, maxPerAuthor, diversity, -0.1, -0.3),
            count);

    var posts = posts(reranking.list(best, bound));

    assertThat(posts).doesNotHaveDuplicates();
    int negative = 0;
    for (int place = 0; place < posts.size(); place++) {
      negative += reranking.isNegative(posts.get(place)) ? 1 : 0;
      assertThat(negative).isLessThanOrEqualTo((int) Math.floor(bound * (place + 1) + 1e-6));
    }
    // Nothing but negative posts is left out.
    assertThat(IntStream.range(0, count).filter(post -> !posts.contains(post)))
        .allMatch(reranking::isNegative);
  }
}
