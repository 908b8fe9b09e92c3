package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobRunner;
import io.nightfeed.tables.Silver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real encoders: needs {@code make models}, which {@code make test} runs. */
class AnnotateJobTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);
  private static final Job JOB = new AnnotateJob();

  private static final String FURIOUS = "I am so furious about this, it makes my blood boil!";
  private static final String HAPPY = "This made my whole week, I am so happy. Thank you all!";
  private static final String CHINESE_HAPPY = "今天真的太开心了！谢谢大家。";
  private static final String CHINESE_SAD = "我好难过，心都碎了。";

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void openLake() {
    lake = new Lake(SparkTest.spark(), folder);
  }

  @Test
  void texts_areReadByTheEncoderOfTheirLanguage() {
    publishComments(
        MONDAY,
        List.of(FURIOUS, CHINESE_HAPPY, "Je suis tellement heureux aujourd'hui, merci à tous"));
    annotate(MONDAY);
    var rows = byText();
    assertThat(rows.get(FURIOUS).<String>getAs(LANGUAGE)).isEqualTo("en");
    assertThat(rows.get(FURIOUS).getList(rows.get(FURIOUS).fieldIndex(EMBEDDING))).hasSize(384);
    assertThat(rows.get(CHINESE_HAPPY).<String>getAs(LANGUAGE)).isEqualTo("zh");
    assertThat(rows.get(CHINESE_HAPPY).getList(rows.get(CHINESE_HAPPY).fieldIndex(EMBEDDING)))
        .hasSize(512);
    assertThat(rows.values()).extracting(row -> row.<String>getAs(LANGUAGE)).contains("fr");
    for (var row : rows.values()) {
      // Heads abstain on a language that they were not trained on.
      assertThat(row.isNullAt(row.fieldIndex(VALENCE)))
          .isEqualTo(row.<String>getAs(LANGUAGE).equals("fr"));
    }
  }

  @Test
  void plainEmotions_areToldApartInBothLanguages() {
    publishComments(MONDAY, List.of(FURIOUS, HAPPY, CHINESE_HAPPY, CHINESE_SAD));
    annotate(MONDAY);
    var rows = byText();
    assertThat(rows.get(HAPPY).<Float>getAs(VALENCE)).isGreaterThan(0.3f);
    assertThat(rows.get(FURIOUS).<Float>getAs(VALENCE)).isLessThan(-0.3f);
    assertThat(rows.get(CHINESE_HAPPY).<Float>getAs(VALENCE))
        .isGreaterThan(0.3f)
        .isGreaterThan(rows.get(CHINESE_SAD).<Float>getAs(VALENCE) + 0.2f);
  }

  @Test
  void sentencesAndTokens_areSplitInBothLanguages() {
    publishComments(MONDAY, List.of(HAPPY, CHINESE_HAPPY));
    annotate(MONDAY);
    var rows = byText();
    assertThat(rows.get(HAPPY).getList(rows.get(HAPPY).fieldIndex(SENTENCES))).hasSize(2);
    assertThat(rows.get(HAPPY).<String>getList(rows.get(HAPPY).fieldIndex(TOKENS)))
        .contains("week", "happy");
    assertThat(rows.get(CHINESE_HAPPY).getList(rows.get(CHINESE_HAPPY).fieldIndex(SENTENCES)))
        .hasSize(2);
    assertThat(rows.get(CHINESE_HAPPY).<String>getList(rows.get(CHINESE_HAPPY).fieldIndex(TOKENS)))
        .contains("今天", "开心");
  }

  @Test
  void knownText_isNotReadAgain() {
    publishComments(MONDAY, List.of(HAPPY, FURIOUS));
    annotate(MONDAY);
    publishComments(MONDAY.plusDays(1), List.of(HAPPY, "Something new under the sun"));
    annotate(MONDAY.plusDays(1));
    assertThat(lake.slice(Silver.TEXT_ANNOTATIONS, MONDAY.plusDays(1)).count()).isEqualTo(1);
    assertThat(lake.all(Silver.TEXT_ANNOTATIONS).count()).isEqualTo(3);
  }

  @Test
  void nightOfKnownTexts_writesNothing() {
    publishComments(MONDAY, List.of(HAPPY, FURIOUS));
    annotate(MONDAY);
    publishComments(MONDAY.plusDays(1), List.of(FURIOUS, HAPPY));
    annotate(MONDAY.plusDays(1));
    assertThat(lake.slice(Silver.TEXT_ANNOTATIONS, MONDAY.plusDays(1)).count()).isZero();
    assertThat(lake.mayHold(Silver.TEXT_ANNOTATIONS, MONDAY)).isTrue();
    assertThat(lake.mayHold(Silver.TEXT_ANNOTATIONS, MONDAY.plusDays(1))).isFalse();
    assertThat(lake.all(Silver.TEXT_ANNOTATIONS).count()).isEqualTo(2);
  }

  @Test
  void rerunOfANightThatLostItsTexts_leavesNoneOfItsRows() {
    publishComments(MONDAY, List.of(HAPPY));
    annotate(MONDAY);
    publishComments(MONDAY.plusDays(1), List.of(FURIOUS));
    annotate(MONDAY.plusDays(1));
    publishComments(MONDAY.plusDays(1), List.of(HAPPY));
    annotate(MONDAY.plusDays(1));
    assertThat(lake.slice(Silver.TEXT_ANNOTATIONS, MONDAY.plusDays(1)).count()).isZero();
  }

  @Test
  void changedEncoder_readsItsTextsAgainAndNoOthers() {
    var tuesday = MONDAY.plusDays(1);
    publishComments(MONDAY, List.of(HAPPY, FURIOUS, CHINESE_HAPPY));
    annotate(MONDAY);
    annotate(tuesday, withOtherPrefix(settings(), "en"));

    assertThat(texts(lake.slice(Silver.TEXT_ANNOTATIONS, tuesday)))
        .containsExactlyInAnyOrder(HAPPY, FURIOUS);
    assertThat(lake.slice(Silver.TEXT_ANNOTATIONS, MONDAY).count()).as("old ones").isEqualTo(3);
    assertThat(lake.all(Silver.TEXT_ANNOTATIONS).select(TEXT_HASH, MODEL_DIGEST).distinct().count())
        .isEqualTo(5);
    var current = Annotations.current(lake, tuesday);
    assertThat(texts(current.where(col(RUN_DATE).equalTo(functions.lit(tuesday)))))
        .containsExactlyInAnyOrder(HAPPY, FURIOUS);
    assertThat(texts(current.where(col(RUN_DATE).equalTo(functions.lit(MONDAY)))))
        .containsExactly(CHINESE_HAPPY);
  }

  private static Settings withOtherPrefix(Settings settings, String language) {
    var encoders =
        settings.encoders().stream()
            .map(
                encoder ->
                    new Settings.Encoder(
                        encoder.name(),
                        encoder.languages(),
                        encoder.encoderClass(),
                        encoder.dimension(),
                        encoder.languages().contains(language) ? "passage: " : encoder.prefix(),
                        encoder.modelSha256(),
                        encoder.vocabularySha256()))
            .toList();
    return new Settings(
        settings.rawFolder(),
        settings.lakeFolder(),
        settings.modelsFolder(),
        settings.pseudonyms(),
        settings.ingest(),
        encoders,
        settings.annotate(),
        settings.profile(),
        settings.train(),
        settings.recommend(),
        settings.generate(),
        settings.chat(),
        settings.safety(),
        settings.reply(),
        settings.report(),
        settings.publish(),
        settings.tune(),
        settings.maintain(),
        settings.smallGroups(),
        settings.digest());
  }

  private List<String> texts(Dataset<Row> annotations) {
    return annotations
        .join(lake.all(Silver.EVENTS).select(TEXT_HASH, TEXT).distinct(), TEXT_HASH)
        .select(TEXT)
        .as(Encoders.STRING())
        .collectAsList();
  }

  @Test
  void annotations_doNotDependOnPartitions() {
    publishComments(MONDAY, List.of(HAPPY, FURIOUS, CHINESE_HAPPY, CHINESE_SAD, "ok", "12345"));
    annotate(MONDAY);
    var two = byText();
    annotate(MONDAY, settings("annotate.partitions", "5"));
    assertThat(byText()).isEqualTo(two);
  }

  @Test
  void vector_doesNotDependOnNeighbours() {
    publishComments(MONDAY, List.of(HAPPY));
    annotate(MONDAY);
    var alone = byText().get(HAPPY);
    var texts = new ArrayList<String>(Collections.nCopies(1, HAPPY));
    for (var i = 0; i < 20; i++) {
      texts.add("Neighbour " + i + " of another length" + " and more".repeat(i));
    }
    publishComments(MONDAY, texts);
    annotate(MONDAY);
    assertThat(byText().get(HAPPY)).isEqualTo(alone);
  }

  @Test
  void strangeTexts_areAnnotatedWithoutFailing() {
    var strange =
        List.of(
            "😊😊😊",
            "!!!",
            "12345",
            "\u202Eabc",
            "a".repeat(9000),
            "@user @user",
            "한국어 텍스트",
            // Longer than ingest lets pass by its defaults.
            "a".repeat(100_000),
            "我".repeat(100_000),
            "good day ".repeat(100_000));
    publishComments(MONDAY, strange);
    annotate(MONDAY);
    assertThat(lake.slice(Silver.TEXT_ANNOTATIONS, MONDAY).count()).isEqualTo(strange.size());
  }

  @Test
  void nightWithoutTexts_succeeds() {
    annotate(MONDAY);
    assertThat(lake.all(Silver.TEXT_ANNOTATIONS).count()).isZero();
  }

  private Map<String, Row> byText() {
    var rows = new TreeMap<String, Row>();
    lake.all(Silver.TEXT_ANNOTATIONS)
        .join(lake.all(Silver.EVENTS).select(TEXT_HASH, TEXT).distinct(), TEXT_HASH)
        .collectAsList()
        .forEach(row -> rows.put(row.getAs(TEXT), row));
    return rows;
  }

  private Settings settings() {
    return settings("annotate.partitions", "2");
  }

  private Settings settings(String key, String value) {
    return SettingsLoader.load(
        List.of(),
        Map.of(
            "lake-folder",
            "\"" + folder + "\"",
            "models-folder",
            "\"../target/models\"",
            key,
            value));
  }

  private void annotate(LocalDate night) {
    annotate(night, settings());
  }

  private void annotate(LocalDate night, Settings settings) {
    var printed = new StringWriter();
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(List.of(JOB), night)).as(printed.toString()).isEqualTo(ExitCode.OK);
  }

  private void publishComments(LocalDate night, List<String> texts) {
    var spark = SparkTest.spark();
    var rows = spark.createDataset(texts, Encoders.STRING()).toDF(TEXT);
    for (var column : Silver.EVENTS.schema().fields()) {
      rows =
          column.name().equals(TEXT)
              ? rows
              : rows.withColumn(column.name(), functions.lit(null).cast(column.dataType()));
    }
    lake.publish(
        Silver.EVENTS,
        night,
        rows.withColumn(EVENT_ID, functions.sha2(col(TEXT), 256))
            .withColumn(EVENT_TIME, functions.expr("TIMESTAMP '" + night + " 12:00:00'"))
            .withColumn(EVENT_DATE, functions.to_date(col(EVENT_TIME)))
            .withColumn(USER_ID, functions.lit("u1"))
            .withColumn(POST_ID, functions.lit("p1"))
            .withColumn(ACTION, functions.lit("comment"))
            .withColumn(TEXT_HASH, functions.sha2(col(TEXT), 256)));
  }
}
