package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against the ids of Hugging Face's tokenizers (0.21, uncased), with the vocabularies of the real
 * encoders: needs {@code make models}, which {@code make test} runs.
 */
class WordPiecesTest {
  private static final Settings SETTINGS =
      SettingsLoader.load(List.of(), Map.of("models-folder", "\"../target/models\""));
  private static final WordPieces ENGLISH = wordPieces("en");
  private static final WordPieces CHINESE = wordPieces("zh");

  private static WordPieces wordPieces(String language) {
    var encoder =
        SETTINGS.encoders().stream()
            .filter(candidate -> candidate.languages().contains(language))
            .findFirst()
            .orElseThrow();
    var folder = new EncoderFolders(SETTINGS.modelsFolder()).verified(encoder);
    return new WordPieces(TextEncoder.vocabulary(folder));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Café naïve ÀÉÎ | 101 7668 15743 29347 2072 102",
        "it’s “so” — good… | 101 2009 1521 1055 1523 2061 1524 1517 2204 1529 102",
        "！！！NICE | 101 1986 1986 1986 3835 102",
        "İstanbul ß ſ ﬁ | 101 9960 1096 100 1984 102",
        "$5+5=10^2 `a` ~<> | 101 1002 1019 1009 1019 1027 2184 1034 1016 1036 1037 1036 1066 1026 1028 102",
        "x́y²½ | 101 1060 2100 10701 13714 102",
        "🏳️‍🌈😀 | 101 100 102",
        "مرحبا | 101 1295 17149 29820 29816 25573 102",
        "क्ष | 101 1315 29873 102",
      })
  void english_areThoseOfTraining(String text, String ids) {
    assertThat(ENGLISH.ids(text, 128)).containsExactly(ids(ids));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "！！！NICE | 101 8013 8013 8013 10192 102",
        "日本語カタカナ | 101 3189 3315 6295 598 11011 9770 10714 102",
        "Ａｂｃ | 101 8051 12641 10675 102",
        "Café naïve | 101 8377 11469 8857 102",
      })
  void chinese_areThoseOfTraining(String text, String ids) {
    assertThat(CHINESE.ids(text, 128)).containsExactly(ids(ids));
  }

  @Test
  void specialTokensInAText_areWords() {
    assertThat(ENGLISH.ids("[CLS] x", 128))
        .containsExactly(101, 1031, 18856, 2015, 1033, 1060, 102);
  }

  @Test
  void longTexts_areCut() {
    var cut = ENGLISH.ids("good day ".repeat(100_000), 8);
    assertThat(cut).containsExactly(101, 2204, 2154, 2204, 2154, 2204, 2154, 102);
    assertThat(ENGLISH.ids("a".repeat(100_000), 8)).containsExactly(101, 100, 102);
  }

  @Test
  void textWithoutWords_isStartAndEnd() {
    assertThat(ENGLISH.ids("\u200b \u0301", 8)).containsExactly(101, 102);
  }

  private static long[] ids(String ids) {
    return java.util.Arrays.stream(ids.split(" ")).mapToLong(Long::parseLong).toArray();
  }
}
