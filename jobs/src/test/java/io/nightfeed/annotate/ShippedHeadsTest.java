package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.heads.Heads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the shipped heads must be able to tell (Ribeiro et al. 2020): needs {@code make models},
 * which {@code make test} runs.
 */
class ShippedHeadsTest {
  private static final Map<String, Row> READ = new HashMap<>();

  private static final List<String> ENGLISH =
      List.of(
          "I am happy with this.",
          "I am not happy with this.",
          "This is so good",
          "This is sooooooo goooood",
          "back home 😍",
          "back home 😡",
          "#SoHappy today",
          "#SoSad today",
          "luv u ppl",
          "idc, this is bs, wtf",
          "You are a stupid bitch",
          "Have a nice day, everybody",
          "The shop opens at nine.");

  private static final List<String> CHINESE =
      List.of("我今天很开心", "我今天很不开心", "又到周末了[泪]", "又到周末了[心]", "今天超级happy，太棒了", "你就是个傻逼，滚", "祝大家周末愉快");

  @BeforeAll
  static void read() {
    var settings = SettingsLoader.load(List.of(), Map.of("models-folder", "\"../target/models\""));
    for (var encoder : settings.encoders()) {
      var language = encoder.languages().get(0);
      var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
      var texts =
          SparkTest.spark()
              .createDataset(language.equals("zh") ? CHINESE : ENGLISH, Encoders.STRING())
              .toDF(TEXT)
              .withColumn(LANGUAGE, functions.lit(language));
      TextEncoder.load(SparkTest.spark(), encoder, folder, settings.annotate())
          .annotate(texts)
          .transform(Heads.load(encoder, folder)::read)
          .collectAsList()
          .forEach(row -> READ.put(row.getAs(TEXT), row));
    }
  }

  private static float valence(String text) {
    return READ.get(text).<Float>getAs(VALENCE);
  }

  private static float toxicity(String text) {
    return READ.get(text).<Float>getAs(TOXICITY);
  }

  @ParameterizedTest(name = "{0} > {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "I am happy with this. | I am not happy with this.",
        "back home 😍 | back home 😡",
        "#SoHappy today | #SoSad today",
        "luv u ppl | idc, this is bs, wtf",
        "我今天很开心 | 我今天很不开心",
        "又到周末了[心] | 又到周末了[泪]"
      })
  void negationEmojiHashtagsAndSlang_moveValence(String better, String worse) {
    assertThat(valence(better)).isGreaterThan(valence(worse) + 0.3f);
  }

  @Test
  void elongation_keepsTheSign() {
    assertThat(valence("This is sooooooo goooood"))
        .isGreaterThan(0.3f)
        .isCloseTo(valence("This is so good"), within(0.4f));
  }

  @Test
  void mixedLanguages_areRead() {
    assertThat(valence("今天超级happy，太棒了")).isGreaterThan(0.3f);
  }

  @Test
  void insults_areToxicAndGreetingsAreNot() {
    assertThat(Stream.of("You are a stupid bitch", "你就是个傻逼，滚").map(ShippedHeadsTest::toxicity))
        .allMatch(toxicity -> toxicity > 0.5f);
    assertThat(Stream.of("Have a nice day, everybody", "祝大家周末愉快").map(ShippedHeadsTest::toxicity))
        .allMatch(toxicity -> toxicity < 0.5f);
  }
}
