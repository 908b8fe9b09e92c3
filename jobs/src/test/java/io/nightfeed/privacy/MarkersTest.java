package io.nightfeed.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MarkersTest {
  private static final String PSEUDONYM = "0123456789abcdef".repeat(4);
  private static final Markers MARKERS =
      new Markers(List.of("u-17", "alice", "4711", "p1@site", PSEUDONYM));

  @Test
  void identifiers_areFoundWhereTheyStandAlone() {
    assertThat(isIn("by u-17.")).isTrue();
    assertThat(isIn("u-17")).isTrue();
    assertThat(isIn("{\"user_id\":\"u-17\"}")).isTrue();
    assertThat(isIn("see p1@site/x")).isTrue();
    assertThat(isIn("u-171, xu-17, u-17-2")).isFalse();
  }

  @Test
  void wordsAndNumbers_countInQuotesOrAsAWholeValue() {
    assertThat(isIn("alice")).isTrue();
    assertThat(isIn("{\"user_id\":\"alice\"}")).isTrue();
    assertThat(isIn("{\"stats\":\"{\\\"min\\\":\\\"4711\\\"}\"}")).isTrue();
    assertThat(isIn("alice went home at 4711")).isFalse();
  }

  @Test
  void longIdentifiers_areFoundInStatisticsThatAreCut() {
    assertThat(isIn("\"" + PSEUDONYM.substring(0, 32) + "\u00e9\"")).isTrue();
    assertThat(isIn("\"" + PSEUDONYM.substring(0, 31) + "\"")).isFalse();
  }

  @Test
  void redaction_leavesNothingAndTheRestAsItWas() {
    assertThat(MARKERS.redact("by u-17, and " + PSEUDONYM + "!"))
        .isEqualTo("by [erased], and [erased]!");
    assertThat(MARKERS.redact("alice")).isEqualTo("[erased]");
    assertThat(MARKERS.redact("nobody, 好")).isEqualTo("nobody, 好");
  }

  @Test
  void escapedIdentifiers_areFoundInRecords() {
    var erasure = new RawErasure(Set.of("u-17"), Set.of("p9x"));
    assertThat(erasure.kept(bytes("{\"user_id\":\"u\\u002d17\"}"))).isNull();
    assertThat(erasure.kept(bytes("{\"user_id\":\"u2\",\"post_id\":\"p9x\"}"))).isNull();
    assertThat(erasure.kept(bytes("{\"user_id\": u-17"))).isNull();
    var other = bytes("{\"user_id\":\"u2\",\"post_id\":\"p9xy\"}");
    assertThat(erasure.kept(other)).isSameAs(other);
    assertThat(erasure.kept(bytes("{\"user_id\":\"u2\",\"text\":\"hi u-17\"}")))
        .isEqualTo(bytes("{\"user_id\":\"u2\",\"text\":\"hi [erased]\"}"));
  }

  /** Wherever a chunk of a long stream ends. */
  @Property(tries = 60)
  void streams_areSearchedAsAWhole(@ForAll @IntRange(min = -80, max = 80) int offset)
      throws IOException {
    int at = (1 << 20) + offset;
    assertThat(
            MARKERS.areIn(
                stream("x ".repeat(at / 2) + (at % 2 == 0 ? "" : ".") + " u-17 .".repeat(1))))
        .isTrue();
    assertThat(MARKERS.areIn(stream("x".repeat(at) + "u-17 " + "y".repeat(100)))).isFalse();
    assertThat(MARKERS.areIn(stream("x".repeat(at) + " u-178" + "y".repeat(100)))).isFalse();
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(bytes(text));
  }

  private static boolean isIn(String text) {
    return MARKERS.areIn(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
