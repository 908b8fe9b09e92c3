package io.nightfeed.interest;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Optional;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Fits an {@link InterestModel}. See the package's documentation for the model, {@link
 * ContentFactorization} and {@link IntensityCalibration} for the two phases.
 *
 * <p>The dataset holds two kinds of rows:
 *
 * <ul>
 *   <li><em>catalogue rows</em>, user null: every post that may be scored, touched or not, once,
 *       with the encoder's name, the embedding and the content's eight emotions. A post without
 *       text has neither encoder nor embedding: its content vector is the mean plus its offset;
 *   <li><em>interaction rows</em>: a user and a post with engagement (>= 0), exposure in
 *       impressions (> 0) and the user's emotional state at the time. Rows about posts outside the
 *       catalogue are left out; {@link FitSummary} counts the others.
 * </ul>
 *
 * <p>For a user whose rows are engagements only, sampled posts stand in for impressions: see {@link
 * UserHistory#withSampledNegatives}. Where nobody's rows are anything else, taste is learned by
 * {@link ImplicitFactorization}.
 */
public final class InterestModelEstimator extends InterestModelFitParams
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  public InterestModelEstimator() {
    this(Identifiable$.MODULE$.randomUID("interestModelEstimator"));
  }

  public InterestModelEstimator(String uid) {
    super(uid);
  }

  /**
   * Fits the model.
   *
   * @throws IllegalArgumentException when the dataset lacks a column, posts, interactions or any
   *     engagement, or holds values out of range; the message says which and what to do
   */
  @Override
  public InterestModel fit(Dataset<?> dataset) {
    return fit(dataset, Optional.empty());
  }

  /**
   * Fits the model from a warm start: the factorisation starts from what an earlier model learned
   * of the posts that it knew, with {@code warmIterations} in the place of {@code iterations}. The
   * result depends on that model, too. An earlier model of another rank, or from logs of the other
   * kind, with impressions or without, is no start; {@link FitSummary#isWarm} tells.
   *
   * @throws IllegalArgumentException as {@link #fit(Dataset)}
   */
  public InterestModel fit(Dataset<?> dataset, Optional<InterestModel> earlier) {
    transformSchema(dataset.schema());
    if (!dataset.storageLevel().equals(StorageLevel.NONE())) {
      return fitCached(dataset, earlier);
    }
    // It is read several times: to be checked, numbered and grouped.
    var cached = dataset.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return fitCached(cached, earlier);
    } finally {
      cached.unpersist();
    }
  }

  /**
   * Learns who likes what from the engagements of the dataset alone; see {@link
   * ImplicitFactorization}.
   *
   * @throws IllegalArgumentException as {@link #fit}
   */
  public Taste fitTaste(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    var rows = FitRows.of(dataset, this);
    rows.check();
    var parameters = hyperparameters();
    var data = TrainingData.of(rows.catalogue(), rows.interactions(), parameters);
    try {
      FitRows.checkTotals(data.totals());
      return ImplicitFactorization.fit(data, parameters);
    } finally {
      data.unpersist();
    }
  }

  private InterestModel fitCached(Dataset<?> dataset, Optional<InterestModel> earlier) {
    var rows = FitRows.of(dataset, this);
    rows.check();
    var asSet = hyperparameters();
    var data = TrainingData.of(rows.catalogue(), rows.interactions(), asSet);
    try {
      FitRows.checkTotals(data.totals());
      var start =
          earlier
              .map(model -> StartingVectors.of(model, data, asSet.rank()))
              .orElse(StartingVectors.NONE);
      var parameters = start.isWarm() ? asSet.withIterations(getWarmIterations()) : asSet;
      var intensities =
          data.totals().isEngagementAlone()
              ? IntensityCalibration.calibrate(
                  data, ImplicitFactorization.learn(data, start, parameters), parameters)
              : IntensityCalibration.calibrate(
                  data, ContentFactorization.contentVectors(data, start, parameters), parameters);
      var parts =
          InterestModelParts.of(
              dataset.sparkSession(), data, intensities, parameters, start.isWarm());
      return copyValues(new InterestModel(uid(), parts).setParent(this), new ParamMap());
    } finally {
      data.unpersist();
    }
  }

  /**
   * Whether models leave a pair out that hold out such a share: a pair is held out under every
   * share above its hash, so that models of any share can be asked for the pairs of the smallest.
   *
   * @param share in [0, 1)
   */
  public static Column isHeldOut(Column user, Column item, double share) {
    long million = 1_000_000;
    return pmod(xxhash64(lit("held out"), user, item), lit(million)).lt((long) (share * million));
  }

  /** Checks the columns' types; the fitted model's output columns come after them. */
  @Override
  public StructType transformSchema(StructType schema) {
    FitRows.checkColumns(schema, this);
    return InterestModel.withScores(schema);
  }

  @Override
  public InterestModelEstimator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads an estimator that {@code save} wrote. */
  public static MLReader<InterestModelEstimator> read() {
    return new DefaultParamsReader<>();
  }

  public static InterestModelEstimator load(String path) {
    return read().load(path);
  }

  public InterestModelEstimator setUserCol(String value) {
    set(userCol(), value);
    return this;
  }

  public InterestModelEstimator setItemCol(String value) {
    set(itemCol(), value);
    return this;
  }

  public InterestModelEstimator setEngagementCol(String value) {
    set(engagementCol(), value);
    return this;
  }

  public InterestModelEstimator setExposureCol(String value) {
    set(exposureCol(), value);
    return this;
  }

  public InterestModelEstimator setEmotionalStateCol(String value) {
    set(emotionalStateCol(), value);
    return this;
  }

  public InterestModelEstimator setEmbeddingCol(String value) {
    set(embeddingCol(), value);
    return this;
  }

  public InterestModelEstimator setContentEmotionsCol(String value) {
    set(contentEmotionsCol(), value);
    return this;
  }

  public InterestModelEstimator setEncoderCol(String value) {
    set(encoderCol(), value);
    return this;
  }

  public InterestModelEstimator setAuthorCol(String value) {
    set(authorCol(), value);
    return this;
  }

  public InterestModelEstimator setRank(int value) {
    set(rank(), value);
    return this;
  }

  public InterestModelEstimator setIterations(int value) {
    set(iterations(), value);
    return this;
  }

  public InterestModelEstimator setWarmIterations(int value) {
    set(warmIterations(), value);
    return this;
  }

  public InterestModelEstimator setEmotionForm(String value) {
    set(emotionForm(), value);
    return this;
  }

  public InterestModelEstimator setUserRegularization(double value) {
    set(userRegularization(), value);
    return this;
  }

  public InterestModelEstimator setItemRegularization(double value) {
    set(itemRegularization(), value);
    return this;
  }

  public InterestModelEstimator setHeadRegularization(double value) {
    set(headRegularization(), value);
    return this;
  }

  public InterestModelEstimator setPopularityRegularization(double value) {
    set(popularityRegularization(), value);
    return this;
  }

  public InterestModelEstimator setUnobservedWeight(double value) {
    set(unobservedWeight(), value);
    return this;
  }

  public InterestModelEstimator setRegularization(double value) {
    set(regularization(), value);
    return this;
  }

  public InterestModelEstimator setContentComponents(int value) {
    set(contentComponents(), value);
    return this;
  }

  public InterestModelEstimator setContentScale(double value) {
    set(contentScale(), value);
    return this;
  }

  public InterestModelEstimator setAuthorScale(double value) {
    set(authorScale(), value);
    return this;
  }

  public InterestModelEstimator setOffsets(boolean value) {
    set(offsets(), value);
    return this;
  }

  public InterestModelEstimator setCalibrationRounds(int value) {
    set(calibrationRounds(), value);
    return this;
  }

  public InterestModelEstimator setSampledNegatives(int value) {
    set(sampledNegatives(), value);
    return this;
  }

  public InterestModelEstimator setBlocks(int value) {
    set(blocks(), value);
    return this;
  }

  public InterestModelEstimator setHeldOutShare(double value) {
    set(heldOutShare(), value);
    return this;
  }

  public InterestModelEstimator setSeed(long value) {
    set(seed(), value);
    return this;
  }
}
