package io.nightfeed.interest;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The engagement rate that is expected of a user and a post before anyone's taste is known: m_uc =
 * m · r_u · r_c, the mean rate times the user's relative activity times the post's relative
 * popularity. Both are ratios of observed to expected engagements, shrunk towards 1 as under a
 * gamma prior. Popularity is taken as if all users were equally active, activity then of what the
 * user was shown: one pass, since logs of a recommender show most posts to people of all kinds.
 *
 * <pre>
 *   r_c = (Σ_u successes + k_c) / (Σ_u m · exposure + k_c),     k_c = popularityRegularization
 *   r_u = (Σ_c successes + k_u) / (Σ_c m · r_c · exposure + k_u), k_u = userRegularization
 * </pre>
 *
 * @param meanRate m, successes per impression
 * @param unobservedWeight what a pair that was never seen together weighs, against 1 for an
 *     impression
 * @param activityPrior k_u
 * @param popularity r_c by item
 */
record ExpectedRates(
    double meanRate, double unobservedWeight, double activityPrior, float[] popularity)
    implements ItemLinks.Weights {

  /** Successes and exposure by item. */
  private record ItemSums(double[] successes, double[] exposure) implements Serializable {
    static ItemSums of(List<UserHistory> block, int items) {
      var sums = new ItemSums(new double[items], new double[items]);
      for (var user : block) {
        for (int row = 0; row < user.size(); row++) {
          int item = user.items()[row];
          sums.successes[item] += user.cappedRate(row) * user.exposure()[row];
          sums.exposure[item] += user.exposure()[row];
        }
      }
      return sums;
    }

    void add(ItemSums other) {
      for (int item = 0; item < successes.length; item++) {
        successes[item] += other.successes[item];
        exposure[item] += other.exposure[item];
      }
    }
  }

  static ExpectedRates of(TrainingData data, Hyperparameters parameters) {
    int items = data.posts().length;
    double meanRate = data.totals().successes() / data.totals().exposure();
    double prior = parameters.popularityRegularization();
    var sums = ItemSums.of(List.of(), items);
    data.users().map(block -> ItemSums.of(block, items)).collect().forEach(sums::add);
    var popularity = new float[items];
    for (int item = 0; item < items; item++) {
      popularity[item] =
          (float) ((sums.successes()[item] + prior) / (meanRate * sums.exposure()[item] + prior));
    }
    return new ExpectedRates(
        meanRate, parameters.unobservedWeight(), parameters.userRegularization(), popularity);
  }

  Broadcast<ExpectedRates> broadcast(TrainingData data) {
    return JavaSparkContext.fromSparkContext(data.users().context()).broadcast(this);
  }

  /** r_u. */
  @Override
  public double activity(UserHistory history) {
    double successes = 0;
    double expected = 0;
    for (int row = 0; row < history.size(); row++) {
      successes += history.cappedRate(row) * history.exposure()[row];
      expected += meanRate * popularity[history.items()[row]] * history.exposure()[row];
    }
    return (successes + activityPrior) / (expected + activityPrior);
  }

  /** a_uc without what every pair has: the engagements expected of the row's impressions. */
  @Override
  public double weight(UserHistory history, int row, double activity) {
    return rate(history.items()[row], activity) * history.exposure()[row];
  }

  /** a_uc · t_uc. */
  @Override
  public double weightedTarget(UserHistory history, int row) {
    return history.cappedRate(row) * (history.exposure()[row] + unobservedWeight);
  }

  /** What every pair adds to a_uc is this times r_u · r_c. */
  double everyPair() {
    return meanRate * unobservedWeight;
  }

  private double rate(int item, double activity) {
    return meanRate * activity * popularity[item];
  }
}
