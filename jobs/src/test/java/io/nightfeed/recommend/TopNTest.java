package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopNTest {
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

  /** (r + t) - r is t; in single precision it is t rounded to steps that grow with r. */
  @Test
  void scoresThatFloatsConfuse_areToldApart() {
    var count = 3000;
    var vectors = new float[count][];
    for (var i = 0; i < count; i++) {
      float r = i * 37 % 1000;
      vectors[i] = new float[] {r, order(i, count) / (float) (1 << 20), -r};
    }
    var ids = IntStream.range(0, count).mapToObj("p%04d"::formatted).toArray(String[]::new);
    var candidates = new Candidates(ids, vectors, new float[count][1]);
    var request = new Request(new float[] {1, 1, 1}, new float[] {0}, new int[0], List.of());

    assertThat(topN(candidates, 10).best(List.of(request)).get(0))
        .extracting(scored -> order(scored.candidate(), count))
        .containsExactly(2999, 2998, 2997, 2996, 2995, 2994, 2993, 2992, 2991, 2990);
  }

  /** Each number below {@code count} once, in no order. */
  private static int order(int candidate, int count) {
    return candidate * 7919 % count;
  }

  @Test
  void manyOfOneScore_areTheFirstByPostId() {
    var count = 5000;
    var same = new float[count][1];
    var ids = IntStream.range(0, count).mapToObj("p%04d"::formatted).toArray(String[]::new);
    var candidates = new Candidates(ids, same, same);

    assertThat(topN(candidates, 3).best(List.of(user(1, 1, 1))).get(0))
        .extracting(Scored::candidate)
        .containsExactly(0, 2, 3);
  }

  /** All below what an intensity can be: all of one score. */
  @Test
  void hopelessCandidates_areTheFirstByPostId() {
    var count = 5000;
    var vectors = new float[count][];
    for (var i = 0; i < count; i++) {
      vectors[i] = new float[] {-40 - order(i, count)};
    }
    var ids = IntStream.range(0, count).mapToObj("p%04d"::formatted).toArray(String[]::new);
    var candidates = new Candidates(ids, vectors, vectors);

    assertThat(topN(candidates, 3).best(List.of(user(1, 1, 1))).get(0))
        .extracting(Scored::candidate)
        .containsExactly(0, 2, 3);
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

  private static TopN topN(Candidates candidates, int size) {
    return new TopN(new PostBlock(0, candidates, null), size);
  }

  private static Request user(float vector, float emotion, int... excluded) {
    return new Request(new float[] {vector}, new float[] {emotion}, excluded, List.of());
  }
}
