package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TopNTest {
  private static final int[] NOTHING = {};

  /** Vectors of few distinct values, so that scores tie often. */
  private static float[][] vectors(Random random, int count, int width, float scale) {
    var vectors = new float[count][width];
    for (var vector : vectors) {
      for (var k = 0; k < width; k++) {
        vector[k] = scale * (random.nextInt(5) - 2);
      }
    }
    return vectors;
  }

  private static Candidates candidates(Random random, int count, float scale) {
    var ids = IntStream.range(0, count).mapToObj("p%05d"::formatted).toArray(String[]::new);
    return new Candidates(ids, vectors(random, count, 3, scale), vectors(random, count, 2, scale));
  }

  private static List<Request> requests(Random random, int users, int candidates) {
    var requests = new ArrayList<Request>();
    for (var i = 0; i < users; i++) {
      var excluded = random.ints(0, candidates).limit(random.nextInt(candidates)).sorted();
      requests.add(
          new Request(
              vectors(random, 1, 3, 1)[0],
              vectors(random, 1, 2, 1)[0],
              random.nextBoolean() ? NOTHING : excluded.distinct().toArray()));
    }
    return requests;
  }

  /** Scores everything and sorts: the definition. */
  private static List<Scored> bruteForce(Candidates candidates, int size, Request user) {
    return IntStream.range(0, candidates.size())
        .filter(c -> Arrays.binarySearch(user.excluded(), c) < 0)
        .mapToObj(
            c ->
                new Scored(
                    c,
                    StrictMath.exp(dot(user.vector(), candidates.vectors(), c)),
                    StrictMath.exp(dot(user.emotionVector(), candidates.emotionVectors(), c))))
        .sorted(
            Comparator.comparingDouble(Scored::score)
                .reversed()
                .thenComparing(scored -> candidates.postId(scored.candidate())))
        .limit(size)
        .toList();
  }

  private static double dot(float[] user, VectorBlock items, int item) {
    var sum = 0.0;
    for (var k = 0; k < user.length; k++) {
      sum += (double) user[k] * items.values()[item * items.width() + k];
    }
    return sum;
  }

  private static TopN topN(Candidates candidates, int size) {
    return new TopN(candidates, size, DotProducts::inOrder);
  }

  @Property(tries = 200)
  void lists_areThoseOfScoringEverything(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 1500) int count,
      @ForAll @IntRange(min = 1, max = 70) int users,
      @ForAll @IntRange(min = 1, max = 120) int size) {
    var random = new Random(seed);
    var candidates = candidates(random, count, random.nextBoolean() ? 0.5f : 0.01f);
    var requests = requests(random, users, count);
    var lists = topN(candidates, size).best(requests);
    for (var i = 0; i < users; i++) {
      assertThat(lists.get(i)).isEqualTo(bruteForce(candidates, size, requests.get(i)));
    }
  }

  @Property(tries = 50)
  void list_doesNotDependOnTheOtherUsers(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int count) {
    var random = new Random(seed);
    var topN = topN(candidates(random, count, 0.5f), 10);
    var requests = requests(random, 65, count);
    var together = topN.best(requests);
    var shuffled = new ArrayList<>(requests);
    Collections.shuffle(shuffled, random);
    for (var request : shuffled.subList(0, 10)) {
      assertThat(topN.best(List.of(request)))
          .containsExactly(together.get(requests.indexOf(request)));
    }
  }

  @Property(tries = 50)
  void shorterList_isTheBeginningOfTheLonger(@ForAll long seed) {
    var random = new Random(seed);
    var candidates = candidates(random, 600, 0.5f);
    var requests = requests(random, 5, 600);
    var longer = topN(candidates, 50).best(requests);
    var shorter = topN(candidates, 7).best(requests);
    for (var i = 0; i < 5; i++) {
      var list = longer.get(i);
      assertThat(shorter.get(i)).isEqualTo(list.subList(0, Math.min(7, list.size())));
    }
  }

  @Test
  void equalScores_goByPostId() {
    var same = new float[][] {{1}, {1}, {1}, {1}};
    var candidates = new Candidates(new String[] {"a", "b", "c", "d"}, same, same);
    var list = topN(candidates, 2).best(List.of(user(1, 1, 0))).get(0);
    assertThat(list).extracting(Scored::candidate).containsExactly(1, 2);
  }

  @Test
  void fewerCandidatesThanAsked_givesThemAll() {
    var vectors = new float[][] {{1}, {3}, {2}};
    var candidates = new Candidates(new String[] {"a", "b", "c"}, vectors, vectors);
    var list = topN(candidates, 100).best(List.of(user(1, 1))).get(0);
    assertThat(list).extracting(Scored::candidate).containsExactly(1, 2, 0);
    assertThat(list.get(0).score()).isCloseTo(2 * Math.exp(3), within(1e-12));
  }

  @Test
  void everythingExcluded_givesNothing() {
    var vectors = new float[][] {{1}, {3}};
    var candidates = new Candidates(new String[] {"a", "b"}, vectors, vectors);
    assertThat(topN(candidates, 5).best(List.of(user(1, 1, 0, 1)))).containsExactly(List.of());
  }

  @Test
  void noCandidatesAndNoUsers_giveNothing() {
    var none = new Candidates(new String[0], new float[0][], new float[0][]);
    assertThat(topN(none, 5).best(List.of(user(1, 1)))).containsExactly(List.of());
    assertThat(topN(none, 5).best(List.of())).isEmpty();
  }

  @Test
  void emotionTerm_canDecideTheOrder() {
    var candidates =
        new Candidates(
            new String[] {"calm", "merry"}, new float[][] {{1}, {0}}, new float[][] {{0}, {1}});
    assertThat(topN(candidates, 1).best(List.of(user(1, 0), user(1, 2))))
        .extracting(list -> list.get(0).candidate())
        .containsExactly(0, 1);
  }

  @Test
  void extremeExponents_stayFiniteAndPositive() {
    var vectors = new float[][] {{1000}, {-1000}};
    var candidates = new Candidates(new String[] {"a", "b"}, vectors, vectors);
    assertThat(topN(candidates, 2).best(List.of(user(1, 1))).get(0))
        .allSatisfy(
            scored -> {
              assertThat(scored.behaviour()).isPositive().isFinite();
              assertThat(scored.score()).isFinite();
            });
  }

  @Test
  void candidatesOutOfOrder_areRefused() {
    var vectors = new float[][] {{1}, {2}};
    assertThatThrownBy(() -> new Candidates(new String[] {"b", "a"}, vectors, vectors))
        .hasMessageContaining("b stands before a");
  }

  @Test
  void vectorThatIsNotFinite_isRefused() {
    var vectors = new float[][] {{1}, {Float.NaN}};
    assertThatThrownBy(() -> new Candidates(new String[] {"a", "b"}, vectors, vectors))
        .hasMessageContaining("Vector 1 holds NaN");
  }

  private static Request user(float vector, float emotion, int... excluded) {
    return new Request(new float[] {vector}, new float[] {emotion}, excluded);
  }
}
