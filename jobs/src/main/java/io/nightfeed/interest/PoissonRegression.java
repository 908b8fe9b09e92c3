package io.nightfeed.interest;

/**
 * Poisson regression with a Gaussian prior: counts y_i ~ Poisson(exposure_i · exp(w·x_i)), w ~
 * N(prior, I/precision). The mode is found by Newton's method with step halving; the objective is
 * strictly concave, so it is the only one.
 */
final class PoissonRegression {
  /** Newton steps to convergence are rarely more than 10. */
  static final int MAX_STEPS = 50;

  private static final double CONVERGED_DECREMENT = 1e-12;
  private static final double SMALLEST_STEP = 1e-6;

  private final int columns;
  private final double[] features;
  private final double[] counts;
  private final double[] exposures;
  private final double[] prior;
  private final double precision;

  /**
   * @param features x_i one after another
   * @param counts y_i >= 0, possibly fractional
   * @param exposures exposure_i > 0
   * @param prior mean of w
   * @param precision inverse variance of each coordinate of w, > 0
   */
  PoissonRegression(
      double[] features, double[] counts, double[] exposures, double[] prior, double precision) {
    this.columns = prior.length;
    this.features = features;
    this.counts = counts;
    this.exposures = exposures;
    this.prior = prior;
    this.precision = precision;
  }

  /** At most {@code maxSteps} Newton steps from {@code start} towards the mode. */
  double[] fit(double[] start, int maxSteps) {
    double[] weights = start.clone();
    double objective = objective(weights);
    for (int step = 0; step < maxSteps; step++) {
      var newton = newtonSystem(weights);
      double[] direction = newton.solve();
      double decrement = dot(newton.rightSide(), 0, direction);
      if (decrement < CONVERGED_DECREMENT) {
        break;
      }
      double length = 1;
      double[] candidate = moved(weights, length, direction);
      double reached = objective(candidate);
      while (!(reached > objective) && length > SMALLEST_STEP) {
        length /= 2;
        candidate = moved(weights, length, direction);
        reached = objective(candidate);
      }
      if (!(reached > objective)) {
        break;
      }
      weights = candidate;
      objective = reached;
    }
    return weights;
  }

  /** Posterior covariance of w by Laplace's approximation: the inverse of the curvature there. */
  NormalEquations covariance(double[] weights) {
    return newtonSystem(weights).inverse();
  }

  /** Log posterior up to a constant. */
  private double objective(double[] weights) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      double exponent = dot(features, i * columns, weights);
      sum += counts[i] * exponent - exposures[i] * Intensities.exponential(exponent);
    }
    double distance = 0;
    for (int j = 0; j < columns; j++) {
      distance += (weights[j] - prior[j]) * (weights[j] - prior[j]);
    }
    return sum - precision / 2 * distance;
  }

  /** Negative Hessian and gradient of the objective. */
  private NormalEquations newtonSystem(double[] weights) {
    var system = new NormalEquations(columns);
    for (int i = 0; i < counts.length; i++) {
      double expected = exposures[i] * Intensities.exponential(dot(features, i * columns, weights));
      system.add(features, i * columns, expected, counts[i] - expected);
    }
    system.addPrior(precision, prior);
    system.addToRightSide(-precision, weights);
    return system;
  }

  private double dot(double[] values, int from, double[] weights) {
    double sum = 0;
    for (int j = 0; j < columns; j++) {
      sum += values[from + j] * weights[j];
    }
    return sum;
  }

  private static double[] moved(double[] from, double length, double[] direction) {
    double[] to = from.clone();
    for (int j = 0; j < to.length; j++) {
      to[j] += length * direction[j];
    }
    return to;
  }
}
