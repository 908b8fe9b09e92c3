package io.nightfeed.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CitedTextTest {
  private static final List<String> GIVEN = List.of("1", "2");

  @Test
  void textWithSources_isRead_eachSourceOnce() {
    assertThat(CitedText.read("{\"text\": \" Forty. \", \"source_ids\": [\"2\", 1, \"2\"]}", GIVEN))
        .contains(new CitedText("Forty.", List.of("1", "2")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "Forty.",
        "[]",
        "{\"text\": \"Forty.\"}",
        "{\"text\": \"Forty.\", \"source_ids\": []}",
        "{\"text\": \"Forty.\", \"source_ids\": \"1\"}",
        "{\"text\": \"Forty.\", \"source_ids\": [\"3\"]}",
        "{\"text\": \"Forty.\", \"source_ids\": [\"1\", \"3\"]}",
        "{\"text\": 40, \"source_ids\": [\"1\"]}",
        "{\"text\": \"Forty.\", \"source_ids\": [\"1\"], \"note\": \"mine\"}",
        "{\"text\": \"Forty.\", \"text\": \"Fifty.\", \"source_ids\": [\"1\"]}",
        "{\"text\": \"Forty.\", \"source_ids\": [\"1\"]} and more"
      })
  void anythingElse_isNone(String content) {
    assertThat(CitedText.read(content, GIVEN)).isEmpty();
  }
}
