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
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
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

  private static Dataset<Row> clear;
  private static Dataset<Row> noisy;
  private static HeadTraining.Trained ofClear;
  private static HeadTraining.Trained ofNoisy;

  @BeforeAll
  static void train() {
    clear = texts(0);
    noisy = texts(0.2);
    ofClear = HeadTraining.train(clear, CLASSES);
    ofNoisy = HeadTraining.train(noisy, CLASSES);
  }

  @Test
  void head_readsWhatBothReadersKnow() {
    var predictions = Evaluation.predictions(ofClear.head(), test(clear));
    var decided = new Predictions.Decisions(new double[] {1, 1, 1}, false).decide(predictions);
    assertThat(predictions.size()).isEqualTo(300);
    // The class that nobody has counts as nothing.
    assertThat(predictions.macroF1(decided)).isCloseTo(2.0 / 3, within(0.02));
  }

  @Test
  void classWithoutTexts_isPracticallyImpossible() {
    assertThat(ofClear.classes()).containsExactly("joy", "anger");
    assertThat(Evaluation.predictions(ofClear.head(), test(clear)).probability(0, 1))
        .isLessThan(1e-6);
  }

  @Test
  void storedHead_saysWhatTheBlendSaid() {
    var dev = Evaluation.predictions(ofNoisy.head(), noisy.where(PART + " = 'dev'"));
    for (int i = 0; i < dev.size(); i++) {
      assertThat(dev.probability(i, 0)).isCloseTo(ofNoisy.dev().probability(i, 0), within(0.02));
    }
  }

  @Test
  void mistakenLabels_makeTheHeadLessSure() {
    assertThat(meanConfidence(ofClear, clear)).isGreaterThan(0.95);
    // One label in five is wrong; 300 texts tell that to some hundredths.
    assertThat(meanConfidence(ofNoisy, noisy)).isBetween(0.65, 0.9);
  }

  private static double meanConfidence(HeadTraining.Trained trained, Dataset<Row> texts) {
    var predictions = Evaluation.predictions(trained.head(), test(texts));
    return IntStream.range(0, predictions.size())
        .mapToDouble(i -> predictions.probability(i, predictions.likeliest(i)))
        .average()
        .orElseThrow();
  }

  private static Dataset<Row> test(Dataset<Row> texts) {
    return texts.where(PART + " = 'test'");
  }
}
