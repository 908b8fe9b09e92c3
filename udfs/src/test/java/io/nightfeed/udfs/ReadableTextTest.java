package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadableTextTest {
  private static final ReadableText READABLE = new ReadableText();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Emoji, with skin tones, selectors and repeats.
        "so funny 😂 | so funny face with tears of joy",
        "😂😂😂😂😂 | face with tears of joy face with tears of joy",
        "thanks 👍🏽 | thanks thumbs up sign",
        "love ❤️ | love heavy black heart",
        "太好笑了😂 | 太好笑了 笑哭",
        // Hashtags.
        "#NotHappy today | Not Happy today",
        "#feeling_sad | feeling sad",
        "#旅行日记#今天出发 | 旅行日记 今天出发",
        "issue #1 | issue 1",
        // Elongation.
        "sooooo gooood!!!!! | soo good!!",
        "哈哈哈哈哈哈 | 哈哈哈",
        "no... | no..",
        "book keeper | book keeper",
        // Slang.
        "idk why u dont care | i don't know why you don't care",
        "OMG lol | oh my god lol",
        "yyds！太强了 | 永远的神！太强了",
        "我emo了2333 | 我情绪低落了哈哈哈",
        "1233 个 | 1233 个",
        // Plain text stays.
        "A plain text, 100 %. | A plain text, 100 %.",
        "Ça va où? | Ça va où?"
      })
  void text_isWrittenOut(String text, String readable) throws Exception {
    assertThat(READABLE.call(text)).isEqualTo(readable);
  }

  @Test
  void nullAndNothing_stay() throws Exception {
    assertThat(READABLE.call(null)).isNull();
    assertThat(READABLE.call("")).isEmpty();
  }

  @Property
  void anyText_isReadable(@ForAll String text) throws Exception {
    var readable = READABLE.call(text);
    assertThat(readable).isEqualTo(readable.strip());
  }

  @Test
  void twoHundredThousandRepeats_areCutOrKept() throws Exception {
    for (var piece : new String[] {"a", "😂", "哈", "!"}) {
      assertThat(READABLE.call(piece.repeat(200_000))).as(piece).hasSizeLessThan(100);
    }
    for (var piece : new String[] {"#", "[", "#a", "u "}) {
      assertThat(READABLE.call(piece.repeat(200_000))).as(piece).hasSizeGreaterThan(199_000);
    }
  }
}
