package io.nightfeed.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GroundingTest {
  private static final String POST =
      "Two days in Kyoto cost me 1,200 euros. I did not like the hotel, but the temples were quiet.";
  private static final String CHINESE = "今天做了番茄炒蛋，放了三个鸡蛋。味道不错，下次少放盐。";

  @Test
  void wordsOfTheSources_areGrounded() {
    assertThat(missing("Quiet temples and two days in Kyoto")).isEmpty();
    assertThat(missing("A day at a quiet temple")).isEmpty();
    assertThat(Grounding.in(List.of(CHINESE)).missing("番茄炒蛋，味道不错")).isEmpty();
  }

  @Test
  void namesNumbersAndOtherWords_areMissedWhereNoSourceHasThem() {
    assertThat(missing("Two days in Osaka")).containsExactly("osaka");
    assertThat(missing("1,300 euros in Kyoto")).contains("1,300");
    assertThat(missing("Terrible temples")).hasSize(1);
    assertThat(Grounding.in(List.of(CHINESE)).missing("红烧牛肉味道不错")).isNotEmpty();
  }

  @Test
  void denials_areClaims() {
    var quiet = Grounding.in(List.of("The temples were quiet. 味道很好。"));
    assertThat(quiet.missing("The temples were not quiet")).containsExactly("not");
    assertThat(quiet.missing("味道不好")).isNotEmpty();
  }

  @Test
  void sentencesThatAreNotGrounded_areDropped() {
    var grounding = Grounding.in(List.of(POST));
    assertThat(
            grounding.grounded("Two days in Kyoto. The mayor was there. The temples were quiet."))
        .isEqualTo("Two days in Kyoto. The temples were quiet.");
    assertThat(grounding.grounded("Buy gold now!")).isEmpty();
  }

  @Property(tries = 200)
  void partsOfASource_areGrounded(
      @ForAll @IntRange(max = 90) int start, @ForAll @IntRange(max = 90) int length) {
    var words = POST.split(" ");
    int from = start % words.length;
    int to = Math.min(words.length, from + 1 + length % words.length);
    var part = String.join(" ", List.of(words).subList(from, to));
    assertThat(missing(part)).isEmpty();
  }

  private static java.util.Set<String> missing(String text) {
    return Grounding.in(List.of(POST)).missing(text);
  }
}
