package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.List;
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
    return new TopN(candidates, size);
  }

  private static Request user(float vector, float emotion, int... excluded) {
    return new Request(new float[] {vector}, new float[] {emotion}, excluded);
  }
}
