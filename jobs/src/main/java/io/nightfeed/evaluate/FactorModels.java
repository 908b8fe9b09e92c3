package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModelEstimator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Models of user and item vectors, fitted by Spark: the interest model and its next of kin. */
final class FactorModels {
  private static final String USER = "user";
  private static final String RATING = "rating";

  /** As ALS calls its vectors. */
  private static final String FEATURES = "features";

  private static final StructType PAIRS =
      new StructType()
          .add(USER, DataTypes.IntegerType)
          .add(ITEM, DataTypes.IntegerType)
          .add(RATING, DataTypes.FloatType);

  /** Rows as the estimator takes them: a catalogue without texts, and pairs without impressions. */
  private static final StructType ROWS =
      new StructType()
          .add(USER_ID, DataTypes.StringType)
          .add(POST_ID, DataTypes.StringType)
          .add(ENGAGEMENT, DataTypes.DoubleType)
          .add(EXPOSURE, DataTypes.DoubleType)
          .add(EMOTIONAL_STATE, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(ENCODER, DataTypes.StringType)
          .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(CONTENT_EMOTIONS, DataTypes.createArrayType(DataTypes.FloatType, false));

  private static final int INTEREST_RANK = 64;
  private static final long SEED = 7;

  private FactorModels() {}

  /** Spark's implicit alternating least squares (Hu, Koren and Volinsky 2008). */
  static Recommender als(SparkSession spark) {
    var grid = new ArrayList<Setting>();
    for (int rank : new int[] {64, 128}) {
      for (double ridge : new double[] {0.02, 0.05, 0.1}) {
        for (double alpha : new double[] {0.5, 1}) {
          grid.add(
              new Setting(
                  "rank %d, regParam %s, alpha %s".formatted(rank, ridge, alpha),
                  train -> als(spark, train, rank, ridge, alpha)));
        }
      }
    }
    return new Recommender("als", grid);
  }

  private static Scores als(
      SparkSession spark, Interactions train, int rank, double ridge, double alpha) {
    var rows = new ArrayList<Row>();
    for (int user = 0; user < train.users(); user++) {
      for (var item : train.byUser()[user]) {
        rows.add(RowFactory.create(user, item, 1f));
      }
    }
    var model =
        new ALS()
            .setImplicitPrefs(true)
            .setRank(rank)
            .setRegParam(ridge)
            .setAlpha(alpha)
            .setMaxIter(10)
            .setSeed(SEED)
            .setUserCol(USER)
            .setItemCol(ITEM)
            .setRatingCol(RATING)
            .fit(spark.createDataFrame(rows, PAIRS));
    return products(
        vectors(model.userFactors(), train.users()), vectors(model.itemFactors(), train.items()));
  }

  /** The interest model: what nobody engaged with has no text here either. */
  static Recommender interestModel(SparkSession spark) {
    var grid = new ArrayList<Setting>();
    for (double user : new double[] {1.5, 5, 20, 80}) {
      for (double item : new double[] {1, 20}) {
        grid.add(
            new Setting(
                "user-regularization %s, item-regularization %s".formatted(user, item),
                train -> interestModel(spark, train, user, item)));
      }
    }
    return new Recommender("interest_model", grid);
  }

  private static Scores interestModel(
      SparkSession spark,
      Interactions train,
      double userRegularization,
      double itemRegularization) {
    var calm = new float[Intensities.EMOTIONS];
    var rows = new ArrayList<Row>();
    for (int item = 0; item < train.items(); item++) {
      rows.add(RowFactory.create(null, id(item), null, null, null, null, null, calm));
    }
    for (int user = 0; user < train.users(); user++) {
      for (var item : train.byUser()[user]) {
        rows.add(RowFactory.create(id(user), id(item), 1.0, 1.0, calm, null, null, null));
      }
    }
    var model =
        new InterestModelEstimator()
            .setRank(INTEREST_RANK)
            .setUserRegularization(userRegularization)
            .setItemRegularization(itemRegularization)
            .fit(spark.createDataFrame(rows, ROWS));
    var users = new float[train.users()][];
    Arrays.fill(users, model.population());
    model
        .users()
        .select(USER_ID, USER_VECTOR)
        .collectAsList()
        .forEach(row -> put(users, row, USER_VECTOR));
    var items = new float[train.items()][];
    model
        .items()
        .select(POST_ID, ITEM_VECTOR)
        .collectAsList()
        .forEach(row -> put(items, row, ITEM_VECTOR));
    return products(users, items);
  }

  private static String id(int number) {
    return String.valueOf(number);
  }

  private static void put(float[][] vectors, Row row, String column) {
    vectors[Integer.parseInt(row.getString(0))] = Floats.of(row, column);
  }

  /** By number; null where Spark saw no pair. */
  private static float[][] vectors(Dataset<Row> factors, int count) {
    var vectors = new float[count][];
    factors.collectAsList().forEach(row -> vectors[row.getInt(0)] = Floats.of(row, FEATURES));
    return vectors;
  }

  /** Dot products, 0 for what has no vector. */
  private static Scores products(float[][] users, float[][] items) {
    return (user, scores) -> {
      for (int item = 0; item < scores.length; item++) {
        double sum = 0;
        if (users[user] != null && items[item] != null) {
          for (int k = 0; k < items[item].length; k++) {
            sum += (double) users[user][k] * items[item][k];
          }
        }
        scores[item] = sum;
      }
    };
  }

  static List<Recommender> of(SparkSession spark) {
    return List.of(als(spark), interestModel(spark));
  }
}
