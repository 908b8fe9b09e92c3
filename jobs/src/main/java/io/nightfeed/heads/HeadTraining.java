package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.DEV;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.udf;

import io.nightfeed.udfs.TextFeatures;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;

/**
 * Fits a head.
 *
 * <ol>
 *   <li>Two multinomial logistic regressions: one over the embedding, one over the {@link
 *       TextFeatures}. Each one's ridge is chosen by the dev part's log loss.
 *   <li>The blend of their log-odds and the temperature (Guo et al. 2017) are chosen by it, too.
 * </ol>
 *
 * The result is linear in both, and calibrated on texts that it was not fitted to.
 */
final class HeadTraining {
  private static final String FEATURES = "features";
  private static final String LABEL = "label";
  private static final String WEIGHT = "weight";

  /** Ridges times the number of texts. */
  private static final double[] EMBEDDING_RIDGES = {100, 600};

  private static final double[] FEATURE_RIDGES = {0.05, 0.2};

  /**
   * Few, since every step of a fit sends all coefficients once from each; a fixed number, since
   * sums are taken part by part.
   */
  private static final int PARTITIONS = 2;

  /** Otherwise Spark goes through all coefficients for every megabyte of rows. */
  private static final double BLOCK_MB = 256;

  private static final UserDefinedFunction TEXT_FEATURES =
      udf((UDF1<String, Vector>) HeadTraining::features, SQLDataTypes.VectorType());

  private HeadTraining() {}

  /**
   * @param classes that the train part has, in the head's order
   * @param dev the head's predictions for the dev part
   * @param description what was chosen
   */
  record Trained(Head head, List<String> classes, Predictions dev, String description) {}

  /**
   * @param texts with readable text, embedding, labels and part; labels that are no class are left
   *     out
   * @param classes in the order that the head is to have
   */
  static Trained train(Dataset<Row> texts, List<String> classes) {
    var train = texts.where(col(PART).equalTo(TRAIN));
    var present =
        train.select(explode(col(LABELS)).as(LABEL)).distinct().collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    var known = classes.stream().filter(present::contains).toList();
    var labelled = labelled(train, known).cache();
    var dev = Examples.collect(texts.where(col(PART).equalTo(DEV)), known);
    try {
      long count = Math.max(1, labelled.count());
      var embedding =
          best(labelled, array_to_vector(col(EMBEDDING)), true, EMBEDDING_RIDGES, count, dev);
      var pieces =
          best(
              labelled, TEXT_FEATURES.apply(col(READABLE_TEXT)), false, FEATURE_RIDGES, count, dev);
      var blend = Blend.choose(embedding.scores(), pieces.scores(), dev.labels());
      var head =
          Head.of(
              classes,
              known,
              scaled(embedding.weights(), blend.share() / blend.temperature()),
              scaled(pieces.weights(), (1 - blend.share()) / blend.temperature()),
              blend.biases(embedding.biases(), pieces.biases()));
      var description =
          "embedding ridge %s, features ridge %s, share of the embedding %.1f, temperature %.2f"
              .formatted(embedding.ridge(), pieces.ridge(), blend.share(), blend.temperature());
      return new Trained(
          head, known, blend.apply(embedding.scores(), pieces.scores(), dev.labels()), description);
    } finally {
      labelled.unpersist();
    }
  }

  /** A row for each label of a text, which share the text's weight. */
  private static Dataset<Row> labelled(Dataset<Row> texts, List<String> known) {
    var names = array(known.stream().map(functions::lit).toArray(Column[]::new));
    return texts
        .withColumn(LABELS, functions.array_intersect(col(LABELS), names))
        .where(size(col(LABELS)).gt(0))
        .withColumn(WEIGHT, lit(1.0).divide(size(col(LABELS))))
        .withColumn(LABEL, explode(col(LABELS)))
        .withColumn(LABEL, array_position(names, col(LABEL)).minus(1).cast("double"))
        .select(TEXT, READABLE_TEXT, EMBEDDING, LABEL, WEIGHT);
  }

  /** One regression with the dev part's scores. */
  private record Fitted(
      double ridge, double[][] weights, double[] biases, double[][] scores, double loss) {}

  private static Fitted best(
      Dataset<Row> labelled,
      Column features,
      boolean isEmbedding,
      double[] ridges,
      long count,
      Examples dev) {
    var rows =
        labelled
            .repartition(PARTITIONS, col(TEXT))
            .sortWithinPartitions(TEXT, LABEL)
            .select(features.as(FEATURES), col(LABEL), col(WEIGHT))
            .cache();
    Fitted best = null;
    for (var ridge : ridges) {
      var model =
          new LogisticRegression()
              .setFamily("multinomial")
              .setRegParam(ridge / count)
              .setStandardization(isEmbedding)
              .setMaxIter(100)
              .setTol(1e-5)
              .setMaxBlockSizeInMB(BLOCK_MB)
              .setWeightCol(WEIGHT)
              .setFeaturesCol(FEATURES)
              .setLabelCol(LABEL)
              .fit(rows);
      var fitted = fitted(model, ridge, isEmbedding, dev);
      if (best == null || fitted.loss() < best.loss()) {
        best = fitted;
      }
    }
    rows.unpersist();
    return best;
  }

  private static Fitted fitted(
      LogisticRegressionModel model, double ridge, boolean isEmbedding, Examples dev) {
    var matrix = model.coefficientMatrix();
    var weights = new double[matrix.numRows()][matrix.numCols()];
    for (int k = 0; k < weights.length; k++) {
      for (int i = 0; i < weights[k].length; i++) {
        weights[k][i] = matrix.apply(k, i);
      }
    }
    var biases = model.interceptVector().toArray();
    var scores = new double[dev.size()][];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = biases.clone();
      for (int k = 0; k < biases.length; k++) {
        scores[i][k] += isEmbedding ? dev.dot(i, weights[k]) : dev.unitSum(i, weights[k]);
      }
    }
    var loss = Blend.predictions(scores, dev.labels()).logLoss();
    return new Fitted(ridge, weights, biases, scores, loss);
  }

  private static double[][] scaled(double[][] weights, double by) {
    return Arrays.stream(weights)
        .map(row -> Arrays.stream(row).map(weight -> weight * by).toArray())
        .toArray(double[][]::new);
  }

  /** Of unit length. */
  private static Vector features(String readable) {
    var buckets = TextFeatures.buckets(readable);
    var values = new double[buckets.length];
    Arrays.fill(values, 1 / Math.sqrt(Math.max(1, buckets.length)));
    return Vectors.sparse(TextFeatures.BUCKETS, buckets, values);
  }

  /** Texts in the driver, in the order of their content. */
  record Examples(List<float[]> embeddings, List<int[]> buckets, boolean[][] labels) {
    static Examples collect(Dataset<Row> texts, List<String> known) {
      var rows =
          texts
              .select(TEXT, READABLE_TEXT, EMBEDDING, LABELS)
              .orderBy(TEXT)
              .collectAsList()
              .stream()
              .filter(row -> row.<String>getList(3).stream().anyMatch(known::contains))
              .toList();
      var labels = new boolean[rows.size()][known.size()];
      for (int i = 0; i < labels.length; i++) {
        var names = rows.get(i).<String>getList(3);
        for (int k = 0; k < known.size(); k++) {
          labels[i][k] = names.contains(known.get(k));
        }
      }
      return new Examples(
          rows.stream().map(row -> floats(row.getList(2))).toList(),
          rows.stream().map(row -> TextFeatures.buckets(row.getString(1))).toList(),
          labels);
    }

    int size() {
      return labels.length;
    }

    double dot(int text, double[] weights) {
      var embedding = embeddings.get(text);
      return IntStream.range(0, weights.length).mapToDouble(i -> embedding[i] * weights[i]).sum();
    }

    double unitSum(int text, double[] weights) {
      var present = buckets.get(text);
      double sum = 0;
      for (var bucket : present) {
        sum += weights[bucket];
      }
      return sum / Math.sqrt(Math.max(1, present.length));
    }

    private static float[] floats(List<Float> values) {
      var floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i);
      }
      return floats;
    }
  }
}
