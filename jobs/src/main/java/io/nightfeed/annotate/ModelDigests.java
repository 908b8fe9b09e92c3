package io.nightfeed.annotate;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import io.nightfeed.heads.Heads;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What made an annotation, as one short digest: the encoder and its input, its heads, and the rules
 * that route texts and cut them into sentences and words. A change of any makes other annotations,
 * which live beside the old ones.
 */
final class ModelDigests {
  /** Raised when the code that routes or cuts texts, or that heads run, gives something else. */
  private static final String RULES = "2";

  private ModelDigests() {}

  static Map<Encoder, String> of(Settings settings) {
    var digests = new LinkedHashMap<Encoder, String>();
    var folders = new EncoderFolders(settings.modelsFolder());
    for (var encoder : settings.encoders()) {
      var parts =
          String.join(
              "\u0000",
              RULES,
              TextEncoder.digest(encoder, folders.folder(encoder), settings.annotate()),
              encoder.languages().toString(),
              String.valueOf(settings.annotate().minLanguageConfidence()),
              Heads.text(encoder, folders.folder(encoder)));
      digests.put(encoder, DigestUtils.sha256Hex(parts).substring(0, 16));
    }
    return digests;
  }
}
