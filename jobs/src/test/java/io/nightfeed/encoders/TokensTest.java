package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TokensTest {
  private final Sentences sentences = new Sentences();

  @Test
  void unicodeWords_leaveOutPunctuationAndKeepCase() throws IOException {
    assertThat(Tokens.UNICODE.call("It's 3.5 km, naïve Zoë! 😀"))
        .containsExactly("It's", "3.5", "km", "naïve", "Zoë", "😀");
  }

  @Test
  void chineseWords_areFoundWithoutSpaces() throws IOException {
    assertThat(Tokens.CHINESE.call("今天真的太开心了")).contains("今天", "开心");
    assertThat(Tokens.CHINESE.call("今天happily开心")).as("not stemmed").contains("happily");
  }

  @Test
  void sentences_endAtTheMarksOfEitherScript() {
    assertThat(sentences.call("So happy! Thank you. Is it 3.5 km?"))
        .containsExactly("So happy!", "Thank you.", "Is it 3.5 km?");
    assertThat(sentences.call("今天真的太开心了！谢谢大家。好吗？")).containsExactly("今天真的太开心了！", "谢谢大家。", "好吗？");
  }

  @Test
  void nothing_hasNoWordsAndNoSentences() throws IOException {
    assertThat(Tokens.UNICODE.call(null)).isEmpty();
    assertThat(Tokens.CHINESE.call(" ")).isEmpty();
    assertThat(sentences.call(null)).isEmpty();
    assertThat(sentences.call(" ")).isEmpty();
  }

  @Test
  void hundredThousandRepeats_areSplit() throws IOException {
    var phrase = "Good day. ".repeat(100_000);
    assertThat(sentences.call(phrase)).hasSize(100_000);
    assertThat(Tokens.UNICODE.call(phrase)).hasSize(200_000);
    assertThat(String.join("", Tokens.UNICODE.call("a".repeat(100_000)))).hasSize(100_000);
    assertThat(String.join("", Tokens.CHINESE.call("我".repeat(100_000)))).hasSize(100_000);
  }
}
