package io.nightfeed.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * What another policy would have got, from impressions that the logging policy chose (SNIPS,
 * Swaminathan and Joachims 2015, "The self-normalized estimator for counterfactual learning"):
 *
 * <pre>
 *   value = sum of w r / sum of w,   w = policy's probability of the post / logged propensity
 * </pre>
 *
 * with r the engagements of the impression. Where the policy wants posts that the log never shows,
 * it is the value of what of it the log can show.
 *
 * @param value of the policy, in engagements per impression
 * @param logged mean of r: the value of the logging policy
 * @param difference of the two
 * @param effective so many impressions chosen by the policy itself would tell as much: (sum of w)²
 *     / sum of w² (Kish 1965)
 * @param meanWeight near 1 where propensities are right and the log can show all that the policy
 *     wants; below 1 by the share that it cannot
 */
record PolicyEstimate(
    Interval value, Interval logged, Interval difference, double effective, double meanWeight) {
  private static final int DRAWS = 2000;
  private static final long SEED = 20250608;

  /**
   * A figure and the 95 % interval over resampled users (Efron 1979, percentiles).
   *
   * @param low 2.5 % of the resampled figures are below
   * @param high 2.5 % of the resampled figures are above
   */
  record Interval(double mean, double low, double high) {
    private static Interval of(double mean, double[] resampled) {
      Arrays.sort(resampled);
      return new Interval(
          mean, resampled[(int) (0.025 * DRAWS)], resampled[(int) (0.975 * DRAWS) - 1]);
    }
  }

  /**
   * Sums over a user's impressions; all but the first over those whose propensity is known.
   *
   * @param all impressions
   * @param impressions with a propensity
   * @param reward sum of r
   * @param weight sum of w
   * @param squaredWeight sum of w²
   * @param weightedReward sum of w r
   * @param matched impressions of posts that the policy would show
   */
  record UserSums(
      String userId,
      long all,
      double impressions,
      double reward,
      double weight,
      double squaredWeight,
      double weightedReward,
      double matched) {}

  /**
   * @param users in an order that does not change; some impression of theirs has a weight
   */
  static PolicyEstimate of(List<UserSums> users) {
    var random = new SplittableRandom(SEED);
    var values = new double[DRAWS];
    var logged = new double[DRAWS];
    var differences = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      double weight = 0;
      double weightedReward = 0;
      double impressions = 0;
      double reward = 0;
      for (int i = 0; i < users.size(); i++) {
        var user = users.get(random.nextInt(users.size()));
        weight += user.weight();
        weightedReward += user.weightedReward();
        impressions += user.impressions();
        reward += user.reward();
      }
      values[draw] = weight == 0 ? 0 : weightedReward / weight;
      logged[draw] = impressions == 0 ? 0 : reward / impressions;
      differences[draw] = values[draw] - logged[draw];
    }
    double weight = sum(users, UserSums::weight);
    double value = sum(users, UserSums::weightedReward) / weight;
    double mean = sum(users, UserSums::reward) / sum(users, UserSums::impressions);
    return new PolicyEstimate(
        Interval.of(value, values),
        Interval.of(mean, logged),
        Interval.of(value - mean, differences),
        effective(users),
        weight / sum(users, UserSums::impressions));
  }

  /** Effective impressions; 0 where none has a weight. */
  static double effective(List<UserSums> users) {
    double weight = sum(users, UserSums::weight);
    return weight == 0 ? 0 : weight * weight / sum(users, UserSums::squaredWeight);
  }

  static double sum(List<UserSums> users, ToDoubleFunction<UserSums> figure) {
    return users.stream().mapToDouble(figure).sum();
  }
}
