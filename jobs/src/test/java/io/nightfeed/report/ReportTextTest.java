package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.pages.Numbers;
import java.io.IOException;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReportTextTest {
  @Property
  void scriptSafeJson_readsBackAndHoldsNoMarkup(@ForAll String text) throws IOException {
    var hostile = text + "</script><!-- & \u2028";
    var json = ReportPage.scriptSafe(Map.of("text", hostile));
    assertThat(json).doesNotContain("<", ">", "&", "\u2028");
    assertThat(new ObjectMapper().readTree(json).get("text").asText()).isEqualTo(hostile);
  }

  @Property
  void excerpt_staysShortOnOneLine(
      @ForAll String text, @ForAll @IntRange(min = 1, max = 50) int n) {
    assertThat(Excerpt.of(text, n)).hasSizeLessThanOrEqualTo(n + 1).doesNotContain("\n", "\u001B");
  }

  @Test
  void excerpt_neverCutsACharacter() {
    assertThat(Excerpt.of("ab😀cd", 3)).isEqualTo("ab…");
    assertThat(Excerpt.of("ab😀cd", 4)).isEqualTo("ab😀…");
    assertThat(Excerpt.of("ab😀cd", 6)).isEqualTo("ab😀cd");
  }

  @Test
  void excerpt_dropsDirectionOverrides() {
    assertThat(Excerpt.of("a\u202Eb\u2066c\nd", 20)).isEqualTo("abc d");
  }

  @Test
  void figures_haveFourDigits() {
    assertThat(Numbers.figure(0.041234)).isEqualTo("0.04123");
    assertThat(Numbers.figure(12.3456)).isEqualTo("12.35");
    assertThat(Numbers.figure(1234.56)).isEqualTo("1,235");
    assertThat(Numbers.figure(3.0)).isEqualTo("3");
    assertThat(Numbers.figure(0.0000123)).isEqualTo("1.230e-05");
    assertThat(Numbers.figure(Double.NaN)).isEqualTo("–");
    assertThat(Numbers.figure(null)).isEqualTo("–");
  }

  @Test
  void percent_ofNothingIsADash() {
    assertThat(Numbers.percent(0, 0)).isEqualTo("–");
    assertThat(Numbers.percent(1, 3)).isEqualTo("33.3 %");
  }
}
