package io.nightfeed.interest;

import io.nightfeed.config.Settings.EmotionForm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * Fits the intensities to given content vectors: engagement ~ Poisson(exposure · (f + g)).
 *
 * <p>A sum of rates is a superposition of two Poisson processes, so with the responsibility r =
 * f/(f+g) the problem falls apart into Poisson regressions. Users are known with an uncertainty
 * that is too large to leave out: their vectors have Gaussian posteriors of mean w and covariance
 * S, and variational expectation-maximisation (Blei, Kucukelbir and McAuliffe 2017) puts exp(E log
 * f), which is f at the mean, into r, and E f = f·exp(vᵀSv/2) wherever engagements are expected. A
 * round is a few steps of every part:
 *
 * <ol>
 *   <li>per user, counts y·r on item vectors with exposures exposure·exp(vᵀSv/2) and a Gaussian
 *       prior around the population's vector (precision userRegularization): w_u, b_u. S is
 *       Laplace's, at the round's start and at the bare exposures, so a little wide;
 *   <li>over all rows, counts y·(1-r) on item vector, mood and mood × content: w_E, b_E, w_s, B, by
 *       a Newton step with the information of what is observed, exposure·g²/(f+g), instead of that
 *       of the completed data, which is larger and crawls;
 *   <li>per post, both, on its popularity alone: a coordinate of the item vector that shrinks
 *       towards 0 (precision popularityRegularization). What popularity adds to vᵀSv is taken as it
 *       was a round before;
 *   <li>the population's vector is the mean of the users'; its weight of popularity is 1, which
 *       gives popularity its unit.
 * </ol>
 *
 * <p>Where tastes were learned before, a user's regression has but the level, 3. is left out, and a
 * Newton step finds the slope by which the exponent grows with taste, from rows of users with more
 * than one engagement: see {@link FittedUser} and {@link RowTaste}.
 *
 * <p>A last round takes the users to the very mode of their regressions, where {@code w_u - mean =
 * Σ_p (y_p r_p - exposure_p E f_p) v_p / precision}: the residuals in parentheses are what explains
 * a score by posts of the user's history.
 *
 * <p>Whoever scores has one vector per user and no S. So that rates come out right on average, the
 * intercepts that are published hold log(Σ exposure·E f / Σ exposure·f) of the user's own rows; the
 * population's, what takes it to the engagements that behaviour accounts for among all users.
 */
final class IntensityCalibration {
  private static final int STEPS_PER_ROUND = 3;

  /** Of a log-intensity, against overflow: about that of a prior without any evidence. */
  private static final double LARGEST_VARIANCE = 4;

  /** Taste that foretells nothing must not turn lists upside down. */
  private static final double SMALLEST_SLOPE = 1e-3;

  /** Largest change of a log-intensity by one step of what users share. */
  private static final double LARGEST_STEP = 1;

  /**
   * The fitted parts and how well they fit.
   *
   * @param items item vectors
   * @param population the vector that scores users without a history
   * @param emotion the emotion term, against the item vectors
   * @param tasteSlope see {@link SharedIntensities}
   */
  record Result(
      FactorMatrix items,
      float[] population,
      EmotionParameters emotion,
      double tasteSlope,
      JavaRDD<List<FittedUser>> users,
      double logLikelihood,
      double nullLogLikelihood,
      EmotionEffect emotionEffect) {}

  private final TrainingData data;
  private final FactorMatrix startingItems;
  private final LearnedTaste taste;
  private final Hyperparameters parameters;
  private final int columns;
  private final double startingExponent;
  private final JavaSparkContext context;
  private final Broadcast<float[][]> contentEmotions;

  /**
   * @param items {@code [v_c, 0, 1]} of every post; with taste {@code [a_c, 0, 1]} or {@code [0,
   *     1]}
   * @param taste null where item vectors are weighed
   */
  private IntensityCalibration(
      TrainingData data, FactorMatrix items, LearnedTaste taste, Hyperparameters parameters) {
    this.data = data;
    this.startingItems = items;
    this.taste = taste;
    this.parameters = parameters;
    this.columns = items.columns();
    // Half of the mean rate each, to start with.
    this.startingExponent = Math.log(data.totals().engagement() / data.totals().exposure() / 2);
    this.context = JavaSparkContext.fromSparkContext(data.users().context());
    this.contentEmotions = context.broadcast(data.contentEmotions());
  }

  /**
   * Fits the intensities.
   *
   * @param contentVectors v_c of every post
   */
  static Result calibrate(
      TrainingData data, FactorMatrix contentVectors, Hyperparameters parameters) {
    return new IntensityCalibration(data, contentVectors.append(0, 1), null, parameters).run();
  }

  /**
   * Fits the intensities of tastes that are learned. What posts have in common for everybody is in
   * them, so that the emotion term tells posts apart by their emotions alone: in the literal form
   * for everybody alike, in the interaction form only where a mood is known.
   */
  static Result calibrate(TrainingData data, LearnedTaste taste, Hyperparameters parameters) {
    var standardized = taste.standardized(data);
    var emotions =
        parameters.emotionForm() == EmotionForm.LITERAL
            ? FactorMatrix.of(data.contentEmotions()).append(0, 1)
            : FactorMatrix.zeros(data.posts().length, 1).append(1);
    try {
      return new IntensityCalibration(data, emotions, standardized, parameters).run();
    } finally {
      standardized.users().unpersist();
    }
  }

  private Result run() {
    var appeal = startingWeights();
    var weights = taste == null ? appeal : new double[] {startingExponent};
    var meanTaste = taste == null ? null : taste.mean(data.totals().users());
    var shared =
        new SharedIntensities(
            startingItems,
            weights,
            1,
            taste == null ? null : taste.scores(meanTaste),
            EmotionParameters.of(appeal.clone()));
    var users = unfitted(weights);
    for (int round = 0; round < parameters.calibrationRounds(); round++) {
      var updated = maximizeUsers(users, shared, STEPS_PER_ROUND);
      shared = maximizeShared(shared, roundSums(updated, shared));
      users.unpersist();
      users = updated;
    }
    var fitted = maximizeUsers(users, shared, PoissonRegression.MAX_STEPS);
    var sums = roundSums(fitted, shared);
    users.unpersist();
    return new Result(
        taste == null ? shared.items() : taste.items().append(0, 1),
        FittedUser.scoringVector(
            shared.population(), sums.populationUncertainty(), shared.tasteSlope(), meanTaste),
        taste == null
            ? shared.emotion()
            : shared.emotion().ofContentEmotions(taste.items().columns() + 2),
        shared.tasteSlope(),
        fitted,
        sums.logLikelihood(),
        sums.nullLogLikelihood(),
        EmotionEffect.estimate(fitted, context.broadcast(shared), contentEmotions));
  }

  private JavaRDD<List<FittedUser>> unfitted(double[] weights) {
    if (taste == null) {
      return data.users()
          .map(
              block ->
                  block.stream().map(user -> FittedUser.unfitted(user, null, weights)).toList());
    }
    return data.users()
        .zipPartitions(
            taste.users(),
            (histories, tastes) -> {
              var block = histories.next();
              var mine = tastes.next();
              return List.of(
                      IntStream.range(0, block.size())
                          .mapToObj(i -> FittedUser.unfitted(block.get(i), mine.get(i), weights))
                          .toList())
                  .iterator();
            });
  }

  private double[] startingWeights() {
    var weights = new double[columns];
    weights[columns - 2] = 1;
    weights[columns - 1] = startingExponent;
    return weights;
  }

  // Users

  private JavaRDD<List<FittedUser>> maximizeUsers(
      JavaRDD<List<FittedUser>> users, SharedIntensities shared, int steps) {
    var current = context.broadcast(shared);
    var emotions = contentEmotions;
    double precision = parameters.userRegularization();
    return users
        .map(
            block ->
                block.stream()
                    .map(
                        user -> maximize(user, current.value(), emotions.value(), precision, steps))
                    .toList())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static FittedUser maximize(
      FittedUser user,
      SharedIntensities shared,
      float[][] contentEmotions,
      double precision,
      int steps) {
    var history = user.history();
    int columns = user.weights().length;
    var features = new double[history.size() * columns];
    var counts = new double[history.size()];
    var exposure = new double[history.size()];
    for (int row = 0; row < counts.length; row++) {
      user.copyFeatures(shared, row, features, row * columns);
      exposure[row] = history.exposure()[row] * Intensities.exponential(user.offset(shared, row));
      double f = user.behaviour(shared, row);
      double g = shared.emotionAt(history, row, contentEmotions);
      counts[row] = history.engagement()[row] * f / (f + g);
    }
    var inflated = inflatedExposure(features, counts, exposure, user.weights(), shared, precision);
    var weights =
        new PoissonRegression(features, counts, inflated, shared.population(), precision)
            .fit(user.weights(), steps);
    var expected = new double[counts.length];
    var residuals = new double[counts.length];
    double expectedSum = 0;
    double sumAtMean = 0;
    for (int row = 0; row < counts.length; row++) {
      double f = Intensities.exponential(dot(features, row * columns, weights));
      expected[row] = inflated[row] * f;
      residuals[row] = counts[row] - expected[row];
      expectedSum += expected[row];
      sumAtMean += exposure[row] * f;
    }
    return new FittedUser(
        history, user.taste(), weights, expected, residuals, Math.log(expectedSum / sumAtMean));
  }

  private static double dot(double[] features, int from, double[] weights) {
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      sum += features[from + j] * weights[j];
    }
    return sum;
  }

  /** exposure · E f / f of each row, f at the mean of the vector. */
  private static double[] inflatedExposure(
      double[] features,
      double[] counts,
      double[] exposure,
      double[] weights,
      SharedIntensities shared,
      double precision) {
    var covariance =
        new PoissonRegression(features, counts, exposure, shared.population(), precision)
            .covariance(weights);
    var inflated = new double[exposure.length];
    for (int row = 0; row < inflated.length; row++) {
      double variance = covariance.quadraticForm(features, row * weights.length);
      inflated[row] = exposure[row] * Math.exp(Math.min(variance, LARGEST_VARIANCE) / 2);
    }
    return inflated;
  }

  // What users share

  private CalibrationSums roundSums(JavaRDD<List<FittedUser>> users, SharedIntensities shared) {
    var current = context.broadcast(shared);
    var emotions = contentEmotions;
    var form = parameters.emotionForm();
    var total = new CalibrationSums(shared, form);
    users
        .map(block -> CalibrationSums.of(block, current.value(), emotions.value(), form))
        .collect()
        .forEach(total::add);
    return total;
  }

  private SharedIntensities maximizeShared(SharedIntensities shared, CalibrationSums sums) {
    var population = sums.meanWeights();
    var items = shared.items();
    double slope = shared.tasteSlope();
    if (taste == null) {
      population[columns - 2] = 1;
      items = withPopularity(items, sums);
    } else {
      slope += Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, sums.tasteSlopeStep()));
      slope = Math.max(SMALLEST_SLOPE, slope);
    }
    return new SharedIntensities(
        items,
        population,
        slope,
        shared.populationTaste(),
        maximizeEmotion(shared, sums.emotionSystem()));
  }

  private FactorMatrix withPopularity(FactorMatrix items, CalibrationSums sums) {
    double precision = parameters.popularityRegularization();
    var moved = new FactorMatrix(columns, items.values().clone());
    for (int item = 0; item < items.rows(); item++) {
      double popularity = items.get(item, columns - 2);
      double step =
          (sums.popularityGradient()[item] - precision * popularity)
              / (sums.popularityCurvature()[item] + precision);
      moved.set(
          item, columns - 2, popularity + Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step)));
    }
    return moved;
  }

  /**
   * One Newton step, with a Gaussian prior around the start. It is shortened if it would leap: the
   * appeal of any post, or root mean square over the rows, mood's part included.
   */
  private EmotionParameters maximizeEmotion(SharedIntensities shared, NormalEquations system) {
    double precision = parameters.userRegularization();
    var current = shared.emotion().toArray(parameters.emotionForm());
    var regularized = system.copy();
    regularized.addPrior(precision, Arrays.copyOf(startingWeights(), current.length));
    regularized.addToRightSide(-precision, current);
    var step = regularized.solve();
    var appealStep = Arrays.copyOf(step, columns);
    double largest =
        data.totals().touched().stream()
            .mapToDouble(item -> Math.abs(shared.items().dot(item, appealStep)))
            .max()
            .orElse(0);
    // The intercept's diagonal element is the sum of the rows' weights.
    double meanSquare = system.quadraticForm(step, 0) / system.diagonal(columns - 1);
    double length = Math.min(1, LARGEST_STEP / Math.max(largest, Math.sqrt(meanSquare)));
    for (int j = 0; j < step.length; j++) {
      current[j] += length * step[j];
    }
    return EmotionParameters.of(current, columns);
  }

  /** Length of the emotion term's parameters as one vector. */
  static int emotionColumns(int itemColumns, EmotionForm form) {
    int literal = itemColumns + Intensities.EMOTIONS;
    return form == EmotionForm.LITERAL
        ? literal
        : literal + Intensities.EMOTIONS * Intensities.EMOTIONS;
  }
}
