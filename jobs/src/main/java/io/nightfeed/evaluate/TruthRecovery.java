package io.nightfeed.evaluate;

import static io.nightfeed.tables.Columns.EMOTIONAL_STATE;
import static io.nightfeed.tables.Columns.ENGAGEMENTS;
import static io.nightfeed.tables.Columns.EXPECTED;
import static io.nightfeed.tables.Columns.INTENSITY;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.nightfeed.interest.EmotionEffect;
import io.nightfeed.interest.Intensities;
import io.nightfeed.interest.ServingModel;
import io.nightfeed.lake.Lake;
import io.nightfeed.simulate.Truth;
import io.nightfeed.tables.Silver;
import io.nightfeed.udfs.Pseudonym;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How well the model of one night recovers the truth of a simulated platform.
 *
 * @param rankCorrelation Spearman's, of estimated and true I(u,c) over pairs of users and posts
 *     that never met, in the users' moods on the run date
 * @param rankCorrelationWithinUsers the mean of the same within each user: what a ranking needs
 * @param effect the estimated emotion effect
 * @param engagementsPerUser logged engagements with known posts, before decay
 * @param pairs number of held-out pairs
 */
record TruthRecovery(
    double rankCorrelation,
    double rankCorrelationWithinUsers,
    EmotionEffect effect,
    double engagementsPerUser,
    long pairs) {
  private static final int POSTS_PER_USER = 20;

  private static final StructType PAIRS =
      new StructType()
          .add(USER_ID, DataTypes.StringType)
          .add(POST_ID, DataTypes.StringType)
          .add(EXPECTED, DataTypes.DoubleType);

  static TruthRecovery measure(
      SparkSession spark, Lake lake, LocalDate runDate, Truth truth, Pseudonym pseudonym) {
    var model = ServingModel.of(lake, runDate).orElseThrow().load(lake);
    var signals = lake.slice(Silver.USER_ITEM_SIGNALS, runDate);
    var states = lake.slice(Silver.USER_STATES, runDate).select(USER_ID, EMOTIONAL_STATE);
    var unknown = array_repeat(lit(0f), Intensities.EMOTIONS);
    var pairs =
        heldOut(spark, truth, signals, runDate, pseudonym)
            .join(states, new String[] {USER_ID}, "left")
            .withColumn(EMOTIONAL_STATE, coalesce(col(EMOTIONAL_STATE), unknown));
    var scored =
        model
            .transform(pairs)
            .select(USER_ID, EXPECTED, INTENSITY)
            .where(col(INTENSITY).isNotNull())
            .collectAsList();
    return new TruthRecovery(
        spearman(scored),
        spearmanWithinUsers(scored),
        model.emotionEffect(),
        signals.agg(sum(ENGAGEMENTS).divide(countDistinct(USER_ID))).first().getDouble(0),
        scored.size());
  }

  /** Pairs that never met, drawn by seed for every user who was active, with their true rates. */
  private static Dataset<Row> heldOut(
      SparkSession spark,
      Truth truth,
      Dataset<Row> signals,
      LocalDate runDate,
      Pseudonym pseudonym) {
    var met =
        signals.select(USER_ID, POST_ID).collectAsList().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getString(0),
                    Collectors.mapping(row -> row.getString(1), Collectors.toSet())));
    var posts = truth.posts().stream().map(post -> post.postId()).toList();
    var rows = new ArrayList<Row>();
    for (var user : truth.users()) {
      var name = pseudonym.call(user.userId());
      if (met.containsKey(name)) {
        for (var post : draw(posts, met.get(name), user.userId().hashCode())) {
          var rate = truth.intensity(user.userId(), post, runDate);
          rows.add(RowFactory.create(name, post, rate));
        }
      }
    }
    return spark.createDataFrame(rows, PAIRS);
  }

  private static List<String> draw(List<String> posts, Set<String> met, long seed) {
    return new Random(seed)
        .ints(0, posts.size())
        .distinct()
        .limit(posts.size())
        .mapToObj(posts::get)
        .filter(post -> !met.contains(post))
        .limit(POSTS_PER_USER)
        .toList();
  }

  private static double spearman(List<Row> rows) {
    var expected = rows.stream().mapToDouble(row -> row.getDouble(1)).toArray();
    var estimated = rows.stream().mapToDouble(row -> row.getDouble(2)).toArray();
    return new SpearmansCorrelation().correlation(expected, estimated);
  }

  private static double spearmanWithinUsers(List<Row> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(row -> row.getString(0), TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .filter(user -> user.size() > 2)
        .mapToDouble(TruthRecovery::spearman)
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }
}
