package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderFoldersTest {
  private static final String VOCABULARY = "[PAD]\nhello\n";

  @TempDir Path artifacts;
  @TempDir Path models;

  private final Encoder encoder = encoder(DigestUtils.sha256Hex("weights"));
  private EncoderFolders folders;

  @BeforeEach
  void makeArtifact() throws IOException {
    folders = new EncoderFolders(models);
    try (var zip = new ZipOutputStream(Files.newOutputStream(artifacts.resolve("tiny.jar")))) {
      entry(zip, "tiny.onnx", "weights");
      entry(zip, "tiny-tokenizer.json", "{\"model\":{\"vocab\":{\"hello\":1,\"[PAD]\":0}}}");
    }
  }

  @Test
  void unpacking_writesModelAndVocabularyInIdOrder() throws IOException {
    folders.unpack(encoder, artifacts);
    var folder = folders.verified(encoder);
    assertThat(Files.readString(folder.resolve("model.onnx"))).isEqualTo("weights");
    assertThat(Files.readString(folder.resolve("assets/vocab.txt"))).isEqualTo(VOCABULARY);
  }

  @Test
  void unpackedFolder_isReadyAndLeftAlone() {
    assertThat(folders.isReady(encoder)).isFalse();
    folders.unpack(encoder, artifacts);
    assertThat(folders.isReady(encoder)).isTrue();
  }

  @Test
  void missingModel_saysWhatToDo() {
    assertThatThrownBy(() -> folders.verified(encoder))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("is missing")
        .hasMessageContaining("make models");
  }

  @Test
  void alteredModel_isNotLoaded() throws IOException {
    folders.unpack(encoder, artifacts);
    Files.writeString(models.resolve("tiny/model.onnx"), "other weights");
    assertThatThrownBy(() -> folders.verified(encoder))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("not the expected file")
        .hasMessageContaining(encoder.modelSha256());
  }

  @Test
  void artifactWithOtherWeights_leavesNothingBehind() throws IOException {
    var other = encoder(DigestUtils.sha256Hex("what the settings name"));
    assertThatThrownBy(() -> folders.unpack(other, artifacts)).isInstanceOf(JobFailure.class);
    assertThat(models.resolve("tiny/model.onnx")).doesNotExist();
    try (var files = Files.walk(models)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void missingArtifact_saysWhereItWasSought() {
    assertThatThrownBy(() -> folders.unpack(encoder, models))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("tiny.onnx");
  }

  private static Encoder encoder(String modelDigest) {
    return new Encoder(
        "tiny",
        List.of("*"),
        EncoderClass.E5,
        2,
        "",
        modelDigest,
        DigestUtils.sha256Hex(VOCABULARY));
  }

  private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
