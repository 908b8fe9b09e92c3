package io.nightfeed.interest;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * The user side of the factorisation: for each user the posterior mean of (w_u, s_u) given the item
 * factors, a matrix per block, and sums over all users.
 *
 * @param solved per block, (w, s) of its users in the order of their histories
 * @param sums over all users
 */
record UserFactors(JavaRDD<UserFactors.Block> solved, UserFactors.Sums sums) {

  /** One block's factors and what it adds to the sums. */
  record Block(FactorMatrix factors, Sums sums) implements Serializable {}

  /**
   * What the item side needs of all users.
   *
   * @param count users
   * @param total sum of (w, s)
   * @param gramian sum of r_u · w wᵀ, with the sum of -r_u · s w as right side
   * @param activity sum of r_u
   * @param covariance sum over users of weight · posterior covariance of (w, s)
   * @param weight sum of weights: the users' impressions in expected engagements
   */
  record Sums(
      long count,
      double[] total,
      NormalEquations gramian,
      double activity,
      NormalEquations covariance,
      double weight)
      implements Serializable {

    static Sums none(int rank) {
      return new Sums(
          0, new double[rank + 1], new NormalEquations(rank), 0, new NormalEquations(rank + 1), 0);
    }

    /** Adds the other's sums to these arrays. */
    Sums plus(Sums other) {
      for (int j = 0; j < total.length; j++) {
        total[j] += other.total[j];
      }
      gramian.add(other.gramian);
      covariance.add(other.covariance);
      return new Sums(
          count + other.count,
          total,
          gramian,
          activity + other.activity,
          covariance,
          weight + other.weight);
    }
  }

  static UserFactors solve(
      JavaRDD<List<UserHistory>> users,
      FactorMatrix items,
      double[] mean,
      double precision,
      Broadcast<ExpectedRates> rates) {
    var context = JavaSparkContext.fromSparkContext(users.context());
    var withLevel = items.append(1);
    var everyPair = new NormalEquations(withLevel.columns());
    var v = new double[withLevel.columns()];
    var expected = rates.value();
    for (int item = 0; item < withLevel.rows(); item++) {
      withLevel.copyRow(item, v);
      everyPair.add(v, expected.everyPair() * expected.popularity()[item], 0);
    }
    var sharedItems = context.broadcast(withLevel);
    var sharedSystem = context.broadcast(everyPair);
    var solved =
        users
            .map(
                block ->
                    new Solver(
                            sharedItems.value(),
                            sharedSystem.value(),
                            mean,
                            precision,
                            rates.value())
                        .solve(block))
            .persist(StorageLevel.MEMORY_AND_DISK());
    var sums =
        solved.map(Block::sums).collect().stream().reduce(Sums.none(items.columns()), Sums::plus);
    return new UserFactors(solved, sums);
  }

  /**
   * Solves one user after the other.
   *
   * @param items v_c and a 1
   * @param everyPair Σ_c of what every pair adds, for a user of mean activity
   */
  private record Solver(
      FactorMatrix items,
      NormalEquations everyPair,
      double[] mean,
      double precision,
      ExpectedRates rates) {

    Block solve(List<UserHistory> histories) {
      int columns = items.columns();
      int rank = columns - 1;
      var factors = FactorMatrix.zeros(histories.size(), columns);
      var gramian = new NormalEquations(rank);
      var covariance = new NormalEquations(columns);
      var total = new double[columns];
      double totalActivity = 0;
      double totalWeight = 0;
      for (int user = 0; user < histories.size(); user++) {
        var history = histories.get(user);
        double activity = rates.activity(history);
        var system = new NormalEquations(columns);
        double userWeight = addRows(history, activity, system);
        double[] w = system.solve();
        factors.setRow(user, w);
        covariance.add(userWeight, system.inverse());
        totalWeight += userWeight;
        totalActivity += activity;
        gramian.add(w, activity, -activity * w[rank]);
        for (int j = 0; j < columns; j++) {
          total[j] += w[j];
        }
      }
      return new Block(
          factors,
          new Sums(histories.size(), total, gramian, totalActivity, covariance, totalWeight));
    }

    /** Adds prior, every pair and the user's rows; the weight of the rows. */
    private double addRows(UserHistory history, double activity, NormalEquations system) {
      system.add(activity, everyPair);
      system.addPrior(precision, mean);
      double userWeight = 0;
      var v = new double[items.columns()];
      for (int row = 0; row < history.size(); row++) {
        double weight = rates.weight(history, row, activity);
        items.copyRow(history.items()[row], v);
        system.add(v, weight, rates.weightedTarget(history, row));
        userWeight += weight;
      }
      return userWeight;
    }
  }

  /** Per block, (w, s) of its users. */
  JavaRDD<FactorMatrix> blocks() {
    return solved.map(Block::factors);
  }

  void unpersist() {
    solved.unpersist();
  }

  /** Mean of (w, s). */
  double[] mean() {
    var mean = sums.total().clone();
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= sums.count();
    }
    return mean;
  }

  /**
   * The mean posterior covariance of w, with that of s and w, negated, as right side: what a row of
   * weight one adds to an item's system beside w wᵀ and -s w.
   */
  NormalEquations meanUncertainty() {
    var mean = new NormalEquations(sums.total().length);
    mean.add(1 / sums.weight(), sums.covariance());
    return mean.leadingWithNextColumn(sums.total().length - 1);
  }
}
