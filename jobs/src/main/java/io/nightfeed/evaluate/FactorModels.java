package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.*;

import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.evaluate.Recommender.Role;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.interest.EpisodicNeighbours;
import io.nightfeed.interest.Floats;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.InterestModel;
import io.nightfeed.interest.InterestModelEstimator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.ml.param.ParamMap;
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

  /** Rows as the estimator takes them: a catalogue, and engagements without impressions. */
  private static final StructType ROWS =
      new StructType()
          .add(USER_ID, DataTypes.StringType)
          .add(POST_ID, DataTypes.StringType)
          .add(ENGAGEMENT, DataTypes.DoubleType)
          .add(EXPOSURE, DataTypes.DoubleType)
          .add(EMOTIONAL_STATE, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(ENCODER, DataTypes.StringType)
          .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(CONTENT_EMOTIONS, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(AUTHOR_ID, DataTypes.StringType);

  /** Of the content, all of them. */
  private static final int COMPONENTS = 300;

  /** Taken off what is no longer fresh: more than tastes differ by. */
  private static final double STALE = 1e6;

  /** Posts drawn in the place of impressions. */
  private static final int NEGATIVES = 200;

  private static final long SEED = 7;

  private FactorModels() {}

  /** Spark's implicit alternating least squares (Hu, Koren and Volinsky 2008). */
  static Recommender als(SparkSession spark, int rank, List<Double> alphas, List<Double> ridges) {
    var grid = new ArrayList<Setting>();
    for (double alpha : alphas) {
      for (double ridge : ridges) {
        grid.add(
            new Setting(
                "rank %d, alpha %s, regParam %s".formatted(rank, alpha, ridge),
                train -> als(spark, train, rank, ridge, alpha)));
      }
    }
    return new Recommender("als", grid);
  }

  private static Scores als(
      SparkSession spark, Interactions train, int rank, double ridge, double alpha) {
    return scores(alternating(rank, ridge, alpha), pairs(spark, train), train);
  }

  static ALS alternating(int rank, double ridge, double alpha) {
    return new ALS()
        .setImplicitPrefs(true)
        .setRank(rank)
        .setRegParam(ridge)
        .setAlpha(alpha)
        .setMaxIter(10)
        .setSeed(SEED)
        .setUserCol(USER)
        .setItemCol(ITEM)
        .setRatingCol(RATING);
  }

  /** As ALS reads them. */
  static Dataset<Row> pairs(SparkSession spark, Interactions train) {
    var rows = new ArrayList<Row>();
    for (int user = 0; user < train.users(); user++) {
      for (var item : train.byUser()[user]) {
        rows.add(RowFactory.create(user, item, 1f));
      }
    }
    return spark.createDataFrame(rows, PAIRS);
  }

  static Scores scores(ALS als, Dataset<Row> pairs, Interactions train) {
    var model = als.fit(pairs);
    return products(
        vectors(model.userFactors(), train.users()), vectors(model.itemFactors(), train.items()));
  }

  /**
   * Implicit alternating least squares with ridges that grow with what a system holds (Rendle et
   * al. 2021): the interest model's taste without content.
   */
  static Recommender ials(
      SparkSession spark, List<Integer> ranks, List<Double> alphas, List<Double> ridges) {
    var grid = new TasteGrid(ranks, alphas, ridges, List.of(0.0), 0, List.of(), true);
    return taste(spark, "ials", Items.of(new float[0][]), grid);
  }

  /** The interest model's taste; see {@link InterestModelEstimator#fitTaste}. */
  static Recommender taste(SparkSession spark, String name, Items items, TasteGrid grid) {
    var settings = new ArrayList<Setting>();
    for (int rank : grid.ranks()) {
      for (double alpha : grid.unobservedWeights()) {
        for (double ridge : grid.regularizations()) {
          for (double scale : grid.contentScales()) {
            var estimator =
                estimator(rank, alpha, ridge)
                    .setContentScale(scale)
                    .setAuthorScale(grid.authorScale())
                    .setOffsets(grid.hasOffsets());
            var setting =
                new Setting(
                    "rank %d, unobservedWeight %s, regularization %s, contentScale %s"
                        .formatted(rank, alpha, ridge, scale),
                    train -> scores(estimator, rows(spark, items, train), train));
            if (grid.freshDays().isEmpty()) {
              settings.add(setting);
            }
            for (double days : grid.freshDays()) {
              settings.add(fresh(setting, items.created(), days));
            }
          }
        }
      }
    }
    return new Recommender(name, settings);
  }

  /** The method with each of its settings, and what is older than so many days last. */
  static Recommender fresh(Recommender method, long[] created, List<Double> days) {
    return new Recommender(
        "fresh_" + method.name(),
        method.role(),
        method.grid().stream()
            .flatMap(setting -> days.stream().map(limit -> fresh(setting, created, limit)))
            .toList());
  }

  /** What is older than that by the last engagement of the train part ranks last. */
  static Setting fresh(Setting setting, long[] created, double days) {
    return new Setting(
        setting.description() + ", fresh for " + days + " days",
        train -> {
          var scores = setting.fit().fit(train);
          double oldest = train.lastTime() - days * Duration.ofDays(1).toSeconds();
          return (user, target) -> {
            scores.write(user, target);
            for (int item = 0; item < target.length; item++) {
              target[item] -= created[item] < oldest ? STALE : 0;
            }
          };
        });
  }

  static InterestModelEstimator estimator(int rank, double alpha, double ridge) {
    return new InterestModelEstimator()
        .setRank(rank)
        .setUnobservedWeight(alpha)
        .setRegularization(ridge)
        .setContentComponents(COMPONENTS)
        .setSampledNegatives(0);
  }

  /** As the estimator reads them. */
  static Dataset<Row> rows(SparkSession spark, Items items, Interactions train) {
    var calm = new float[Intensities.EMOTIONS];
    var rows = new ArrayList<Row>();
    for (int item = 0; item < train.items(); item++) {
      var known = items.hasContent();
      rows.add(
          RowFactory.create(
              null,
              id(item),
              null,
              null,
              null,
              known ? ENCODER : null,
              known ? items.content()[item] : null,
              calm,
              items.authors().length > 0 ? items.authors()[item] : null));
    }
    for (int user = 0; user < train.users(); user++) {
      for (var item : train.byUser()[user]) {
        rows.add(RowFactory.create(id(user), id(item), 1.0, 1.0, calm, null, null, null, null));
      }
    }
    return spark.createDataFrame(rows, ROWS);
  }

  static Scores scores(InterestModelEstimator estimator, Dataset<Row> rows, Interactions train) {
    var taste = estimator.fitTaste(rows);
    var users = new float[train.users()][];
    taste.users().collect().forEach(user -> users[Integer.parseInt(user.userId())] = user.vector());
    taste.users().unpersist();
    var vectors = new float[train.items()][];
    var posts = taste.posts();
    for (int place = 0; place < posts.length; place++) {
      vectors[Integer.parseInt(posts[place])] = taste.itemVector(place);
    }
    return products(users, vectors);
  }

  /**
   * The interest model in the form that {@code train} publishes: taste as a rate. Nobody's mood is
   * known, so that emotion adds the same to every post.
   */
  static Recommender published(
      SparkSession spark, Items items, InterestModelEstimator taste, double contentScale) {
    var estimator =
        taste.copy(new ParamMap()).setContentScale(contentScale).setSampledNegatives(NEGATIVES);
    return new Recommender(
        "published",
        Role.FORM,
        List.of(
            new Setting(
                "as it is", train -> published(estimator.fit(rows(spark, items, train)), train))));
  }

  private static Scores published(InterestModel model, Interactions train) {
    var users = new float[train.users()][];
    Arrays.fill(users, model.population());
    model
        .users()
        .select(USER_ID, USER_VECTOR)
        .collectAsList()
        .forEach(row -> users[Integer.parseInt(row.getString(0))] = Floats.of(row, USER_VECTOR));
    var vectors = new float[train.items()][];
    model
        .items()
        .select(POST_ID, ITEM_VECTOR)
        .collectAsList()
        .forEach(row -> vectors[Integer.parseInt(row.getString(0))] = Floats.of(row, ITEM_VECTOR));
    return products(users, vectors);
  }

  /**
   * The interest model's taste for catalogues of some thousand items; see {@link
   * EpisodicNeighbours}.
   */
  static Recommender episodes(float[][] content) {
    var grid = new ArrayList<Setting>();
    for (double weight : new double[] {4, 8}) {
      for (double ridge : new double[] {300, 400}) {
        for (double share : new double[] {0.2, 0.3}) {
          var settings = new EpisodicNeighbours.Settings(ridge, weight, 10, 5, share);
          grid.add(new Setting(settings.toString(), train -> episodes(content, train, settings)));
        }
      }
    }
    return new Recommender("interest_model", grid);
  }

  private static Scores episodes(
      float[][] content, Interactions train, EpisodicNeighbours.Settings settings) {
    var neighbours = EpisodicNeighbours.fit(train.items(), train.byTime(), content, settings);
    return (user, scores) -> neighbours.write(train.byUser()[user], scores);
  }

  private static String id(int number) {
    return String.valueOf(number);
  }

  /** By number; null where Spark saw no pair. */
  private static float[][] vectors(Dataset<Row> factors, int count) {
    var vectors = new float[count][];
    factors.collectAsList().forEach(row -> vectors[row.getInt(0)] = Floats.of(row, FEATURES));
    return vectors;
  }

  /** Dot products, 0 for what has no vector. */
  static Scores products(float[][] users, float[][] items) {
    int rank = Arrays.stream(items).filter(Objects::nonNull).findFirst().orElseThrow().length;
    // A row for each dimension: sums over one go through memory in order, many items at a time.
    var byDimension = new float[rank][items.length];
    for (int item = 0; item < items.length; item++) {
      for (int k = 0; items[item] != null && k < rank; k++) {
        byDimension[k][item] = items[item][k];
      }
    }
    return (user, scores) -> {
      Arrays.fill(scores, 0);
      for (int k = 0; users[user] != null && k < rank; k++) {
        double weight = users[user][k];
        var values = byDimension[k];
        for (int item = 0; item < scores.length; item++) {
          scores[item] += weight * values[item];
        }
      }
    };
  }
}
