package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.lang3.ArrayUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** With a shell script in Python's place, which gets the tuning script as its first argument. */
class TuneEncoderCommandTest {
  private static final Path TINY = Path.of("src/test/resources/tiny-encoder");

  /** As a part of the model's file: its doc_string is "t", which changes nothing but the digest. */
  private static final String SAYS_TUNED = "2\u0001t";

  private static final String TUNES =
      """
      printf '%s\\n' "$@" > "$(dirname "$1")/arguments"
      while [ "$1" != --to ]; do shift; done
      mkdir -p "$2/assets"
      cp "$(dirname "$0")/models/tiny/assets/vocab.txt" "$2/assets/vocab.txt"
      cp "$(dirname "$0")/models/tiny/model.onnx" "$2/model.onnx"
      printf '2\\001t' >> "$2/model.onnx"
      """;

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();
  private Path settings;

  @BeforeEach
  void encoderOfTheSettings() throws IOException {
    SparkTest.spark();
    Files.createDirectories(folder.resolve("models/tiny/assets"));
    Files.createDirectories(folder.resolve("examples"));
    for (var file : List.of(EncoderFolders.MODEL, EncoderFolders.VOCABULARY)) {
      Files.copy(TINY.resolve(file), folder.resolve("models/tiny").resolve(file));
    }
    Files.writeString(folder.resolve("examples/train.jsonl"), "{\"text\": \"good day\"}\n");
    Files.writeString(folder.resolve("tune_encoder.py"), "");
    settings = folder.resolve("test.conf");
    Files.writeString(
        settings,
        """
        nightfeed.models-folder = "%s"
        nightfeed.encoders = [
          { name = tiny, languages = [en, "*"], class = E5, dimension = 16, prefix = "query: ",
            model-sha256 = "%s", vocabulary-sha256 = "%s" },
          { name = other, languages = [zh], class = BGE, dimension = 4, prefix = "",
            model-sha256 = "%s", vocabulary-sha256 = "%3$s" }
        ]
        """
            .formatted(
                folder.resolve("models"),
                ModelFile.sha256(TINY.resolve(EncoderFolders.MODEL)),
                ModelFile.sha256(TINY.resolve(EncoderFolders.VOCABULARY)),
                DigestUtils.sha256Hex("another")));
  }

  @Test
  void tunedEncoder_takesItsBasesPlaceInTheSettings() throws IOException {
    python(TUNES);
    assertThat(tune("--name", "tuned")).isZero();
    var before = SettingsLoader.load(List.of(settings), Map.of());
    var after =
        SettingsLoader.load(
            List.of(settings, folder.resolve("models/tuned/encoder.conf")), Map.of());
    var base = before.encoders().get(0);
    assertThat(after.encoders())
        .containsExactly(
            new Encoder(
                "tuned",
                base.languages(),
                base.encoderClass(),
                base.dimension(),
                base.prefix(),
                DigestUtils.sha256Hex(
                    ArrayUtils.addAll(
                        Files.readAllBytes(TINY.resolve(EncoderFolders.MODEL)),
                        SAYS_TUNED.getBytes(StandardCharsets.US_ASCII))),
                base.vocabularySha256()),
            before.encoders().get(1));
    assertThat(new EncoderFolders(after.modelsFolder()).verified(after.encoders().get(0)))
        .isEqualTo(folder.resolve("models/tuned"));
    assertThat(folder.resolve("models/tuned/ranges.json"))
        .as("a float model needs none")
        .doesNotExist();
  }

  @Test
  void script_getsTheEncoderAndWhatStandsAfterTheDashes() throws IOException {
    python(TUNES);
    assertThat(tune("--name", "tuned", "--", "--epochs", "2")).isZero();
    assertThat(Files.readAllLines(folder.resolve("arguments")))
        .containsExactly(
            folder.resolve("tune_encoder.py").toString(),
            "--encoder",
            folder.resolve("models/tiny").toString(),
            "--examples",
            folder.resolve("examples").toString(),
            "--prefix=query: ",
            "--to",
            folder.resolve("models/tuned").toString(),
            "--pooling",
            "mean",
            "--epochs",
            "2");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "75, 75", "137, 1"})
  void statusOfTheScript_becomesTheCommands(int status, int expected) throws IOException {
    python("exit " + status + "\n");
    assertThat(tune("--name", "tuned")).isEqualTo(expected);
    assertThat(err.toString()).contains(status == 75 ? "to go on" : "ended with status " + status);
    assertThat(folder.resolve("models/tuned")).doesNotExist();
  }

  @Test
  void missingPython_saysWhatToDo() {
    assertThat(tune("--name", "tuned")).isEqualTo(2);
    assertThat(err.toString()).contains("python is missing").contains("make tuning-venv");
  }

  @Test
  void pythonThatCannotRun_saysWhatToDo() throws IOException {
    Files.writeString(folder.resolve("python"), "no program");
    assertThat(tune("--name", "tuned")).isEqualTo(2);
    assertThat(err.toString()).contains("cannot be run").contains("make tuning-venv");
  }

  @Test
  void alteredEncoder_isNotTuned() throws IOException {
    python(TUNES);
    Files.writeString(folder.resolve("models/tiny/model.onnx"), "altered");
    assertThat(tune("--name", "tuned")).isEqualTo(1);
    assertThat(err.toString()).contains("not the expected file");
    assertThat(folder.resolve("arguments")).doesNotExist();
  }

  @Test
  void resultWithAnotherVocabulary_isRefused() throws IOException {
    python(TUNES + "echo more >> \"$2/assets/vocab.txt\"\n");
    assertThat(tune("--name", "tuned")).isEqualTo(1);
    assertThat(err.toString()).contains("vocab.txt is not the expected file");
    assertThat(folder.resolve("models/tuned/encoder.conf")).doesNotExist();
  }

  @Test
  void resultWithoutModel_isRefused() throws IOException {
    python(TUNES + "rm \"$2/model.onnx\"\n");
    assertThat(tune("--name", "tuned")).isEqualTo(1);
    assertThat(err.toString()).contains("left no model");
  }

  @ParameterizedTest
  @CsvSource({"tiny", "other", "a/b"})
  void nameThatIsTakenOrNoFolder_isRefused(String name) throws IOException {
    python(TUNES);
    assertThat(tune("--name", name)).isEqualTo(2);
    assertThat(err.toString()).contains("--name " + name);
  }

  private void python(String body) throws IOException {
    var executable = Files.writeString(folder.resolve("python"), "#!/bin/sh\nset -e\n" + body);
    Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int tune(String... more) {
    var words = new ArrayList<String>();
    words.addAll(List.of("--config", settings.toString(), "--encoder", "tiny"));
    words.addAll(List.of("--examples", folder.resolve("examples").toString()));
    words.addAll(List.of("--python", folder.resolve("python").toString()));
    words.addAll(List.of("--script", folder.resolve("tune_encoder.py").toString()));
    words.addAll(List.of(more));
    return new CommandLine(new TuneEncoderCommand())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              err.write(failure.getMessage());
              return ((JobFailure) failure).code().status();
            })
        .setErr(new PrintWriter(err))
        .execute(words.toArray(String[]::new));
  }
}
