package io.nightfeed.interest;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Everybody's taste, as {@link IntensityCalibration} makes rates of it.
 *
 * @param items what users weigh of every post
 * @param users per block, in the order of the histories
 */
record LearnedTaste(FactorMatrix items, JavaRDD<List<RowTaste>> users) {

  /** Mean of the users' vectors. */
  float[] mean(long count) {
    var sum = new double[items.columns()];
    for (var part : users.map(LearnedTaste::sum).collect()) {
      for (int j = 0; j < part.length; j++) {
        sum[j] += part[j] / count;
      }
    }
    return Floats.of(sum);
  }

  private static double[] sum(List<RowTaste> block) {
    var sum = new double[block.isEmpty() ? 0 : block.get(0).vector().length];
    for (var taste : block) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += taste.vector()[j];
      }
    }
    return sum;
  }

  /** Somebody's taste for every post. */
  float[] scores(float[] vector) {
    var scores = new float[items.rows()];
    for (int item = 0; item < scores.length; item++) {
      scores[item] = (float) Intensities.dot(vector, items.row(item));
    }
    return scores;
  }

  /** The same tastes in a unit in which their mean square over the impressions is one. Cached. */
  LearnedTaste standardized(TrainingData data) {
    var mine = users.persist(StorageLevel.MEMORY_AND_DISK());
    double squares = 0;
    for (double part : mine.zipPartitions(data.users(), LearnedTaste::squares).collect()) {
      squares += part;
    }
    double unit = squares > 0 ? Math.sqrt(data.totals().exposure() / squares) : 1;
    var scaled =
        mine.map(block -> block.stream().map(one -> one.inUnit(unit)).toList())
            .persist(StorageLevel.MEMORY_AND_DISK());
    scaled.count();
    mine.unpersist();
    return new LearnedTaste(items, scaled);
  }

  /** Of a block's rows, by exposure. */
  private static Iterator<Double> squares(
      Iterator<List<RowTaste>> tastes, Iterator<List<UserHistory>> histories) {
    var mine = tastes.next();
    var block = histories.next();
    double squares = 0;
    for (int user = 0; user < block.size(); user++) {
      var exposure = block.get(user).exposure();
      for (int row = 0; row < exposure.length; row++) {
        double score = mine.get(user).scores()[row];
        squares += exposure[row] * score * score;
      }
    }
    return List.of(squares).iterator();
  }
}
