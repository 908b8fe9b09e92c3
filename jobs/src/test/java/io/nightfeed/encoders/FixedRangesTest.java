package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real English encoder: needs {@code make models}, which {@code make test} runs. */
class FixedRangesTest {
  private static final Settings SETTINGS =
      SettingsLoader.load(List.of(), Map.of("models-folder", "\"../target/models\""));
  private static final Settings.Encoder ENGLISH = SETTINGS.encoder("e5-small-v2-q");
  private static final Path FOLDER = new EncoderFolders(SETTINGS.modelsFolder()).verified(ENGLISH);
  private static final Path MODEL = FOLDER.resolve(EncoderFolders.MODEL);

  /** Token ids of four texts. */
  private static final List<long[]> TEXTS =
      List.of(
          new long[] {101, 23032, 1024, 2048, 8870, 102},
          new long[] {101, 23032, 1024, 2204, 2154, 102},
          new long[] {101, 23032, 1024, 1045, 5223, 102},
          new long[] {101, 23032, 1024, 999, 999, 102});

  @TempDir private Path folder;

  private static float[][] vectors(byte[] model, List<long[]> texts) throws Exception {
    var environment = OrtEnvironment.getEnvironment();
    try (var options = new SessionOptions();
        var session = environment.createSession(model, options)) {
      return new EncoderCall(environment, session, UnpaddedEmbeddings.MEAN).vectors(texts);
    }
  }

  private static double cosine(float[] left, float[] right) {
    double sum = 0;
    for (int j = 0; j < left.length; j++) {
      sum += left[j] * right[j];
    }
    return sum;
  }

  @Test
  void fixedModel_givesAboutTheSameVectorsAndNeighboursDoNotMoveThem() throws Exception {
    var original = Files.readAllBytes(MODEL);
    var fixed = FixedRanges.load(ENGLISH, FOLDER).orElseThrow().applied(MODEL);

    var together = vectors(fixed, TEXTS);
    var movedByNeighbours = 0;
    var originals = vectors(original, TEXTS);
    for (int text = 0; text < TEXTS.size(); text++) {
      var alone = List.of(TEXTS.get(text));
      assertThat(together[text]).isEqualTo(vectors(fixed, alone)[0]);
      var originalAlone = vectors(original, alone)[0];
      assertThat(cosine(together[text], originalAlone)).isGreaterThan(0.98);
      movedByNeighbours += java.util.Arrays.equals(originals[text], originalAlone) ? 0 : 1;
    }
    assertThat(movedByNeighbours).as("without fixed ranges").isPositive();
  }

  @Test
  void fixedModel_hasNoStepThatLooksAtTheWholeCall() throws Exception {
    var ranges = FixedRanges.load(ENGLISH, FOLDER).orElseThrow();
    var fixed = ranges.applied(MODEL);

    assertThat(FixedRanges.isQuantizedPerCall(Files.readAllBytes(MODEL))).isTrue();
    assertThat(FixedRanges.isQuantizedPerCall(fixed)).isFalse();
    var operators =
        ModelProto.parseFrom(fixed).getGraph().getNodeList().stream()
            .map(NodeProto::getOpType)
            .toList();
    assertThat(operators)
        .as("each of the 72 products is one step with its scale and bias")
        .doesNotContain("MatMulInteger")
        .filteredOn("MatMulIntegerToFloat"::equals)
        .hasSize(72);
  }

  @Test
  void measuredRanges_holdEveryActivationOfTheTexts() {
    var one = FixedRanges.measured(ENGLISH, MODEL, TEXTS.subList(0, 1));
    var all = FixedRanges.measured(ENGLISH, MODEL, TEXTS);

    assertThat(all.texts()).isEqualTo(4);
    assertThat(all.ranges()).hasSize(48).containsOnlyKeys(one.ranges().keySet());
    all.ranges()
        .forEach(
            (name, range) -> {
              assertThat(range.least()).isLessThanOrEqualTo(one.ranges().get(name).least());
              assertThat(range.greatest())
                  .isGreaterThanOrEqualTo(one.ranges().get(name).greatest());
              assertThat(range.greatest() - range.least()).isPositive();
            });
    assertThat(all.digest()).isNotEqualTo(one.digest());
  }

  @Test
  void writtenRanges_areReadBesideTheModel() throws Exception {
    var written = FixedRanges.measured(ENGLISH, MODEL, TEXTS);
    written.write(folder.resolve(FixedRanges.FILE));

    assertThat(FixedRanges.load(ENGLISH, folder)).contains(written);
  }

  @Test
  void rangesOfAnotherModel_areRefused() throws Exception {
    var ranges = FixedRanges.load(ENGLISH, FOLDER).orElseThrow().ranges();
    new FixedRanges(ENGLISH.name(), "0".repeat(64), 4, ranges)
        .write(folder.resolve(FixedRanges.FILE));

    assertThatThrownBy(() -> FixedRanges.load(ENGLISH, folder))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining(ENGLISH.modelSha256())
        .hasMessageContaining("calibrate-encoder");
  }

  /**
   * Whatever lies there: it is what the message of {@link #rangesOfAnotherModel_areRefused} asks.
   */
  @Test
  void calibration_mendsRangesOfAnotherModel() throws Exception {
    var encoder = copied("mended");
    var beside = folder.resolve("mended").resolve(FixedRanges.FILE);
    Files.writeString(
        beside, "{\"encoder\": \"mended\", \"modelSha256\": \"\", \"texts\": 0, \"ranges\": {}}");
    Files.writeString(folder.resolve("train.jsonl"), "{\"text\": \"good day\"}\n{}\n");
    var settings = SettingsLoader.load(List.of(), Map.of("models-folder", "\"" + folder + "\""));

    var measured =
        CalibrateEncoderCommand.measured(SparkTest.spark(), settings, encoder, folder, 9);
    measured.write(beside);

    assertThat(measured.texts()).isEqualTo(1);
    assertThat(FixedRanges.load(encoder, folder.resolve("mended"))).contains(measured);
  }

  @Test
  void calibrationWithoutTexts_isRefused() throws Exception {
    var encoder = copied("empty");
    Files.writeString(folder.resolve("train.jsonl"), "{}\n");
    var settings = SettingsLoader.load(List.of(), Map.of("models-folder", "\"" + folder + "\""));

    assertThatThrownBy(
            () -> CalibrateEncoderCommand.measured(SparkTest.spark(), settings, encoder, folder, 9))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("train.jsonl");
  }

  private Settings.Encoder copied(String name) throws Exception {
    Files.createDirectories(folder.resolve(name).resolve("assets"));
    for (var file : List.of(EncoderFolders.MODEL, EncoderFolders.VOCABULARY)) {
      Files.copy(FOLDER.resolve(file), folder.resolve(name).resolve(file));
    }
    return new Settings.Encoder(
        name,
        ENGLISH.languages(),
        ENGLISH.encoderClass(),
        ENGLISH.dimension(),
        ENGLISH.prefix(),
        ENGLISH.modelSha256(),
        ENGLISH.vocabularySha256());
  }

  @Test
  void otherRanges_giveAnotherDigest() throws Exception {
    var shipped = TextEncoder.digest(ENGLISH, FOLDER, SETTINGS.annotate());
    FixedRanges.measured(ENGLISH, MODEL, TEXTS).write(folder.resolve(FixedRanges.FILE));

    assertThat(TextEncoder.digest(ENGLISH, folder, SETTINGS.annotate())).isNotEqualTo(shipped);
  }

  @Test
  void activationWithoutARange_isNamed() {
    var none = new FixedRanges(ENGLISH.name(), ENGLISH.modelSha256(), 0, new TreeMap<>());

    assertThatThrownBy(() -> none.applied(MODEL))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("/embeddings/LayerNorm/Add_1_output_0");
  }
}
