package io.nightfeed.encoders;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.SettingsLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** With the model that ships for Chinese, whose pooling takes the first token. */
class FirstTokenAloneTest {
  private static final Encoder CHINESE =
      SettingsLoader.load(List.of(), Map.of("lake-folder", "\"unused\"")).encoders().stream()
          .filter(encoder -> encoder.languages().contains("zh"))
          .findFirst()
          .orElseThrow();
  private static final Path FOLDER = Path.of("../target/models").resolve(CHINESE.name());
  private static final Path MODEL = FOLDER.resolve(EncoderFolders.MODEL);

  /** Five texts of twelve tokens: begin, ten of the vocabulary's Chinese part, end. */
  private static final List<long[]> TEXTS =
      IntStream.range(0, 5)
          .mapToObj(
              text ->
                  LongStream.concat(
                          LongStream.concat(
                              LongStream.of(101),
                              LongStream.range(0, 10).map(i -> 700 + (text * 97 + i * 389) % 6000)),
                          LongStream.of(102))
                      .toArray())
          .toList();

  @Test
  void vectors_areThoseOfTheWholeModel() throws Exception {
    var whole = FixedRanges.load(CHINESE, FOLDER).orElseThrow().applied(MODEL);
    var cut = FirstTokenAlone.of(whole);

    assertThat(cut).isNotEqualTo(whole);
    var expected = vectors(whole, TEXTS);
    var found = vectors(cut, TEXTS);
    for (int text = 0; text < TEXTS.size(); text++) {
      for (int i = 0; i < expected[text].length; i++) {
        assertThat(found[text][i]).isCloseTo(expected[text][i], within(1e-5f));
      }
      assertThat(vectors(cut, TEXTS.subList(text, text + 1))[0]).as("alone").isEqualTo(found[text]);
    }
  }

  @Test
  void modelQuantisedPerCall_isCutAsWell() throws Exception {
    var original = Files.readAllBytes(MODEL);
    var one = TEXTS.subList(0, 1);
    var found = vectors(FirstTokenAlone.of(original), one)[0];
    var expected = vectors(original, one)[0];
    double cosine = IntStream.range(0, found.length).mapToDouble(i -> found[i] * expected[i]).sum();
    // Steps of the last layer are those of one token now.
    assertThat(cosine).isGreaterThan(0.98);
  }

  @Test
  void otherGraph_staysAsItIs() throws Exception {
    var cut = FirstTokenAlone.of(Files.readAllBytes(MODEL));
    assertThat(FirstTokenAlone.of(cut)).isSameAs(cut);
  }

  private static org.assertj.core.data.Offset<Float> within(float difference) {
    return org.assertj.core.data.Offset.offset(difference);
  }

  private static float[][] vectors(byte[] model, List<long[]> texts) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    try (var options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (var session = environment.createSession(model, options)) {
        return new EncoderCall(environment, session, UnpaddedEmbeddings.FIRST).vectors(texts);
      }
    }
  }
}
