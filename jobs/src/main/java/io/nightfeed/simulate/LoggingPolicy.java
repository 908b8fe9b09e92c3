package io.nightfeed.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the platform chooses what to show. In each slot it first chooses a language (mostly one that
 * the user reads), then a post among those alive in it: with probability 0.3 any of them, else in
 * proportion to popularity and freshness. Slots are drawn independently, so the propensity of a
 * post is the probability with which a slot of this user shows it:
 *
 * <pre>
 *   P(language) (0.3 / n + 0.7 w_c / sum of w),   w_c = popularity_c exp(-age_c / 3 days)
 * </pre>
 *
 * A slot that draws the user's own post stays empty, which leaves the other probabilities as they
 * are.
 */
final class LoggingPolicy {
  static final double UNIFORM_SHARE = 0.3;
  static final Duration LIFE = Duration.ofDays(10);

  private static final double FRESH_DAYS = 3;
  private static final double OWN_LANGUAGES = 0.95;
  private static final double SECONDS_PER_DAY = 86_400;

  private final Map<String, Pool> pools = new HashMap<>();

  /**
   * @param now start of the hours for which the policy holds
   */
  LoggingPolicy(List<SimulatedPost> posts, Instant now) {
    for (var language : List.of(SimulatedUser.ENGLISH, SimulatedUser.CHINESE)) {
      var alive = new ArrayList<SimulatedPost>();
      for (var post : posts) {
        var isAlive = !post.createdAt().isAfter(now) && post.createdAt().plus(LIFE).isAfter(now);
        if (isAlive && post.truth().language().equals(language)) {
          alive.add(post);
        }
      }
      if (!alive.isEmpty()) {
        pools.put(language, new Pool(alive, now));
      }
    }
  }

  /** Fills one slot; null when nothing is alive or the draw is the user's own post. */
  Shown show(SimulatedUser user, Draw draw) {
    var u = draw.uniform();
    var v = draw.uniform();
    var w = draw.uniform();
    if (pools.isEmpty()) {
      return null;
    }
    var english = probabilityOfEnglish(user);
    var language = u < english ? SimulatedUser.ENGLISH : SimulatedUser.CHINESE;
    var probability = u < english ? english : 1 - english;
    var pool = pools.get(language);
    var choice = v < UNIFORM_SHARE ? pool.uniform(w) : pool.weighted(w);
    var post = pool.posts.get(choice);
    if (post.truth().authorId().equals(user.truth().userId())) {
      return null;
    }
    return new Shown(post, probability * pool.probability(choice));
  }

  private double probabilityOfEnglish(SimulatedUser user) {
    if (pools.size() == 1) {
      return pools.containsKey(SimulatedUser.ENGLISH) ? 1 : 0;
    }
    if (user.truth().languages().size() > 1) {
      return 0.5;
    }
    return user.reads(SimulatedUser.ENGLISH) ? OWN_LANGUAGES : 1 - OWN_LANGUAGES;
  }

  /** A filled slot. */
  record Shown(SimulatedPost post, double propensity) {}

  /** The posts alive in one language. */
  private static final class Pool {
    private final List<SimulatedPost> posts;
    private final double[] weights;
    private final double[] cumulative;

    Pool(List<SimulatedPost> posts, Instant now) {
      this.posts = posts;
      weights = new double[posts.size()];
      cumulative = new double[posts.size()];
      var sum = 0.0;
      for (var i = 0; i < weights.length; i++) {
        var post = posts.get(i);
        var age = Duration.between(post.createdAt(), now).toSeconds() / SECONDS_PER_DAY;
        weights[i] = post.popularity() * StrictMath.exp(-age / FRESH_DAYS);
        sum += weights[i];
        cumulative[i] = sum;
      }
    }

    int uniform(double u) {
      return (int) (u * posts.size());
    }

    int weighted(double u) {
      var target = u * total();
      var low = 0;
      var high = cumulative.length - 1;
      while (low < high) {
        var middle = (low + high) >>> 1;
        if (cumulative[middle] > target) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }

    double probability(int choice) {
      return UNIFORM_SHARE / posts.size() + (1 - UNIFORM_SHARE) * weights[choice] / total();
    }

    private double total() {
      return cumulative[cumulative.length - 1];
    }
  }
}
