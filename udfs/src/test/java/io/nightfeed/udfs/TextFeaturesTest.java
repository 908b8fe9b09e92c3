package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TextFeaturesTest {
  private static int shared(String left, String right) {
    var others = TextFeatures.buckets(right);
    return (int)
        IntStream.of(TextFeatures.buckets(left))
            .filter(bucket -> Arrays.binarySearch(others, bucket) >= 0)
            .count();
  }

  @Property
  void buckets_areAscendingDistinctAndInRange(@ForAll String text) {
    var buckets = TextFeatures.buckets(text);
    for (int i = 0; i < buckets.length; i++) {
      assertThat(buckets[i]).isBetween(i == 0 ? 0 : buckets[i - 1] + 1, TextFeatures.BUCKETS - 1);
    }
  }

  @Test
  void relatedWords_sharePieces() {
    assertThat(shared("happiness", "happy")).isGreaterThan(2);
    assertThat(shared("happiness", "table")).isZero();
  }

  @Test
  void case_doesNotMatter() {
    assertThat(TextFeatures.buckets("So HAPPY")).isEqualTo(TextFeatures.buckets("so happy"));
  }

  @Test
  void negatedWord_isAnotherThanTheWord() {
    var plain = TextFeatures.buckets("happy");
    var negated = TextFeatures.buckets("not happy");
    // Beside the pieces of "not": the pair, and the word as negated.
    assertThat(negated.length).isEqualTo(plain.length + TextFeatures.buckets("not").length + 1);
    assertThat(shared("don't you feel happy", "not quite happy"))
        .isGreaterThan(shared("do you feel happy", "not quite happy"));
  }

  @Test
  void mark_endsANegation() {
    assertThat(TextFeatures.buckets("not! happy"))
        .hasSize(TextFeatures.buckets("not!").length + TextFeatures.buckets("happy").length);
  }

  @Test
  void ideographs_areReadAsCharactersPairsAndTriples() {
    assertThat(TextFeatures.buckets("不开心")).hasSize(6);
    assertThat(shared("不开心", "开心")).isEqualTo(3);
  }

  @Test
  void mixedLanguages_areReadByScript() {
    assertThat(shared("今天very开心", "very")).isEqualTo(TextFeatures.buckets("very").length);
    assertThat(shared("今天very开心", "开心")).isEqualTo(3);
  }

  @Test
  void bracketedEmoticon_isOnePiece() {
    assertThat(TextFeatures.buckets("[泪]")).hasSize(1);
    assertThat(TextFeatures.buckets("[")).hasSize(1);
  }
}
