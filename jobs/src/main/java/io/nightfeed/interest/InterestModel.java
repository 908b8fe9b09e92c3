package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * The fitted interest model. {@link #transform} adds, for each user, post and mood,
 *
 * <ul>
 *   <li>{@code behaviour}, f, and {@code emotion}, g, in engagements per impression;
 *   <li>{@code intensity}, f + g, by which posts are ranked;
 *   <li>{@code behaviour_share}, f/(f+g), the probability that an engagement comes from taste.
 * </ul>
 *
 * <p>Users without a history get the population's vector. Posts that were not in the fit's
 * catalogue have no content vector: their four columns are null. Every post is in the catalogue
 * from its first night on, with the content head's prediction until somebody touches it.
 */
public final class InterestModel extends Model<InterestModel>
    implements InterestModelParams, MLWritable {
  private static final long serialVersionUID = 1L;

  private static final List<String> SCORES =
      List.of(BEHAVIOUR, EMOTION, INTENSITY, BEHAVIOUR_SHARE);

  /** Names that joins need on the way. */
  private static final List<String> INTERNAL = List.of(USER_VECTOR, ITEM);

  private final String uid;
  private final transient InterestModelParts parts;
  private final Param<String> userCol;
  private final Param<String> itemCol;
  private final Param<String> emotionalStateCol;
  private final DoubleParam userRegularization;

  InterestModel(String uid, InterestModelParts parts) {
    this.uid = uid;
    this.parts = parts;
    userCol = InterestModelParams.userCol(this);
    itemCol = InterestModelParams.itemCol(this);
    emotionalStateCol = InterestModelParams.emotionalStateCol(this);
    userRegularization = InterestModelParams.userRegularization(this);
    setDefault(userCol, USER_ID);
    setDefault(itemCol, POST_ID);
    setDefault(emotionalStateCol, EMOTIONAL_STATE);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    var users = parts.users().select(col(USER_ID).as(getUserCol()), col(USER_VECTOR));
    var items =
        parts
            .items()
            .select(
                col(POST_ID).as(getItemCol()),
                struct(col(ITEM_VECTOR), col(CONTENT_EMOTIONS)).as(ITEM));
    var behaviour =
        udf(new BehaviourFunction(population()), DataTypes.DoubleType).withName("behaviour_rate");
    var emotion =
        udf(new EmotionFunction(emotionParameters()), DataTypes.DoubleType)
            .withName("emotion_rate");
    return inColumnOrder(
        dataset
            .toDF()
            .join(users, columns(getUserCol()), "left_outer")
            .join(items, columns(getItemCol()), "left_outer")
            .withColumn(BEHAVIOUR, behaviour.apply(col(USER_VECTOR), col(ITEM)))
            .withColumn(EMOTION, emotion.apply(col(getEmotionalStateCol()), col(ITEM)))
            .withColumn(INTENSITY, col(BEHAVIOUR).plus(col(EMOTION)))
            .withColumn(BEHAVIOUR_SHARE, col(BEHAVIOUR).divide(col(INTENSITY))),
        transformSchema(dataset.schema()));
  }

  /**
   * Checks the columns.
   *
   * @throws IllegalArgumentException naming the param, the column and what was found
   */
  @Override
  public StructType transformSchema(StructType schema) {
    for (var column : List.of(userCol, itemCol)) {
      FitRows.checkColumn(schema, this, column, DataTypes.StringType::equals, "string");
    }
    FitRows.checkColumn(
        schema, this, emotionalStateCol, FitRows::isFloats, "array<float> or array<double>");
    return withScores(schema);
  }

  /** The schema with the columns that {@link #transform} adds. */
  static StructType withScores(StructType schema) {
    var names = Arrays.asList(schema.fieldNames());
    for (var reserved : Stream.concat(SCORES.stream(), INTERNAL.stream()).toList()) {
      if (names.contains(reserved)) {
        throw new IllegalArgumentException(
            "The dataset has a column '%s' already, which the interest model writes. Rename or drop"
                    .formatted(reserved)
                + " it.");
      }
    }
    for (var score : SCORES) {
      schema = schema.add(score, DataTypes.DoubleType, true);
    }
    return schema;
  }

  /**
   * Every post of the catalogue: post_id, item_vector array&lt;float&gt; {@code [v_c, popularity,
   * 1]}, content_emotions array&lt;float&gt;.
   */
  public Dataset<Row> items() {
    return parts.items();
  }

  /**
   * Every user with a history: user_id, user_vector array&lt;float&gt; {@code [w_u, weight, b_u]}.
   */
  public Dataset<Row> users() {
    return parts.users();
  }

  /** The user vector of everybody else. */
  public float[] population() {
    return parts.population();
  }

  /** w_E, b_E, w_s and B. */
  public EmotionParameters emotionParameters() {
    return parts.emotion();
  }

  /** How much mood changes which content rises. */
  public EmotionEffect emotionEffect() {
    return parts.emotionEffect();
  }

  public FitSummary summary() {
    return parts.summary();
  }

  /**
   * What each post of a user's history adds to the user's taste: user_id, post_id, residual float,
   * the engagements that behaviour accounts for less those it expected, {@code y·r - exposure·E f}.
   *
   * <p>The user's vector w maximises {@code Σ_p (y_p r_p w·v_p - n_p exp(w·v_p)) - λ/2 |w -
   * mean|²}, with λ = userRegularization, p running over the user's rows and both r, the share of
   * behaviour, and n, the exposure times E f / f, fixed. There the gradient is zero:
   *
   * <pre>
   *   w - mean = 1/λ Σ_p residual_p v_p
   * </pre>
   *
   * in every coordinate but the intercept, which {@link #users} and {@link #population} hold with
   * what uncertainty adds to the mean rate. So a post p of the history adds {@code residual_p/λ ·
   * v_p·v_c} to the exponent of f(u,c), on item vectors as {@link #items} has them, and nothing
   * else does but the population and posts sampled as negatives. Posts with the largest such terms
   * explain a recommendation exactly.
   *
   * <p>Where taste was learned from engagements alone, w is the slope times the vector of a ridge
   * regression (see {@link ImplicitFactorization}), and with s_p the taste for p, λ_u its ridge and
   * α the weight of unobserved pairs
   *
   * <pre>
   *   residual_p = λ · slope · (1 - s_p) / λ_u,   w = 1/λ Σ_p residual_p v_p - slope · α/λ_u Σ_c s_c v_c
   * </pre>
   *
   * so that the same terms explain; the last sum is what the whole catalogue, which the user did
   * not engage with, takes away from all of them.
   */
  public Dataset<Row> residuals() {
    return parts.residuals();
  }

  /**
   * A digest of what the model says: equal models have equal digests, wherever they are stored and
   * however their rows are partitioned.
   *
   * @return SHA-256, hex
   */
  public String digest() {
    return ModelDigest.of(this);
  }

  /**
   * The same model without some users and posts. What was learnt of everybody together stays, what
   * they did included: only another fit learns without them.
   *
   * @param isUser whether a user id is one of theirs
   * @param isPost whether a post id is
   */
  public InterestModel without(UnaryOperator<Column> isUser, UnaryOperator<Column> isPost) {
    var user = isUser.apply(col(USER_ID));
    var post = isPost.apply(col(POST_ID));
    return of(
        new InterestModelParts(
            parts.items().where(not(post)),
            parts.users().where(not(user)),
            parts.residuals().where(not(user.or(post))),
            parts.population(),
            parts.emotion(),
            parts.emotionEffect(),
            parts.summary()));
  }

  /**
   * The same model of users of other names.
   *
   * @param renamed of a user id
   */
  public InterestModel withUsers(UnaryOperator<Column> renamed) {
    return of(
        new InterestModelParts(
            parts.items(),
            parts.users().withColumn(USER_ID, renamed.apply(col(USER_ID))),
            parts.residuals().withColumn(USER_ID, renamed.apply(col(USER_ID))),
            parts.population(),
            parts.emotion(),
            parts.emotionEffect(),
            parts.summary()));
  }

  private InterestModel of(InterestModelParts others) {
    var model = new InterestModel(uid, others);
    copyValues(model, ParamMap.empty());
    return model;
  }

  InterestModelParts parts() {
    return parts;
  }

  @Override
  public InterestModel copy(ParamMap extra) {
    var copy = new InterestModel(uid, parts);
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  @Override
  public MLWriter write() {
    return new InterestModelPersistence.Writer(this);
  }

  public static MLReader<InterestModel> read() {
    return new InterestModelPersistence.Reader();
  }

  public static InterestModel load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<String> userCol() {
    return userCol;
  }

  @Override
  public Param<String> itemCol() {
    return itemCol;
  }

  @Override
  public Param<String> emotionalStateCol() {
    return emotionalStateCol;
  }

  @Override
  public DoubleParam userRegularization() {
    return userRegularization;
  }

  public InterestModel setUserCol(String value) {
    set(userCol, value);
    return this;
  }

  public InterestModel setItemCol(String value) {
    set(itemCol, value);
    return this;
  }

  public InterestModel setEmotionalStateCol(String value) {
    set(emotionalStateCol, value);
    return this;
  }

  private static Dataset<Row> inColumnOrder(Dataset<Row> rows, StructType schema) {
    return rows.select(
        Arrays.stream(schema.fieldNames()).map(functions::col).toArray(Column[]::new));
  }

  private static Seq<String> columns(String name) {
    return JavaConverters.asScalaBuffer(List.of(name)).toSeq();
  }
}
