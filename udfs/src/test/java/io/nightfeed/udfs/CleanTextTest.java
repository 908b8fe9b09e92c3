package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.time.Duration;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CleanTextTest {
  private static final CleanText CLEAN = new CleanText();

  @Example
  void null_isNull() {
    assertThat(CLEAN.call(null)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <p>Hello <b>world</b></p><p>again</p> | Hello world again
          one<br>two                            | one two
          Tom &amp; Jerry &lt;3                 | Tom & Jerry <3
          <a href="http://t.cn/x">link</a>      | link
          a<script>alert(1)</script>b           | a b
          &amp;lt;b&amp;gt;bold                 | bold
          """)
  void html_isRemovedAndDecoded(String html, String expected) {
    assertThat(CLEAN.call(html)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "if a<b then c",
        "I <3 you",
        "R&D",
        "http://x.cn/?a=1&copy=2&lt=3",
        "x < y > z",
        "1 & 2;"
      })
  void bareMarkupCharacters_areText(String text) {
    assertThat(CLEAN.call(text)).isEqualTo(text);
  }

  @Example
  void invisibleCharacters_areRemoved() {
    assertThat(CLEAN.call("a\u0000b\u200Bc\u202Ed\uFEFFe\u00ADf\u2066g\u007Fh"))
        .isEqualTo("abcdefgh");
  }

  @Example
  void whiteSpaceOfAnyKind_becomesOneSpace() {
    assertThat(CLEAN.call(" \u3000a\r\n\n b\t\u00A0\u2028c\u0085 ")).isEqualTo("a b c");
  }

  @Example
  void emojiSequences_stayWhole() {
    var family = "👩‍👩‍👧‍👦 👩🏽‍⚕️ ❤️‍🔥 🏳️‍🌈 🐈‍⬛";
    assertThat(CLEAN.call(family)).isEqualTo(family);
  }

  @Example
  void strayJoiners_areRemoved() {
    assertThat(CLEAN.call("a\u200Db \u200D👩\u200D x\u200Cy")).isEqualTo("ab 👩 xy");
  }

  @Example
  void joinersOfScriptsThatNeedThem_stay() {
    var persian = "می\u200Cخواهم";
    var devanagari = "क्\u200Dष";
    assertThat(CLEAN.call(persian + " " + devanagari)).isEqualTo(persian + " " + devanagari);
  }

  @Example
  void decomposedLetters_areComposed() {
    assertThat(CLEAN.call("Cafe\u0301 n\u200B\u0303")).isEqualTo("Café ñ");
  }

  @Example
  void loneSurrogate_becomesTheReplacementCharacter() {
    assertThat(CLEAN.call("a\uD83Db\uDE00")).isEqualTo("a\uFFFDb\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<", "&amp;", "&lt;", "<div>", "<b><i>", "<a '", "<!--", "&#x3c;b>", "\u0338<"})
  void hostileRepetition_isCleanedInTime(String unit) {
    var text = unit.repeat(100_000 / unit.length());
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> CLEAN.call(text));
  }

  @Property(tries = 2000)
  void cleaning_isIdempotentComposedAndNeverThrows(@ForAll("hostileTexts") String text) {
    var once = CLEAN.call(text);
    assertThat(CLEAN.call(once)).isEqualTo(once);
    assertThat(Normalizer.isNormalized(once, Normalizer.Form.NFC)).isTrue();
    assertThat(once).isEqualTo(once.strip()).doesNotContain("  ", "\u0000", "\u202E", "\n");
    assertThat(once.codePoints().map(Character::getType)).doesNotContain((int) Character.SURROGATE);
  }

  @Provide
  static Arbitrary<String> hostileTexts() {
    var fragments =
        Arbitraries.of(
            "<b>",
            "</b>",
            "<",
            ">",
            "&",
            ";",
            "&lt;",
            "&gt;",
            "&amp;",
            "amp;",
            "#x3c;",
            "&#0;",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "<p ",
            "\"",
            "'",
            "\u037E",
            "\u0338",
            "\u0301",
            "e",
            " ",
            "\u200B",
            "\u200C",
            "\u200D",
            "\uFE0F",
            "👩",
            "❤",
            "می",
            "क्",
            "\u0653",
            "ا",
            "\uD83D",
            "\uDE00",
            "\n",
            "\u2ADC",
            "\u1100",
            "\u1161",
            "\u0344",
            "&nbsp;",
            "&zwj;",
            "<textarea>",
            "<svg>");
    var anything =
        Arbitraries.chars()
            .all()
            .list()
            .ofMaxSize(20)
            .map(list -> list.stream().map(String::valueOf).collect(Collectors.joining()));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, fragments), net.jqwik.api.Tuple.of(1, anything))
        .list()
        .ofMaxSize(25)
        .map(list -> String.join("", list));
  }
}
