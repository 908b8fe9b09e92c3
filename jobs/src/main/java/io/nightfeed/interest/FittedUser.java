package io.nightfeed.interest;

import java.io.Serializable;
import java.util.Arrays;

/**
 * One user's part of {@link IntensityCalibration}. What the exponent of behaviour weighs of a post
 * are its features {@code [x, popularity, 1]}: x is the content vector, or one number, the user's
 * taste for the post, where taste was learned before.
 *
 * @param history the user's rows
 * @param taste null where content vectors are weighed
 * @param weights of the features, the posterior mean; those of popularity and level are the last
 * @param expected exposure · E f of each row, engagements that behaviour expects
 * @param residuals y·r less those
 * @param uncertainty log(Σ exposure·E f / Σ exposure·f): what the intercept lacks to expect that
 */
record FittedUser(
    UserHistory history,
    RowTaste taste,
    double[] weights,
    double[] expected,
    double[] residuals,
    double uncertainty)
    implements Serializable {

  /** Features of a user whose taste was learned before. */
  static final int WITH_TASTE = 3;

  static FittedUser unfitted(UserHistory history, RowTaste taste, double[] start) {
    return new FittedUser(history, taste, start, new double[0], new double[0], 0);
  }

  /** Copies a row's features to a place in {@code target}. */
  void copyFeatures(SharedIntensities shared, int row, double[] target, int offset) {
    int item = history.items()[row];
    if (taste == null) {
      shared.items().copyRow(item, target, offset);
    } else {
      target[offset] = taste.scores()[row];
      target[offset + 1] = shared.popularity(item);
      target[offset + 2] = 1;
    }
  }

  /** f of a row, at the mean of the weights. */
  double behaviour(SharedIntensities shared, int row) {
    return behaviour(shared, row, weights);
  }

  double behaviour(SharedIntensities shared, int row, double[] weights) {
    int item = history.items()[row];
    return Intensities.exponential(
        taste == null
            ? shared.items().dot(item, weights)
            : weights[0] * taste.scores()[row] + weights[1] * shared.popularity(item) + weights[2]);
  }

  /** How much the exponent grows by what popularity grows. */
  double popularityWeight() {
    return weights[weights.length - 2];
  }

  /**
   * The vector against published item vectors whose f expects what E f does of the user's rows
   * together.
   */
  float[] scoringVector() {
    return scoringVector(weights, uncertainty, taste == null ? null : taste.vector());
  }

  /**
   * @param weights of the features
   * @param change of the level
   * @param taste null where content vectors are weighed
   */
  static float[] scoringVector(double[] weights, double change, float[] taste) {
    int width = taste == null ? weights.length - 2 : taste.length;
    var vector = new float[width + 2];
    for (int j = 0; j < width; j++) {
      vector[j] = (float) (taste == null ? weights[j] : weights[0] * taste[j]);
    }
    vector[width] = (float) weights[weights.length - 2];
    vector[width + 1] = (float) (weights[weights.length - 1] + change);
    return vector;
  }

  /**
   * What a row adds to the exponent of f is this times v_p·v_c, over the precision.
   *
   * @param precision userRegularization
   */
  double support(int row, double precision) {
    return taste == null ? residuals[row] : precision * weights[0] * taste.support()[row];
  }

  @Override
  public String toString() {
    return "%s, weights %s".formatted(history.userId(), Arrays.toString(weights));
  }
}
