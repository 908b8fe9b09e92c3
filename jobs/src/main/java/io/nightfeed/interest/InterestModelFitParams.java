package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.config.Settings.EmotionForm;
import java.util.Locale;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The estimator's params: meaning, range, default. */
public abstract class InterestModelFitParams extends Estimator<InterestModel>
    implements InterestModelParams {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> userCol;
  private final Param<String> itemCol;
  private final Param<String> engagementCol;
  private final Param<String> exposureCol;
  private final Param<String> emotionalStateCol;
  private final Param<String> embeddingCol;
  private final Param<String> contentEmotionsCol;
  private final Param<String> encoderCol;
  private final Param<String> authorCol;
  private final IntParam rank;
  private final IntParam iterations;
  private final IntParam warmIterations;
  private final Param<String> emotionForm;
  private final DoubleParam userRegularization;
  private final DoubleParam itemRegularization;
  private final DoubleParam headRegularization;
  private final DoubleParam popularityRegularization;
  private final DoubleParam unobservedWeight;
  private final DoubleParam regularization;
  private final IntParam contentComponents;
  private final DoubleParam contentScale;
  private final DoubleParam authorScale;
  private final BooleanParam offsets;
  private final IntParam calibrationRounds;
  private final IntParam sampledNegatives;
  private final IntParam blocks;
  private final LongParam seed;
  private final DoubleParam heldOutShare;

  /** Params refer to the uid, so it comes first. */
  InterestModelFitParams(String uid) {
    this.uid = uid;
    userCol = InterestModelParams.userCol(this);
    itemCol = InterestModelParams.itemCol(this);
    engagementCol = column("engagementCol", "action-weighted engagement, number >= 0");
    exposureCol = column("exposureCol", "impressions, number > 0");
    emotionalStateCol = InterestModelParams.emotionalStateCol(this);
    embeddingCol = column("embeddingCol", "the text's embedding, array<float>; null without text");
    contentEmotionsCol = column("contentEmotionsCol", "the content's emotions, array<float> of 8");
    encoderCol = column("encoderCol", "name of the encoder that made the embedding, string");
    authorCol =
        column("authorCol", "who wrote the content, string; may be null, and may be missing");
    rank = integer("rank", "dimension of content vectors and user weights (>= 1)", 1);
    iterations = integer("iterations", "alternations of the factorisation (>= 1)", 1);
    warmIterations =
        integer("warmIterations", "alternations from an earlier model's vectors (>= 1)", 1);
    emotionForm =
        new Param<>(
            this,
            "emotionForm",
            "how mood enters: 'literal' scales one appeal list, 'interaction' changes which content"
                + " rises",
            ParamValidators.inArray(new String[] {"literal", "interaction"}));
    userRegularization = InterestModelParams.userRegularization(this);
    itemRegularization =
        positive(
            "itemRegularization",
            "inverse of the prior squared length of a post's offset from the head's prediction,"
                + " against 1 of a content vector (> 0)");
    headRegularization =
        positive("headRegularization", "ridge of the content heads against the offsets' (> 0)");
    popularityRegularization =
        positive(
            "popularityRegularization",
            "precision of the prior of a post's popularity, in log-intensity, around 0; in the"
                + " factorisation the engagements that its ratio is shrunk with (> 0)");
    unobservedWeight =
        new DoubleParam(
            this,
            "unobservedWeight",
            "weight of a pair never seen together, against 1 for an impression; in taste from"
                + " engagements alone of every pair, against 1 for an engagement (>= 0)",
            ParamValidators.gtEq(0));
    regularization =
        positive(
            "regularization",
            "taste from engagements alone: ridge of a user's or post's vector, for each engagement"
                + " and unobserved pair's weight in its system (> 0)");
    contentComponents =
        integer(
            "contentComponents",
            "taste from engagements alone: principal components of each encoder's embeddings that"
                + " heads read and users weigh (>= 1)",
            1);
    contentScale =
        new DoubleParam(
            this,
            "contentScale",
            "taste from engagements alone: length of a post's components against that of its"
                + " vector; 0 leaves them out (>= 0)",
            ParamValidators.gtEq(0));
    authorScale =
        new DoubleParam(
            this,
            "authorScale",
            "taste from engagements alone: length of what stands for a post's author against that"
                + " of its vector; 0 leaves authors out (>= 0)",
            ParamValidators.gtEq(0));
    offsets =
        new BooleanParam(
            this,
            "offsets",
            "taste from engagements alone: whether a post's vector may differ from what the head"
                + " makes of its content");
    calibrationRounds =
        integer("calibrationRounds", "rounds of expectation-maximisation (>= 1)", 1);
    sampledNegatives =
        integer("sampledNegatives", "posts drawn for users without logged impressions (>= 0)", 0);
    blocks =
        integer(
            "blocks",
            "blocks of users and of posts, the unit of parallel work (>= 1); sums are taken block"
                + " by block, so last digits depend on it",
            1);
    seed = new LongParam(this, "seed", "seed of every draw");
    heldOutShare =
        new DoubleParam(
            this,
            "heldOutShare",
            "share of pairs of user and item, by a hash of both, that are not learned from (in [0,"
                + " 1))",
            ParamValidators.inRange(0, 1, true, false));
    setDefaults();
  }

  private void setDefaults() {
    setDefault(userCol, USER_ID);
    setDefault(itemCol, POST_ID);
    setDefault(engagementCol, ENGAGEMENT);
    setDefault(exposureCol, EXPOSURE);
    setDefault(emotionalStateCol, EMOTIONAL_STATE);
    setDefault(embeddingCol, EMBEDDING);
    setDefault(contentEmotionsCol, CONTENT_EMOTIONS);
    setDefault(encoderCol, ENCODER);
    setDefault(authorCol, AUTHOR_ID);
    setDefault(rank, 32);
    setDefault(iterations, 8);
    setDefault(warmIterations, 2);
    setDefault(emotionForm, "interaction");
    setDefault(userRegularization, 1.5);
    setDefault(itemRegularization, 20.0);
    setDefault(headRegularization, 10.0);
    setDefault(popularityRegularization, 5.0);
    setDefault(unobservedWeight, 0.01);
    setDefault(regularization, 0.03);
    setDefault(contentComponents, 128);
    setDefault(contentScale, 1.0);
    setDefault(authorScale, 1.0);
    setDefault(offsets, true);
    setDefault(calibrationRounds, 10);
    setDefault(sampledNegatives, 50);
    setDefault(blocks, 8);
    setDefault(seed, 42L);
    setDefault(heldOutShare, 0.0);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The numbers, checked by the params' own ranges. */
  Hyperparameters hyperparameters() {
    return new Hyperparameters(
        getRank(),
        getIterations(),
        EmotionForm.valueOf(getEmotionForm().toUpperCase(Locale.ROOT)),
        getUserRegularization(),
        getItemRegularization(),
        getHeadRegularization(),
        getPopularityRegularization(),
        getUnobservedWeight(),
        getRegularization(),
        getContentComponents(),
        getContentScale(),
        getAuthorScale(),
        hasOffsets(),
        getCalibrationRounds(),
        getSampledNegatives(),
        getBlocks(),
        getSeed());
  }

  private Param<String> column(String name, String meaning) {
    return new Param<>(this, name, "column: " + meaning);
  }

  private IntParam integer(String name, String meaning, int least) {
    return new IntParam(this, name, meaning, ParamValidators.gtEq(least));
  }

  private DoubleParam positive(String name, String meaning) {
    return new DoubleParam(this, name, meaning, ParamValidators.gt(0));
  }

  @Override
  public Param<String> userCol() {
    return userCol;
  }

  @Override
  public Param<String> itemCol() {
    return itemCol;
  }

  public Param<String> engagementCol() {
    return engagementCol;
  }

  public Param<String> exposureCol() {
    return exposureCol;
  }

  @Override
  public Param<String> emotionalStateCol() {
    return emotionalStateCol;
  }

  public Param<String> embeddingCol() {
    return embeddingCol;
  }

  public Param<String> contentEmotionsCol() {
    return contentEmotionsCol;
  }

  public Param<String> encoderCol() {
    return encoderCol;
  }

  public Param<String> authorCol() {
    return authorCol;
  }

  public IntParam rank() {
    return rank;
  }

  public IntParam iterations() {
    return iterations;
  }

  public IntParam warmIterations() {
    return warmIterations;
  }

  public Param<String> emotionForm() {
    return emotionForm;
  }

  @Override
  public DoubleParam userRegularization() {
    return userRegularization;
  }

  public DoubleParam itemRegularization() {
    return itemRegularization;
  }

  public DoubleParam headRegularization() {
    return headRegularization;
  }

  public DoubleParam popularityRegularization() {
    return popularityRegularization;
  }

  public DoubleParam unobservedWeight() {
    return unobservedWeight;
  }

  public DoubleParam regularization() {
    return regularization;
  }

  public IntParam contentComponents() {
    return contentComponents;
  }

  public DoubleParam contentScale() {
    return contentScale;
  }

  public DoubleParam authorScale() {
    return authorScale;
  }

  public BooleanParam offsets() {
    return offsets;
  }

  public IntParam calibrationRounds() {
    return calibrationRounds;
  }

  public IntParam sampledNegatives() {
    return sampledNegatives;
  }

  public IntParam blocks() {
    return blocks;
  }

  public DoubleParam heldOutShare() {
    return heldOutShare;
  }

  public LongParam seed() {
    return seed;
  }

  public String getEngagementCol() {
    return getOrDefault(engagementCol);
  }

  public String getExposureCol() {
    return getOrDefault(exposureCol);
  }

  public String getEmbeddingCol() {
    return getOrDefault(embeddingCol);
  }

  public String getContentEmotionsCol() {
    return getOrDefault(contentEmotionsCol);
  }

  public String getEncoderCol() {
    return getOrDefault(encoderCol);
  }

  public String getAuthorCol() {
    return getOrDefault(authorCol);
  }

  public int getRank() {
    return (Integer) getOrDefault(rank);
  }

  public int getIterations() {
    return (Integer) getOrDefault(iterations);
  }

  public int getWarmIterations() {
    return (Integer) getOrDefault(warmIterations);
  }

  public String getEmotionForm() {
    return getOrDefault(emotionForm);
  }

  public double getItemRegularization() {
    return (Double) getOrDefault(itemRegularization);
  }

  public double getHeadRegularization() {
    return (Double) getOrDefault(headRegularization);
  }

  public double getPopularityRegularization() {
    return (Double) getOrDefault(popularityRegularization);
  }

  public double getUnobservedWeight() {
    return (Double) getOrDefault(unobservedWeight);
  }

  public double getRegularization() {
    return (Double) getOrDefault(regularization);
  }

  public int getContentComponents() {
    return (Integer) getOrDefault(contentComponents);
  }

  public double getContentScale() {
    return (Double) getOrDefault(contentScale);
  }

  public double getAuthorScale() {
    return (Double) getOrDefault(authorScale);
  }

  public boolean hasOffsets() {
    return (Boolean) getOrDefault(offsets);
  }

  public int getCalibrationRounds() {
    return (Integer) getOrDefault(calibrationRounds);
  }

  public int getSampledNegatives() {
    return (Integer) getOrDefault(sampledNegatives);
  }

  public int getBlocks() {
    return (Integer) getOrDefault(blocks);
  }

  public double getHeldOutShare() {
    return (Double) getOrDefault(heldOutShare);
  }

  public long getSeed() {
    return (Long) getOrDefault(seed);
  }
}
