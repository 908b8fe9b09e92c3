package io.nightfeed.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.raw.RawFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The committed sample is what its README says it is. */
class DataSamplesTest {
  private static final Path SAMPLES = Path.of("..", "data-samples");

  @Test
  void commandOfTheReadme_makesTheCommittedSample(@TempDir Path again) throws IOException {
    var command = command();
    command[command.length - 1] = again.toString();
    assertThat(new CommandLine(new SimulateCommand()).execute(command)).isZero();
    var committed = RawFiles.contents(SAMPLES.resolve("raw"));
    var made = RawFiles.contents(again);
    assertThat(made.keySet()).isEqualTo(committed.keySet());
    for (var file : committed.keySet()) {
      // Compressed bytes depend on the machine's zlib, what they hold does not.
      assertThat(content(again.resolve(file)))
          .as(file)
          .isEqualTo(content(SAMPLES.resolve("raw").resolve(file)));
    }
  }

  @Test
  void checksums_areThoseOfTheCommittedFiles() throws IOException, NoSuchAlgorithmException {
    var listed = new TreeMap<String, String>();
    for (var line : Files.readAllLines(SAMPLES.resolve("SHA256SUMS"))) {
      listed.put(line.substring(66), line.substring(0, 64));
    }
    var found = new TreeMap<String, String>();
    for (var file : RawFiles.contents(SAMPLES.resolve("raw")).entrySet()) {
      var digest = MessageDigest.getInstance("SHA-256").digest(file.getValue());
      found.put("raw/" + file.getKey(), HexFormat.of().formatHex(digest));
    }
    assertThat(found).isEqualTo(listed);
  }

  @Test
  void sample_isSmall() throws IOException {
    var bytes =
        RawFiles.contents(SAMPLES).values().stream().mapToLong(content -> content.length).sum();
    assertThat(bytes).isLessThan(2 << 20);
  }

  /** The options of the one `nightfeed simulate` line in the README; the last is the folder. */
  private static String[] command() throws IOException {
    var line =
        Files.readAllLines(SAMPLES.resolve("README.md")).stream()
            .filter(text -> text.startsWith("nightfeed simulate "))
            .findFirst()
            .orElseThrow();
    var words = line.split(" ");
    assertThat(words[words.length - 2]).isEqualTo("--to");
    return Arrays.copyOfRange(words, 2, words.length);
  }

  private static byte[] content(Path file) throws IOException {
    return file.toString().endsWith(".gz") ? RawFiles.unzipped(file) : Files.readAllBytes(file);
  }
}
