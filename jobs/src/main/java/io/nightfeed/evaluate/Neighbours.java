package io.nightfeed.evaluate;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.netlib.util.intW;

/** Rivals that need no more than the pairs themselves, for catalogues that fit in memory. */
final class Neighbours {
  private Neighbours() {}

  /** What most people engage with. */
  static Recommender popularity() {
    return new Recommender(
        "popularity",
        List.of(
            new Setting(
                "by users",
                train -> byValue(Arrays.stream(train.popularity()).asDoubleStream().toArray()))));
  }

  /** What most people engaged with lately: an engagement counts half as much a half-life before. */
  static Recommender recentPopularity() {
    return new Recommender(
        "recent_popularity",
        DoubleStream.of(0.5, 2, 7, 30)
            .mapToObj(
                days ->
                    new Setting(
                        "half-life of %s days".formatted(days),
                        train -> byValue(recentPopularity(train, days))))
            .toList());
  }

  private static double[] recentPopularity(Interactions train, double days) {
    long now = train.lastTime();
    var popularity = new double[train.items()];
    for (int user = 0; user < train.users(); user++) {
      for (int i = 0; i < train.byTime()[user].length; i++) {
        double age = (now - train.times()[user][i]) / (double) Duration.ofDays(1).toSeconds();
        popularity[train.byTime()[user][i]] += Math.pow(2, -age / days);
      }
    }
    return popularity;
  }

  /** The newest first. */
  static Recommender newest(long[] created) {
    var times = Arrays.stream(created).asDoubleStream().toArray();
    return new Recommender("newest", List.of(new Setting("by creation", train -> byValue(times))));
  }

  private static Scores byValue(double[] values) {
    return (user, scores) -> System.arraycopy(values, 0, scores, 0, scores.length);
  }

  /**
   * Items that the same users engaged with (Sarwar et al. 2001): {@code Σ_h |U_h ∩ U_c| / (n_h
   * n_c)^a} over the user's history h, a = 1/2 being the cosine.
   */
  static Recommender itemNeighbours() {
    return new Recommender(
        "item_knn",
        DoubleStream.of(0.3, 0.4, 0.5, 0.6)
            .mapToObj(
                exponent ->
                    new Setting("exponent " + exponent, train -> itemNeighbours(train, exponent)))
            .toList());
  }

  private static Scores itemNeighbours(Interactions train, double exponent) {
    var weights = new double[train.items()];
    var popularity = train.popularity();
    for (int item = 0; item < weights.length; item++) {
      weights[item] = Math.pow(Math.max(1, popularity[item]), -exponent);
    }
    return (user, scores) -> {
      Arrays.fill(scores, 0);
      for (var history : train.byUser()) {
        double inCommon = 0;
        for (var item : history) {
          if (train.has(user, item)) {
            inCommon += weights[item];
          }
        }
        if (inCommon > 0) {
          for (var item : history) {
            scores[item] += inCommon * weights[item];
          }
        }
      }
    };
  }

  /** What is like the user's items together: {@code Σ_h x_h · x_c}, as it is or less the mean. */
  static Recommender contentNeighbours(float[][] content) {
    return new Recommender(
        "content_knn",
        List.of(
            new Setting("as it is", train -> contentNeighbours(train, content)),
            new Setting("less the mean", train -> contentNeighbours(train, centred(content)))));
  }

  private static Scores contentNeighbours(Interactions train, float[][] content) {
    return (user, scores) -> {
      var profile = new double[content[0].length];
      for (var item : train.byUser()[user]) {
        for (int j = 0; j < profile.length; j++) {
          profile[j] += content[item][j];
        }
      }
      for (int item = 0; item < scores.length; item++) {
        scores[item] = 0;
        for (int j = 0; j < profile.length; j++) {
          scores[item] += profile[j] * content[item][j];
        }
      }
    };
  }

  /** Less the mean, and of unit length. */
  private static float[][] centred(float[][] content) {
    var mean = new double[content[0].length];
    for (var vector : content) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += vector[j] / (double) content.length;
      }
    }
    return Arrays.stream(content)
        .map(
            vector -> {
              var difference = new float[mean.length];
              double squares = 0;
              for (int j = 0; j < mean.length; j++) {
                difference[j] = (float) (vector[j] - mean[j]);
                squares += difference[j] * difference[j];
              }
              for (int j = 0; j < mean.length && squares > 0; j++) {
                difference[j] /= (float) Math.sqrt(squares);
              }
              return difference;
            })
        .toArray(float[][]::new);
  }

  /**
   * EASE (Steck 2019): {@code B = argmin |X - XB|² + λ|B|²} with a zero diagonal. Its inverse of
   * items × items is had from one of users × users: with {@code K = XXᵀ + λI} and {@code P = (XᵀX +
   * λI)⁻¹}, {@code XP = K⁻¹X} and {@code P_cc = (1 - x_cᵀK⁻¹x_c)/λ}, so that {@code XB = X - XP
   * diag(P)⁻¹}.
   */
  static Recommender ease() {
    return new Recommender(
        "ease",
        DoubleStream.of(50, 100, 150, 200, 300, 500)
            .mapToObj(ridge -> new Setting("lambda " + ridge, train -> ease(train, ridge)))
            .toList());
  }

  static Scores ease(Interactions train, double ridge) {
    int users = train.users();
    var inverse = inverseOfUsers(train, ridge);
    var products = new double[users][train.items()];
    var diagonal = new double[train.items()];
    Arrays.fill(diagonal, 1);
    for (int user = 0; user < users; user++) {
      for (int other = 0; other < users; other++) {
        double weight = inverse[user * users + other];
        for (var item : train.byUser()[other]) {
          products[user][item] += weight;
        }
      }
    }
    for (int user = 0; user < users; user++) {
      for (var item : train.byUser()[user]) {
        diagonal[item] -= products[user][item];
      }
    }
    return (user, scores) -> {
      for (int item = 0; item < scores.length; item++) {
        double own = train.has(user, item) ? 1 : 0;
        scores[item] = own - products[user][item] * ridge / diagonal[item];
      }
    };
  }

  /** (XXᵀ + λI)⁻¹, users × users. */
  private static double[] inverseOfUsers(Interactions train, double ridge) {
    int users = train.users();
    var byItem = new ArrayList<List<Integer>>();
    for (int item = 0; item < train.items(); item++) {
      byItem.add(new ArrayList<>());
    }
    for (int user = 0; user < users; user++) {
      for (var item : train.byUser()[user]) {
        byItem.get(item).add(user);
      }
    }
    var matrix = new double[users * users];
    for (var engaged : byItem) {
      for (var one : engaged) {
        for (var other : engaged) {
          matrix[one * users + other]++;
        }
      }
    }
    for (int user = 0; user < users; user++) {
      matrix[user * users + user] += ridge;
    }
    var info = new intW(0);
    JavaLAPACK.getInstance().dpotrf("U", users, matrix, users, info);
    JavaLAPACK.getInstance().dpotri("U", users, matrix, users, info);
    if (info.val != 0) {
      throw new IllegalStateException(
          "The users' matrix cannot be inverted with a ridge of %s (LAPACK says %d)"
              .formatted(ridge, info.val));
    }
    for (int row = 0; row < users; row++) {
      for (int column = 0; column < row; column++) {
        matrix[column * users + row] = matrix[row * users + column];
      }
    }
    return matrix;
  }
}
