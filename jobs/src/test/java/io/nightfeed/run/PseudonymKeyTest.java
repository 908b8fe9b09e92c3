package io.nightfeed.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.config.Settings;
import io.nightfeed.udfs.Pseudonym;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudonymKeyTest {
  private static final String KEY = "1f".repeat(32);
  private static final String EXPECTED = new Pseudonym(HexFormat.of().parseHex(KEY)).call("u1");

  @TempDir Path folder;

  @Test
  void environment_goesBeforeTheFile() throws IOException {
    var file = Files.writeString(folder.resolve("key"), "00".repeat(32));
    var environment = Map.of(PseudonymKey.VARIABLE, KEY);
    assertThat(PseudonymKey.load(settings(file, false), environment).call("u1"))
        .isEqualTo(EXPECTED);
  }

  @Test
  void file_isReadWithItsLineBreak() throws IOException {
    var file = Files.writeString(folder.resolve("key"), KEY + "\n");
    assertThat(PseudonymKey.load(settings(file, false), Map.of()).call("u1")).isEqualTo(EXPECTED);
  }

  @Test
  void newKey_comesAfterThoseOfTheFile() throws IOException {
    var file = Files.writeString(folder.resolve("key"), KEY + "\n");
    var next = folder.resolve("next");
    var expected = PseudonymKey.next(next).call(EXPECTED);
    assertThat(PseudonymKey.next(next).call(EXPECTED)).isEqualTo(expected);
    PseudonymKey.append(settings(file, false), next);
    assertThat(PseudonymKey.load(settings(file, false), Map.of()).call("u1")).isEqualTo(expected);
    var inOneLine = Map.of(PseudonymKey.VARIABLE, KEY + "," + Files.readString(next).strip());
    assertThat(PseudonymKey.load(settings(file, false), inOneLine).call("u1")).isEqualTo(expected);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void missingKey_isMadeOnceWhenAllowed_readableByItsOwnerAlone() throws IOException {
    var file = folder.resolve("secrets/key");
    var first = PseudonymKey.load(settings(file, true), Map.of()).call("u1");
    assertThat(PseudonymKey.load(settings(file, true), Map.of()).call("u1")).isEqualTo(first);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void missingKey_isRefusedWhenNotToBeMade() {
    var file = folder.resolve("key");
    assertThatThrownBy(() -> PseudonymKey.load(settings(file, false), Map.of()))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining(PseudonymKey.VARIABLE)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("openssl rand -hex 32");
    assertThat(file).doesNotExist();
  }

  @Test
  void unusableKey_isRefusedWithoutShowingIt() {
    for (var key : new String[] {"abcd", "not hexadecimal at all", ""}) {
      var environment = Map.of(PseudonymKey.VARIABLE, key);
      assertThatThrownBy(() -> PseudonymKey.load(settings(folder, false), environment))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining("64 hexadecimal digits")
          .message()
          .doesNotContain("abcd", "not hexadecimal at all");
    }
  }

  private static Settings.Pseudonyms settings(Path file, boolean generate) {
    return new Settings.Pseudonyms(file, generate);
  }
}
