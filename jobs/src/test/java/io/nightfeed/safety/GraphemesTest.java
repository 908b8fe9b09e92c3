package io.nightfeed.safety;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class GraphemesTest {
  @Test
  void start_endsBetweenWords() {
    assertThat(Graphemes.start("The temples were quiet", 13)).isEqualTo("The temples");
    assertThat(Graphemes.start("The temples", 99)).isEqualTo("The temples");
    assertThat(Graphemes.start("Incomprehensibilities", 5)).isEmpty();
    assertThat(Graphemes.start("ok 👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 4)).isEqualTo("ok 👩‍👩‍👧‍👦");
  }

  @Property(tries = 500)
  void start_isACopyThatFitsAndCutsNoCharacter(
      @ForAll @StringLength(max = 60) String text, @ForAll @IntRange(max = 30) int most) {
    var start = Graphemes.start(text, most);
    int at = text.indexOf(start);
    assertThat(at).isNotNegative();
    assertThat(Graphemes.count(start)).isLessThanOrEqualTo(most);
    assertThat(Graphemes.isBoundary(text, text.indexOf(start) + start.length())).isTrue();
  }
}
