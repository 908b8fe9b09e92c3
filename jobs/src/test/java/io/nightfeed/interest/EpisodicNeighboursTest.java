package io.nightfeed.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.interest.EpisodicNeighbours.Settings;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.junit.jupiter.api.Test;

class EpisodicNeighboursTest {
  private static final int POSTS = 9;
  private static final double LENGTH = 2;

  /** People who take the posts in orders of their own. */
  private static int[][] histories() {
    var random = new SplittableRandom(8);
    return IntStream.range(0, 25)
        .mapToObj(
            user ->
                IntStream.range(0, POSTS)
                    .boxed()
                    .filter(post -> random.nextDouble() < 0.5)
                    .sorted((one, other) -> Integer.compare(one * 7 % 11, other * 7 % 11))
                    .mapToInt(Integer::intValue)
                    .toArray())
        .toArray(int[][]::new);
  }

  private static double[] byDefinition(int[][] histories, int[] mine, Settings settings) {
    var gramian = new double[POSTS][POSTS];
    for (var history : histories) {
      for (int i = 0; i < history.length; i++) {
        for (int j = 0; j < history.length; j++) {
          gramian[history[i]][history[j]] += 1;
          int apart = Math.abs(i - j);
          if (apart > 0 && apart <= 4 * LENGTH) {
            gramian[history[i]][history[j]] += settings.episodeWeight() * Math.exp(-apart / LENGTH);
          }
        }
        gramian[history[i]][history[i]] += settings.episodeWeight();
      }
    }
    for (int post = 0; post < POSTS; post++) {
      gramian[post][post] += settings.ridge();
    }
    var inverse = new LUDecomposition(new Array2DRowRealMatrix(gramian)).getSolver().getInverse();
    var scores = new double[POSTS];
    for (int post = 0; post < POSTS; post++) {
      for (int own : mine) {
        scores[post] -= inverse.getEntry(own, post) / inverse.getEntry(post, post);
      }
    }
    double mean = Arrays.stream(scores).average().orElseThrow();
    double deviation =
        Math.sqrt(Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).average().orElseThrow());
    return Arrays.stream(scores).map(score -> (score - mean) / deviation).toArray();
  }

  @Test
  void scores_areThoseOfTheDefinition() {
    var histories = histories();
    for (double weight : new double[] {0, 3}) {
      var settings = new Settings(5, weight, LENGTH, 1, 0);
      var neighbours = EpisodicNeighbours.fit(POSTS, histories, new float[0][], settings);
      for (var history : histories) {
        var scores = new double[POSTS];
        neighbours.write(history, scores);
        if (history.length > 0) {
          assertThat(scores)
              .containsExactly(byDefinition(histories, history, settings), within(1e-4));
        }
      }
    }
  }

  @Test
  void postsOfTooFew_rankAfterAllOthers_byContent() {
    // Post 3 and 4 have one reader each; 4 is like post 0.
    int[][] histories = {{0, 1}, {0, 1, 2}, {1, 2}, {0, 2, 3}, {1, 0, 4}};
    float[][] content = {{1, 0}, {0, 1}, {0, -1}, {-1, 0}, {1, 0}};
    var neighbours =
        EpisodicNeighbours.fit(5, histories, content, new Settings(1, 1, LENGTH, 2, 0.5));
    var scores = new double[5];
    neighbours.write(new int[] {0}, scores);
    assertThat(Math.min(scores[1], scores[2])).isGreaterThan(Math.max(scores[3], scores[4]));
    assertThat(scores[4]).isGreaterThan(scores[3]);
  }

  @Test
  void matrixThatCannotBeInverted_isSaid() {
    assertThatThrownBy(
            () ->
                EpisodicNeighbours.fit(
                    2, new int[][] {{0, 1}}, new float[0][], new Settings(-2, 0, LENGTH, 1, 0)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("raise the ridge");
  }
}
