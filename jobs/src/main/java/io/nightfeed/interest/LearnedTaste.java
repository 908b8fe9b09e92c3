package io.nightfeed.interest;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Everybody's taste, as {@link IntensityCalibration} makes rates of it.
 *
 * @param rank the first so many coordinates are v_c, those after it texts and authors
 * @param items what users weigh of every post
 * @param users per block, in the order of the histories
 */
record LearnedTaste(int rank, FactorMatrix items, JavaRDD<List<RowTaste>> users) {

  /** v_c of every post. */
  FactorMatrix contentVectors() {
    var vectors = FactorMatrix.zeros(items.rows(), rank);
    for (int item = 0; item < items.rows(); item++) {
      System.arraycopy(items.values(), item * items.columns(), vectors.values(), item * rank, rank);
    }
    return vectors;
  }

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

  /**
   * Item vectors.
   *
   * @param shared their last two coordinates are taken
   */
  FactorMatrix beside(FactorMatrix shared) {
    var vectors = items.append(0, 1);
    for (int item = 0; item < items.rows(); item++) {
      vectors.set(item, items.columns(), shared.get(item, shared.columns() - 2));
    }
    return vectors;
  }

  /**
   * The same tastes in other units: v_c of posts that somebody touched are of mean squared length
   * one, and so are the tastes for the rows' posts, so that priors say the same of all logs.
   * Cached.
   */
  LearnedTaste standardized(TrainingData data) {
    double length =
        Math.sqrt(contentVectors().meanSquaredLength(data.totals().touched().stream().toArray()));
    double itemUnit = length > 0 ? 1 / length : 1;
    var mine = users.persist(StorageLevel.MEMORY_AND_DISK());
    double squares = 0;
    for (double part : mine.zipPartitions(data.users(), LearnedTaste::squares).collect()) {
      squares += part;
    }
    double scoreUnit = squares > 0 ? Math.sqrt(data.totals().exposure() / squares) : 1;
    var scaled =
        mine.map(block -> block.stream().map(one -> one.inUnits(itemUnit, scoreUnit)).toList())
            .persist(StorageLevel.MEMORY_AND_DISK());
    scaled.count();
    mine.unpersist();
    return new LearnedTaste(rank, items.times(itemUnit), scaled);
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
