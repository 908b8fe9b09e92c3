package io.nightfeed.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawLinesTest {
  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");

  @Test
  void event_writesWhatIsKnownInSchemaOrder() {
    var event =
        RawEvent.of("e1", NOON, "u1", "p1", Action.COMMENT)
            .withImpression(3, 0.25, 1500)
            .withText("说 \"hi\"\n", "zh")
            .withSession("s1");
    assertThat(text(RawLines.of(event)))
        .isEqualTo(
            "{\"event_id\":\"e1\",\"event_time\":\"2025-06-01T12:00:00Z\",\"user_id\":\"u1\","
                + "\"post_id\":\"p1\",\"action\":\"comment\",\"dwell_ms\":1500,\"position\":3,"
                + "\"propensity\":0.25,\"text\":\"说 \\\"hi\\\"\\n\",\"session_id\":\"s1\","
                + "\"language\":\"zh\"}");
  }

  @Test
  void event_leavesOutWhatIsUnknown() {
    var line = RawLines.of(RawEvent.of("e1", NOON, "u1", "p1", Action.VIEW));
    assertThat(text(line))
        .isEqualTo(
            "{\"event_id\":\"e1\",\"event_time\":\"2025-06-01T12:00:00Z\",\"user_id\":\"u1\","
                + "\"post_id\":\"p1\",\"action\":\"view\"}");
  }

  @Test
  void post_satisfiesItsSchema() {
    var post = new RawPost("p1", "u1", NOON, "text", "en", List.of("a", "b"), List.of("a cat"));
    assertThat(RawFiles.record(RawSource.POSTS, RawLines.of(post)))
        .hasValueSatisfying(
            record -> {
              assertThat(record.path("tags")).hasSize(2);
              assertThat(record.path("media_alt_text").path(0).asText()).isEqualTo("a cat");
            });
  }

  @Test
  void everyAction_satisfiesTheSchema() {
    assertThat(Action.values())
        .allSatisfy(
            action -> {
              var line = RawLines.of(RawEvent.of("e1", NOON, "u1", "p1", action));
              assertThat(RawFiles.record(RawSource.EVENTS, line)).isPresent();
            });
  }

  @Test
  void schema_allowsUnknownFields() {
    assertThat(RawFiles.record(RawSource.EVENTS, bytes("\"colour\":\"red\","))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"dwell_ms\":\"1500\",",
        "\"position\":0,",
        "\"propensity\":0,",
        "\"propensity\":1.5,",
        "\"text\":7,",
        "\"event_id\":\"again\","
      })
  void schema_refusesWrongOptionalFields(String field) {
    assertThat(RawFiles.record(RawSource.EVENTS, bytes(field))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-06-01T12:00:00", "2025-06-01", "1748779200", "yesterday"})
  void schema_refusesTimesThatAreNoInstant(String time) {
    var line = text(bytes("")).replace("2025-06-01T12:00:00Z", time);
    assertThat(RawFiles.record(RawSource.EVENTS, line.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }

  private static byte[] bytes(String extraField) {
    var line = text(RawLines.of(RawEvent.of("e1", NOON, "u1", "p1", Action.VIEW)));
    return ("{" + extraField + line.substring(1)).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.UTF_8);
  }
}
