package io.nightfeed.annotate;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.heads.Heads;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What made an annotation, as one short digest: the encoder's files, pooling and prefix, its heads,
 * and the rules that cut texts, route them and put them together. A change of any makes other
 * annotations, which live beside the old ones.
 */
final class ModelDigests {
  /** Raised when the code that routes, cuts or tokenises texts gives something else for some. */
  private static final String RULES = "2";

  private ModelDigests() {}

  static Map<Encoder, String> of(Settings settings) {
    var digests = new LinkedHashMap<Encoder, String>();
    var folders = new EncoderFolders(settings.modelsFolder());
    for (var encoder : settings.encoders()) {
      var parts =
          List.of(
              RULES,
              encoder.name(),
              encoder.modelSha256(),
              encoder.vocabularySha256(),
              encoder.encoderClass().name(),
              encoder.prefix(),
              encoder.languages().toString(),
              String.valueOf(settings.annotate().maxTokens()),
              String.valueOf(settings.annotate().batchSize()),
              String.valueOf(settings.annotate().minLanguageConfidence()),
              Heads.text(encoder, folders.folder(encoder)));
      digests.put(encoder, sha256(String.join("\u0000", parts)).substring(0, 16));
    }
    return digests;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
