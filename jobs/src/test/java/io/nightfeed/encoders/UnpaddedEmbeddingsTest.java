package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.johnsnowlabs.nlp.EmbeddingsFinisher;
import com.johnsnowlabs.nlp.embeddings.E5Embeddings;
import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real English encoder: needs {@code make models}, which {@code make test} runs. */
class UnpaddedEmbeddingsTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final String DOCUMENT = TextEncoder.DOCUMENT;
  private static final String VECTOR = "vector";
  private static final String FINISHED = "finished";
  private static final Settings SETTINGS =
      SettingsLoader.load(List.of(), Map.of("models-folder", "\"../target/models\""));
  private static final Settings.Encoder ENGLISH =
      SETTINGS.encoders().stream().filter(e -> e.languages().contains("en")).findFirst().get();
  private static final Path FOLDER = new EncoderFolders(SETTINGS.modelsFolder()).verified(ENGLISH);

  @TempDir private Path folder;

  private static Dataset<Row> texts(String... texts) {
    return SPARK.createDataset(List.of(texts), Encoders.STRING()).toDF(TEXT).coalesce(1);
  }

  private static UnpaddedEmbeddings embeddings() {
    return embeddings(FOLDER, ENGLISH, 1);
  }

  private static PipelineModel pipeline(PipelineStage embeddings) {
    var finisher = new EmbeddingsFinisher();
    finisher.setInputCols(new String[] {VECTOR});
    finisher.setOutputCols(new String[] {FINISHED});
    return new Pipeline()
        .setStages(new PipelineStage[] {TextEncoder.document(TEXT, DOCUMENT), embeddings, finisher})
        .fit(texts(""));
  }

  /** By text, the vectors that Spark NLP's own finisher takes out. */
  private static List<List<List<Float>>> vectors(PipelineModel pipeline, Dataset<Row> texts) {
    return pipeline.transform(texts).select(col(FINISHED)).collectAsList().stream()
        .map(
            row ->
                row.<scala.collection.Seq<Float>>getList(0).stream()
                    .map(scala.collection.JavaConverters::seqAsJavaList)
                    .toList())
        .toList();
  }

  @Test
  void vector_isSparkNlps() {
    var theirs = new E5Embeddings();
    theirs.setInputCols(new String[] {DOCUMENT});
    theirs.setOutputCol(VECTOR);
    theirs.setBatchSize(1);
    theirs.setMaxSentenceLength(SETTINGS.annotate().maxTokens());
    theirs.set(theirs.engine(), TextEncoder.ONNX);
    theirs
        .setVocabulary(TextEncoder.vocabulary(FOLDER))
        .setModelIfNotSet(
            SPARK,
            scala.Option.empty(),
            scala.Option.apply(TextEncoder.onnxModel(SPARK, ENGLISH, FOLDER)),
            scala.Option.empty());
    // Without accents and typographic marks, which Spark NLP tokenizes otherwise.
    var texts = texts("A text of some words, naive and so on.", "Short", "and so on ".repeat(100));

    var expected = vectors(pipeline(theirs), texts);
    var found = vectors(pipeline(embeddings()), texts);

    for (int text = 0; text < 3; text++) {
      for (int j = 0; j < ENGLISH.dimension(); j++) {
        assertThat(found.get(text).get(0).get(j))
            .isCloseTo(expected.get(text).get(0).get(j), within(1e-5f));
      }
    }
  }

  @Test
  void order_isKeptWhenLengthsAreMixedInABatch() {
    var one = embeddings();
    var many = embeddings(FOLDER, ENGLISH, 8);
    var texts = texts("a b c d e f g", "hello", "", "two cats", "good bye", "hello");

    var alone = vectors(pipeline(one), texts);
    var together = vectors(pipeline(many), texts);

    assertThat(together.get(2)).as("blank").isEmpty();
    for (int text : new int[] {0, 1, 3, 4, 5}) {
      for (int other : new int[] {0, 1, 3, 4}) {
        var isSame = other == (text == 5 ? 1 : text);
        assertThat(cosine(together.get(text).get(0), alone.get(other).get(0)) > 0.99)
            .as(text + " and " + other)
            .isEqualTo(isSame);
      }
    }
  }

  @Test
  void vectorsAlone_areThoseOfTheAnnotations() {
    var texts = texts("hello", " ", "two cats", "a b c d e f g");
    var annotated = vectors(pipeline(embeddings()), texts);

    var rows = embeddings().embed(texts, col(TEXT), VECTOR).collectAsList();

    assertThat(rows)
        .extracting(row -> row.getString(0))
        .containsExactly("hello", " ", "two cats", "a b c d e f g");
    for (int text = 0; text < rows.size(); text++) {
      var expected =
          text == 1 ? Collections.nCopies(ENGLISH.dimension(), 0f) : annotated.get(text).get(0);
      assertThat(rows.get(text).<Float>getList(1)).isEqualTo(expected);
    }
  }

  /** Alone, among others of equal and other lengths, in other orders, calls and partitions. */
  @Test
  void vectorOfAFloatModel_isTheTextsAlone() {
    var tiny = Path.of("src/test/resources/tiny-encoder");
    var encoder =
        new Settings.Encoder(
            "tiny", List.of("*"), Settings.EncoderClass.E5, 16, "", "of tests", "of tests");
    var texts = List.of("the cat", "dog and cat", "good day", "a b c 1 2 3", "the dog", "x");
    var alone = alone(pipeline(embeddings(tiny, encoder, 1)), texts);

    for (int batch : new int[] {1, 2, 8}) {
      for (int partitions : new int[] {1, 2, 5}) {
        assertThat(together(pipeline(embeddings(tiny, encoder, batch)), texts, partitions))
            .as("%d texts a call, %d partitions", batch, partitions)
            .usingRecursiveComparison()
            .withComparatorForType(
                (left, right) -> Math.abs(left - right) <= 1e-5f ? 0 : 1, Float.class)
            .isEqualTo(alone);
      }
    }
  }

  /** Between fixed ranges, not a bit changes with the other texts of a call. */
  @Test
  void vectorOfAQuantizedModel_isTheTextsAlone() {
    var texts = List.of("two cats", "The third dog of five, and more", "good day", "x", "two dogs");
    var alone = alone(pipeline(embeddings()), texts);

    for (int batch : new int[] {1, 2, 16}) {
      for (int partitions : new int[] {1, 2, 4}) {
        assertThat(together(pipeline(embeddings(FOLDER, ENGLISH, batch)), texts, partitions))
            .as("%d texts a call, %d partitions", batch, partitions)
            .isEqualTo(alone);
      }
    }
  }

  private static UnpaddedEmbeddings embeddings(Path folder, Settings.Encoder encoder, int batch) {
    var embeddings = TextEncoder.embeddings(SPARK, encoder, folder, SETTINGS.annotate());
    embeddings.setOutputCol(VECTOR);
    embeddings.setTextsPerCall(batch);
    return embeddings;
  }

  private static Map<String, List<Float>> alone(PipelineModel pipeline, List<String> texts) {
    var vectors = new TreeMap<String, List<Float>>();
    texts.forEach(text -> vectors.putAll(together(pipeline, List.of(text), 1)));
    return vectors;
  }

  /** By text; in reverse order, since the other order is that of {@link #alone}. */
  private static Map<String, List<Float>> together(
      PipelineModel pipeline, List<String> texts, int partitions) {
    var rows =
        texts(texts.toArray(String[]::new))
            .repartition(partitions)
            .sortWithinPartitions(desc(TEXT));
    var vectors = new TreeMap<String, List<Float>>();
    for (var row : pipeline.transform(rows).select(col(TEXT), col(FINISHED)).collectAsList()) {
      var finished = row.<scala.collection.Seq<Float>>getList(1).get(0);
      vectors.put(row.getString(0), scala.collection.JavaConverters.seqAsJavaList(finished));
    }
    return vectors;
  }

  private static double cosine(List<Float> left, List<Float> right) {
    double sum = 0;
    for (int j = 0; j < left.size(); j++) {
      sum += left.get(j) * right.get(j);
    }
    return sum;
  }

  @Test
  void savedPipeline_loadsAndGivesTheSame() throws java.io.IOException {
    var texts = texts("To be saved, and to be loaded.");
    var saved = pipeline(embeddings());
    saved.write().overwrite().save(folder.resolve("pipeline").toString());

    var loaded = PipelineModel.load(folder.resolve("pipeline").toString());

    assertThat(loaded.stages()[1]).isInstanceOf(UnpaddedEmbeddings.class);
    assertThat(((UnpaddedEmbeddings) loaded.stages()[1]).getPooling())
        .isEqualTo(UnpaddedEmbeddings.MEAN);
    assertThat(vectors(loaded, texts)).isEqualTo(vectors(saved, texts));
  }
}
