package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What a fitted model consists of.
 *
 * @param items post_id, item_vector, content_emotions
 * @param users user_id, user_vector
 * @param residuals user_id, post_id, residual
 * @param population the user vector of users without a history
 * @param emotion parameters of the emotion term
 * @param emotionEffect how much mood changes which content rises
 * @param summary sizes and fit
 */
record InterestModelParts(
    Dataset<Row> items,
    Dataset<Row> users,
    Dataset<Row> residuals,
    float[] population,
    EmotionParameters emotion,
    EmotionEffect emotionEffect,
    FitSummary summary) {

  private static final DataType VECTOR = createArrayType(FloatType, false);

  static InterestModelParts of(
      SparkSession spark,
      TrainingData data,
      IntensityCalibration.Result fit,
      Hyperparameters parameters,
      boolean isWarm) {
    var totals = data.totals();
    double rate = totals.engagement() / totals.exposure();
    return new InterestModelParts(
        items(spark, data, fit),
        users(spark, fit),
        residuals(spark, data, fit, parameters.userRegularization()),
        fit.population(),
        fit.emotion(),
        fit.emotionEffect(),
        new FitSummary(
            totals.users(),
            data.posts().length,
            totals.touched().cardinality(),
            totals.interactions(),
            fit.logLikelihood() / totals.exposure(),
            fit.nullLogLikelihood() / totals.exposure(),
            rate,
            parameters.rank(),
            totals.isEngagementAlone(),
            isWarm));
  }

  private static Dataset<Row> items(
      SparkSession spark, TrainingData data, IntensityCalibration.Result fit) {
    var vectors = fit.items();
    var rows =
        IntStream.range(0, data.posts().length)
            .mapToObj(
                item ->
                    RowFactory.create(
                        data.posts()[item], vectors.row(item), data.contentEmotions()[item]))
            .toList();
    var schema =
        new StructType()
            .add(POST_ID, StringType, false)
            .add(ITEM_VECTOR, VECTOR, false)
            .add(CONTENT_EMOTIONS, VECTOR, false);
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(context.parallelize(rows, fit.users().getNumPartitions()), schema);
  }

  private static Dataset<Row> users(SparkSession spark, IntensityCalibration.Result fit) {
    var schema = new StructType().add(USER_ID, StringType, false).add(USER_VECTOR, VECTOR, false);
    double slope = fit.tasteSlope();
    return spark.createDataFrame(
        fit.users()
            .flatMap(
                block ->
                    block.stream()
                        .map(
                            user ->
                                RowFactory.create(
                                    user.history().userId(), user.scoringVector(slope)))
                        .iterator()),
        schema);
  }

  private static Dataset<Row> residuals(
      SparkSession spark, TrainingData data, IntensityCalibration.Result fit, double precision) {
    var schema =
        new StructType()
            .add(USER_ID, StringType, false)
            .add(POST_ID, StringType, false)
            .add(RESIDUAL, FloatType, false);
    double slope = fit.tasteSlope();
    var posts = JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(data.posts());
    return spark.createDataFrame(
        fit.users()
            .flatMap(
                block ->
                    block.stream()
                        .flatMap(user -> residuals(user, posts.value(), precision, slope))
                        .iterator()),
        schema);
  }

  /** One row per post of the logs; rows are sorted by post, so repeated posts are neighbours. */
  private static Stream<Row> residuals(
      FittedUser user, String[] posts, double precision, double slope) {
    var history = user.history();
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < history.logged(); ) {
      int item = history.items()[row];
      double residual = 0;
      for (; row < history.logged() && history.items()[row] == item; row++) {
        residual += user.support(row, precision, slope);
      }
      rows.add(RowFactory.create(history.userId(), posts[item], (float) residual));
    }
    return rows.stream();
  }
}
