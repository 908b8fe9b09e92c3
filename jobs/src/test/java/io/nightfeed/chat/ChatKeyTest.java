package io.nightfeed.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatKeyTest {
  @TempDir Path folder;
  private Path file;
  private Settings.Chat settings;

  @BeforeEach
  void settings() {
    file = folder.resolve("chat.key");
    settings = SettingsLoader.load(List.of(), Map.of("chat.key-file", "\"" + file + "\"")).chat();
  }

  @Test
  void environment_goesBeforeTheFile() throws IOException {
    Files.writeString(file, "from-file\n");
    assertThat(ChatKey.load(settings, Map.of())).contains("from-file");
    assertThat(ChatKey.load(settings, Map.of(ChatKey.VARIABLE, "from-variable")))
        .contains("from-variable");
  }

  @Test
  void noKey_isNone() {
    assertThat(ChatKey.load(settings, Map.of())).isEmpty();
  }

  @Test
  void textThatIsNoKey_isRefusedWithoutTellingIt() throws IOException {
    Files.writeString(file, "two words\nand lines");
    assertThatThrownBy(() -> ChatKey.load(settings, Map.of()))
        .hasMessageContaining("chat.key")
        .hasMessageNotContaining("two words");
    assertThatThrownBy(() -> ChatKey.load(settings, Map.of(ChatKey.VARIABLE, "schlüssel")))
        .hasMessageContaining(ChatKey.VARIABLE)
        .hasMessageNotContaining("schl");
  }
}
