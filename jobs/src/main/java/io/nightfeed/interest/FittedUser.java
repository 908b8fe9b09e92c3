package io.nightfeed.interest;

import java.io.Serializable;

/**
 * One user's part of {@link IntensityCalibration}. The exponent of behaviour is a sum over features
 * of a post, each times the user's weight of it: the item vector {@code [v_c, popularity, 1]}.
 * Where taste was learned before there is but the level, 1, and the user's taste for the post times
 * the slope that all users share is added: so a user's posts keep the order that taste gives them.
 *
 * @param history the user's rows
 * @param taste null where item vectors are weighed
 * @param weights of the features, the posterior mean; that of the level is the last
 * @param expected exposure · E f of each row, engagements that behaviour expects
 * @param residuals y·r less those
 * @param uncertainty log(Σ exposure·E f / Σ exposure·f): what the level lacks to expect that
 */
record FittedUser(
    UserHistory history,
    RowTaste taste,
    double[] weights,
    double[] expected,
    double[] residuals,
    double uncertainty)
    implements Serializable {

  static FittedUser unfitted(UserHistory history, RowTaste taste, double[] start) {
    return new FittedUser(history, taste, start, new double[0], new double[0], 0);
  }

  /** Copies a row's features to a place in {@code target}. */
  void copyFeatures(SharedIntensities shared, int row, double[] target, int offset) {
    if (taste == null) {
      shared.items().copyRow(history.items()[row], target, offset);
    } else {
      target[offset] = 1;
    }
  }

  /** What the exponent of a row holds beside the features. */
  double offset(SharedIntensities shared, int row) {
    return taste == null ? 0 : shared.tasteSlope() * taste.scores()[row];
  }

  /** f of a row, at the mean of the weights. */
  double behaviour(SharedIntensities shared, int row) {
    return Intensities.exponential(
        taste == null
            ? shared.items().dot(history.items()[row], weights)
            : offset(shared, row) + weights[0]);
  }

  /** The vector against item vectors whose f expects what E f does of the user's rows together. */
  float[] scoringVector(double tasteSlope) {
    return scoringVector(weights, uncertainty, tasteSlope, taste == null ? null : taste.vector());
  }

  /**
   * @param weights of the features
   * @param change of the level
   * @param taste null where item vectors are weighed
   */
  static float[] scoringVector(double[] weights, double change, double tasteSlope, float[] taste) {
    int last = weights.length - 1;
    if (taste == null) {
      var vector = Floats.of(weights);
      vector[last] = (float) (weights[last] + change);
      return vector;
    }
    // Taste knows what is popular: of popularity there is none.
    var vector = new float[taste.length + 2];
    for (int j = 0; j < taste.length; j++) {
      vector[j] = (float) (tasteSlope * taste[j]);
    }
    vector[taste.length + 1] = (float) (weights[last] + change);
    return vector;
  }

  /**
   * What a row adds to the exponent of f is this times v_p·v_c, over the precision.
   *
   * @param precision userRegularization
   */
  double support(int row, double precision, double tasteSlope) {
    return taste == null ? residuals[row] : precision * tasteSlope * taste.support()[row];
  }
}
