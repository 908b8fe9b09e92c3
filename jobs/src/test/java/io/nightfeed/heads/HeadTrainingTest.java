package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class HeadTrainingTest {
  private static final List<String> CLASSES = List.of("joy", "fear", "anger");
  private static final StructType SCHEMA =
      new StructType()
          .add(TEXT, DataTypes.StringType)
          .add(READABLE_TEXT, DataTypes.StringType)
          .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(LABELS, DataTypes.createArrayType(DataTypes.StringType))
          .add(PART, DataTypes.StringType);

  /** Joy shows in the embedding, anger in the words; nobody is afraid. */
  private static Dataset<Row> texts(double noise) {
    var random = new SplittableRandom(7);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 900; i++) {
      var label = i % 2 == 0 ? "joy" : "anger";
      boolean isMistaken = random.nextDouble() < noise;
      var isJoyful = label.equals("joy") != isMistaken;
      var text = (isJoyful ? "a plain text " : "a furious text ") + Integer.toString(i, 36);
      float shift = isJoyful ? 0.2f : -0.2f;
      rows.add(
          RowFactory.create(
              text,
              text,
              List.of((float) random.nextDouble() + shift, (float) random.nextDouble()),
              List.of(label, "boredom"),
              i % 3 == 0 ? "dev" : i % 3 == 1 ? "train" : "test"));
    }
    return SparkTest.spark().createDataFrame(rows, SCHEMA);
  }

  @Test
  void head_readsWhatBothReadersKnow() {
    var texts = texts(0);
    var head = HeadTraining.train(texts, CLASSES).head();
    var predictions = Evaluation.predictions(head, test(texts));
    var decided = new Predictions.Decisions(new double[] {1, 1, 1}, false).decide(predictions);
    assertThat(predictions.size()).isEqualTo(300);
    // The class that nobody has counts as nothing.
    assertThat(predictions.macroF1(decided)).isCloseTo(2.0 / 3, within(0.02));
  }

  @Test
  void classWithoutTexts_isPracticallyImpossible() {
    var texts = texts(0);
    var trained = HeadTraining.train(texts, CLASSES);
    assertThat(trained.classes()).containsExactly("joy", "anger");
    assertThat(Evaluation.predictions(trained.head(), test(texts)).probability(0, 1))
        .isLessThan(1e-6);
  }

  @Test
  void storedHead_saysWhatTheBlendSaid() {
    var texts = texts(0.2);
    var trained = HeadTraining.train(texts, CLASSES);
    var dev = Evaluation.predictions(trained.head(), texts.where(PART + " = 'dev'"));
    for (int i = 0; i < dev.size(); i++) {
      assertThat(dev.probability(i, 0)).isCloseTo(trained.dev().probability(i, 0), within(0.02));
    }
  }

  @Test
  void mistakenLabels_makeTheHeadLessSure() {
    var calibrated =
        Calibration.of(
            Evaluation.predictions(
                HeadTraining.train(texts(0.2), CLASSES).head(), test(texts(0.2))),
            "made up");
    assertThat(calibrated.expectedCalibrationError()).isLessThan(0.08);
    assertThat(calibrated.groups()).allMatch(group -> group.confidence() < 0.95);
  }

  private static Dataset<Row> test(Dataset<Row> texts) {
    return texts.where(PART + " = 'test'");
  }
}
