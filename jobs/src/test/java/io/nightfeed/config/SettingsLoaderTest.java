package io.nightfeed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
  @TempDir Path folder;

  @Test
  void defaults_areValid() {
    var settings = SettingsLoader.load(List.of(), Map.of());
    assertThat(settings.recommend().topN()).isEqualTo(100);
    assertThat(settings.encoders()).extracting(Settings.Encoder::dimension).contains(384, 512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local.conf", "demo.conf", "weibo.conf", "cluster.conf", "rapids.conf"})
  void shippedOverlays_areValid(String name) {
    assertThat(SettingsLoader.load(List.of(Path.of("../conf", name)), Map.of())).isNotNull();
  }

  @Test
  void everyProblem_isReportedAtOnce() throws IOException {
    var file = Files.writeString(folder.resolve("bad.conf"), "nightfeed.train.rnk = 3");
    assertThatThrownBy(
            () ->
                SettingsLoader.load(
                    List.of(file, folder.resolve("missing.conf")),
                    Map.of(
                        "train.rank",
                        "0",
                        "train.emotion-form",
                        "odd",
                        "reply.writer",
                        "poet",
                        "ingest.max-line-bytes",
                        "1 B")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("6 problems")
        .hasMessageContaining("train.rnk")
        .hasMessageContaining("bad.conf")
        .hasMessageContaining("missing.conf: no such file")
        .hasMessageContaining("train.rank = 0.0: expected from 1.0 to 1024.0")
        .hasMessageContaining("one of [literal, interaction]")
        .hasMessageContaining("one of [retrieved, chat]")
        .hasMessageContaining("max-line-bytes");
  }

  @Test
  void writerInsideSpark_needsAModelAndItsDigests() {
    assertThatThrownBy(() -> SettingsLoader.load(List.of(), Map.of("generate.writer", "spark-nlp")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("generate.spark-nlp.model = nothing: expected the name of a model's")
        .hasMessageContaining("generate.spark-nlp.merges-sha256 = nothing: expected 64 hex");
    assertThatThrownBy(() -> SettingsLoader.load(List.of(), Map.of("generate.writer", "poet")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("one of [extractive, chat, spark-nlp]");
  }

  @Test
  void wrongType_isNamed() {
    assertThatThrownBy(() -> SettingsLoader.load(List.of(), Map.of("train.rank", "many")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("train.rank");
  }

  @Test
  void laterFile_goesBeforeEarlierAndOverrideBeforeBoth() throws IOException {
    var one =
        Files.writeString(folder.resolve("1.conf"), "nightfeed.train { rank = 11, seed = 1 }");
    var two = Files.writeString(folder.resolve("2.conf"), "nightfeed.train { rank = 12 }");
    var settings = SettingsLoader.load(List.of(one, two), Map.of("train.iterations", "3")).train();
    assertThat(settings.rank()).isEqualTo(12);
    assertThat(settings.seed()).isEqualTo(1);
    assertThat(settings.iterations()).isEqualTo(3);
  }

  @Test
  void digest_dependsOnWhatIsComputedAndNotOnWhere() {
    var digest = SettingsLoader.load(List.of(), Map.of()).digest();
    assertThat(SettingsLoader.load(List.of(), Map.of("lake-folder", "elsewhere")).digest())
        .isEqualTo(digest);
    assertThat(SettingsLoader.load(List.of(), Map.of("train.rank", "33")).digest())
        .isNotEqualTo(digest);
  }

  @Test
  void digest_doesNotDependOnHowSettingsAreSearchedFor() {
    assertThat(SettingsLoader.load(List.of(), Map.of("tune.trials", "5")).digest())
        .isEqualTo(SettingsLoader.load(List.of(), Map.of()).digest());
  }

  @Test
  void searchSpace_isChecked_andCredentialsAreNotRepeated() {
    var space =
        "[{setting = train.seed-x, from = 1, to = 2, scale = log},"
            + " {setting = train.rank, from = 0, to = 2, scale = log},"
            + " {setting = train.emotion-form, from = 1, to = 2, scale = log},"
            + " {setting = train.iterations, from = 1, to = 2, scale = odd, many = 1}]";
    var server = "\"http://me:s3cret@host\"";
    assertThatThrownBy(
            () ->
                SettingsLoader.load(
                    List.of(), Map.of("tune.space", space, "tune.mlflow-tracking-uri", server)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("train.seed-x: expected a setting of train")
        .hasMessageContaining("tune.space (train.rank) = 0.0 to 2.0")
        .hasMessageContaining("train.emotion-form = interaction: expected a number")
        .hasMessageContaining("[many]: expected setting and values")
        .hasMessageContaining("scale odd: expected log or linear")
        .hasMessageContaining("without credentials")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aDwellThatIsFullBeforeItCounts_isRefused() {
    assertThatThrownBy(
            () -> SettingsLoader.load(List.of(), Map.of("profile.dwell-full-seconds", "5")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("more than dwell-least-seconds = 5.0");
  }
}
