package io.nightfeed.heads;

import io.nightfeed.run.SettingsOptions;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that read labelled corpora with encoders. */
final class CorpusOptions {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the public corpora.")
  private Path data;

  @Option(
      names = "--encoder",
      paramLabel = "NAME",
      description = "Only this encoder of the settings.")
  private String only;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "target/embedded-corpora",
      description = "Where embeddings of the corpora are kept (default ${DEFAULT-VALUE}).")
  private Path work;

  Path data() {
    return data;
  }

  /** The encoders that are asked for, with the corpora of their languages. */
  List<EmbeddedCorpora> corpora(SparkSession spark) {
    return corpora(spark, false);
  }

  /**
   * @param isRaw whether texts stay as they were written
   */
  List<EmbeddedCorpora> corpora(SparkSession spark, boolean isRaw) {
    var settings = options.settings();
    var encoders = only == null ? settings.encoders() : List.of(settings.encoder(only));
    return encoders.stream()
        .map(encoder -> new EmbeddedCorpora(spark, settings, encoder, data, work, isRaw))
        .toList();
  }
}
