package io.nightfeed.encoders;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings that put a tuned encoder in the place of the one that it was made from. */
final class TunedEncoder {
  static final String SETTINGS = "encoder.conf";

  private TunedEncoder() {}

  /**
   * Writes {@code <models>/<name>/encoder.conf}: all encoders of the settings, with the tuned one
   * instead of its base. It reads the same languages with the same prefix.
   *
   * @throws JobFailure when the tuned encoder has no model, or another vocabulary than its base
   */
  static Path writeSettings(Settings settings, Encoder base, String name) {
    var folder = settings.modelsFolder().resolve(name);
    var model = folder.resolve(EncoderFolders.MODEL);
    if (!Files.isRegularFile(model)) {
      throw new JobFailure(
          ExitCode.FAILED,
          "%s is missing: the tuning script ended well and left no model. Delete %s and run again."
              .formatted(model, folder));
    }
    var tuned =
        new Encoder(
            name,
            base.languages(),
            base.encoderClass(),
            base.dimension(),
            base.prefix(),
            ModelFile.sha256(model),
            base.vocabularySha256());
    new EncoderFolders(settings.modelsFolder()).verified(tuned);
    var encoders =
        settings.encoders().stream()
            .map(encoder -> described(encoder.equals(base) ? tuned : encoder))
            .toList();
    var file = folder.resolve(SETTINGS);
    try {
      Files.writeString(
          file,
          "# Uses the encoder %s in the place of %s: --config %s%n%s"
              .formatted(name, base.name(), file, rendered(encoders)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
    return file;
  }

  private static Map<String, Object> described(Encoder encoder) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", encoder.name());
    keys.put("languages", encoder.languages());
    keys.put("class", encoder.encoderClass().name());
    keys.put("dimension", encoder.dimension());
    keys.put("prefix", encoder.prefix());
    keys.put("model-sha256", encoder.modelSha256());
    keys.put("vocabulary-sha256", encoder.vocabularySha256());
    return keys;
  }

  private static String rendered(List<Map<String, Object>> encoders) {
    return ConfigValueFactory.fromMap(Map.of("nightfeed", Map.of("encoders", encoders)))
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }
}
