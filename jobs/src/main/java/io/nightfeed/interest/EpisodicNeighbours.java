package io.nightfeed.interest;

import static io.nightfeed.interest.NormalEquations.LAPACK_JAVA;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.netlib.util.intW;

/**
 * Taste from neighbours, for catalogues whose posts are few enough to relate each to each (some
 * thousands): EASE (Steck 2019) with engagements of one episode weighing more, and the content
 * beside it.
 *
 * <pre>
 *   G = XᵀX + g (E + diag(n)) + λI,   P = G⁻¹
 *   E_hc = Σ_u exp(-|place_u(h) - place_u(c)| / τ), h ≠ c, at most 4τ apart; E_cc = 0
 *   neighbours(u,c) = -(x_u P)_c / P_cc
 *   taste(u,c) = z(neighbours) + β z(Σ_h x̃_h · x̃_c)
 * </pre>
 *
 * X holds who engaged with what, n how many did, place_u the order in which u did. What people take
 * in one after the other has more in common than what they take in years apart, which XᵀX alone
 * does not know. z has mean 0 and deviation 1, of the first over posts that have neighbours, of the
 * second over all. Posts of too few people have no neighbours: they rank after all others, by
 * content.
 */
public final class EpisodicNeighbours {
  /** Pairs further apart than this many τ add next to nothing. */
  private static final double REACH = 4;

  /** Of what has no neighbours. */
  private static final double LAST = -1e6;

  /**
   * @param ridge λ
   * @param episodeWeight g
   * @param episodeLength τ, in engagements
   * @param leastUsers of a post with neighbours
   * @param contentShare β
   */
  public record Settings(
      double ridge,
      double episodeWeight,
      double episodeLength,
      int leastUsers,
      double contentShare) {}

  private final int[] kept;
  private final int[] place;
  private final float[] precision;
  private final float[][] content;
  private final double contentShare;

  private EpisodicNeighbours(
      int[] kept, int[] place, float[] precision, float[][] content, double contentShare) {
    this.kept = kept;
    this.place = place;
    this.precision = precision;
    this.content = content;
    this.contentShare = contentShare;
  }

  /**
   * @param byTime for each user the posts, the first engagement first
   * @param content a vector for each post, of mean 0; none where nothing is known
   * @throws ArithmeticException when the ridge is too small for the system to be solved
   */
  public static EpisodicNeighbours fit(
      int posts, int[][] byTime, float[][] content, Settings settings) {
    var users = new int[posts];
    Arrays.stream(byTime).flatMapToInt(Arrays::stream).forEach(post -> users[post]++);
    int[] kept =
        IntStream.range(0, posts).filter(post -> users[post] >= settings.leastUsers()).toArray();
    var place = new int[posts];
    Arrays.fill(place, -1);
    for (int i = 0; i < kept.length; i++) {
      place[kept[i]] = i;
    }
    var matrix = gramian(byTime, place, kept.length, settings);
    for (int i = 0; i < kept.length; i++) {
      matrix[i * kept.length + i] += settings.episodeWeight() * users[kept[i]] + settings.ridge();
    }
    invert(matrix, kept.length);
    var precision = new float[matrix.length];
    for (int row = 0; row < kept.length; row++) {
      for (int column = 0; column < kept.length; column++) {
        // LAPACK filled in one triangle.
        int low = Math.min(row, column);
        int high = Math.max(row, column);
        precision[row * kept.length + column] = (float) matrix[high * kept.length + low];
      }
    }
    return new EpisodicNeighbours(kept, place, precision, content, settings.contentShare());
  }

  /** XᵀX + gE. */
  private static double[] gramian(int[][] byTime, int[] place, int size, Settings settings) {
    var matrix = new double[size * size];
    int reach = (int) Math.ceil(REACH * settings.episodeLength());
    for (var history : byTime) {
      for (int one = 0; one < history.length; one++) {
        int row = place[history[one]];
        for (int other = 0; row >= 0 && other < history.length; other++) {
          int column = place[history[other]];
          if (column >= 0) {
            int apart = Math.abs(one - other);
            double episode =
                apart == 0 || apart > reach ? 0 : Math.exp(-apart / settings.episodeLength());
            matrix[row * size + column] += 1 + settings.episodeWeight() * episode;
          }
        }
      }
    }
    return matrix;
  }

  private static void invert(double[] matrix, int size) {
    var info = new intW(0);
    LAPACK_JAVA.dpotrf("U", size, matrix, size, info);
    if (info.val == 0) {
      LAPACK_JAVA.dpotri("U", size, matrix, size, info);
    }
    if (info.val != 0) {
      throw new ArithmeticException(
          "The matrix of %d posts cannot be inverted (LAPACK: %d): raise the ridge."
              .formatted(size, info.val));
    }
  }

  /**
   * Writes the taste of whoever engaged with these posts for every post.
   *
   * @param history posts, each once
   */
  public void write(int[] history, double[] scores) {
    var neighbours = new double[kept.length];
    for (int post : history) {
      if (place[post] >= 0) {
        for (int i = 0, at = place[post] * kept.length; i < kept.length; i++, at++) {
          neighbours[i] -= precision[at];
        }
      }
    }
    for (int i = 0; i < kept.length; i++) {
      neighbours[i] /= precision[i * kept.length + i];
    }
    standardize(neighbours);
    Arrays.fill(scores, LAST);
    for (int i = 0; i < kept.length; i++) {
      scores[kept[i]] = neighbours[i];
    }
    if (contentShare > 0 && content.length > 0) {
      var similar = similarity(history, scores.length);
      for (int post = 0; post < scores.length; post++) {
        scores[post] += contentShare * similar[post];
      }
    }
  }

  private double[] similarity(int[] history, int posts) {
    var profile = new double[content[0].length];
    for (int post : history) {
      for (int j = 0; j < profile.length; j++) {
        profile[j] += content[post][j];
      }
    }
    var similar = new double[posts];
    for (int post = 0; post < posts; post++) {
      for (int j = 0; j < profile.length; j++) {
        similar[post] += profile[j] * content[post][j];
      }
    }
    standardize(similar);
    return similar;
  }

  private static void standardize(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double variance =
        Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElse(0);
    double scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - mean) * scale;
    }
  }
}
