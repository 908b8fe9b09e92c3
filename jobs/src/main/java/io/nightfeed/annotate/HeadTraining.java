package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.EMOTION;
import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Fits one head by Spark ML's logistic regression, its ridge chosen on held-out texts. */
final class HeadTraining {
  private static final String FEATURES = "features";
  private static final String LABEL = "label";
  private static final double[] RIDGES = {1e-5, 1e-4, 1e-3};

  /** Bias of a class that the corpus does not know: a probability of practically nothing. */
  private static final double UNKNOWN_CLASS_BIAS = -30;

  private HeadTraining() {}

  /** A head and how it did on the held-out texts. */
  record Trained(Heads.Layer layer, double ridge, double accuracy, double macroF1) {}

  /**
   * @param train texts with an embedding and the label column
   * @param heldOut the same, to choose the ridge by macro-F1
   * @param label {@code emotion} or {@code sentiment}
   */
  static Trained train(Dataset<Row> train, Dataset<Row> heldOut, String label) {
    var classes = label.equals(EMOTION) ? Heads.EMOTION_NAMES : Heads.SENTIMENTS;
    var present =
        classes.stream().filter(name -> !train.where(col(label).equalTo(name)).isEmpty()).toList();
    var examples = indexed(train, label, present).cache();
    var checks = indexed(heldOut, label, present).cache();
    Trained best = null;
    for (var ridge : RIDGES) {
      var model =
          new LogisticRegression()
              .setFamily("multinomial")
              .setRegParam(ridge)
              .setMaxIter(200)
              .setTol(1e-6)
              .setFeaturesCol(FEATURES)
              .setLabelCol(LABEL)
              .fit(examples);
      var macroF1 = macroF1(model.transform(checks), present.size());
      if (best == null || macroF1 > best.macroF1()) {
        var accuracy =
            new MulticlassClassificationEvaluator()
                .setMetricName("accuracy")
                .evaluate(model.transform(checks));
        best = new Trained(layer(model, classes, present), ridge, accuracy, macroF1);
      }
    }
    examples.unpersist();
    checks.unpersist();
    return best;
  }

  private static Dataset<Row> indexed(Dataset<Row> texts, String label, List<String> present) {
    var names = array(present.stream().map(functions::lit).toArray(Column[]::new));
    return texts
        .where(col(label).isin(present.toArray()))
        .select(
            array_to_vector(col(EMBEDDING)).as(FEATURES),
            array_position(names, col(label)).minus(1).cast("double").as(LABEL));
  }

  /** The unweighted mean of the classes' F1. */
  private static double macroF1(Dataset<Row> predictions, int classes) {
    var evaluator = new MulticlassClassificationEvaluator().setMetricName("fMeasureByLabel");
    var sum = 0.0;
    for (var k = 0; k < classes; k++) {
      sum += evaluator.setMetricLabel(k).evaluate(predictions);
    }
    return sum / classes;
  }

  private static Heads.Layer layer(
      LogisticRegressionModel model, List<String> classes, List<String> present) {
    var coefficients = model.coefficientMatrix();
    var weights = new double[classes.size()][coefficients.numCols()];
    var biases = new double[classes.size()];
    for (var k = 0; k < classes.size(); k++) {
      var row = present.indexOf(classes.get(k));
      biases[k] = row < 0 ? UNKNOWN_CLASS_BIAS : rounded(model.interceptVector().apply(row));
      for (var i = 0; row >= 0 && i < coefficients.numCols(); i++) {
        weights[k][i] = rounded(coefficients.apply(row, i));
      }
    }
    return new Heads.Layer(weights, biases);
  }

  /** Four decimals keep the file small; probabilities move by less than 0.001. */
  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
