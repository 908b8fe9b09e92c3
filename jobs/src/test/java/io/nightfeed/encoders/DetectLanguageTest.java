package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectLanguageTest {
  private final DetectLanguage detect = new DetectLanguage();

  @ParameterizedTest
  @CsvSource({
    "What a lovely day it was in the garden!, en",
    "今天真的太开心了, zh",
    "今天用iPhone拍的照片真好看, zh",
    "今日はとても楽しかったです, ja",
    "오늘은 정말 즐거웠어요, ko",
    "Сегодня был очень хороший день, ru",
    "#happy @someone https://example.org/en 今天真的太开心了, zh"
  })
  void text_hasItsLanguage(String text, String language) {
    var found = detect.call(text);

    assertThat(found.getString(0)).isEqualTo(language);
    assertThat(found.getDouble(1)).isBetween(0.5, 1.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"好", "今天真的太开心了！谢谢大家 2025", "東京大學", "哈哈哈哈[笑]", "用iPhone拍的 Apple"})
  void moreHanThanWords_isChineseForSure(String text) {
    var found = detect.call(text);

    assertThat(found.getString(0)).isEqualTo("zh");
    assertThat(found.getDouble(1)).isEqualTo(1.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "😀😀", "12:30", "@someone", "https://example.org"})
  void textWithoutWords_isUndecided(String text) {
    assertThat(detect.call(text).getString(0)).isEqualTo(DetectLanguage.UNDECIDED);
    assertThat(detect.call(text).getDouble(1)).isZero();
  }
}
