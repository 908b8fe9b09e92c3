package io.nightfeed.generate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/** The model that {@code make train-writer} makes, and what it is known to write. */
final class TinyWriter {
  static final String NAME = "tiny-writer";
  static final Path MODELS = Path.of("src/test/resources");
  static final Path FOLDER = MODELS.resolve(NAME);
  private static final String BEFORE_TEXT = "<|im_start|>teaser: ";
  private static final String AFTER_TEXT = "<|im_end|>";

  private TinyWriter() {}

  /** What the script that trained it saw it write. */
  record Expected(String prompt, long[] promptIds, int[] lineIds, String line) {
    boolean isTeaser() {
      return prompt.startsWith(BEFORE_TEXT);
    }

    String text() {
      return prompt.substring(BEFORE_TEXT.length(), prompt.length() - AFTER_TEXT.length());
    }
  }

  static List<Expected> expected() {
    var json = new ObjectMapper();
    try (var lines = Files.lines(FOLDER.resolve("expected.jsonl"))) {
      return lines
          .map(
              line -> {
                try {
                  var row = json.readTree(line);
                  return new Expected(
                      row.get("prompt").asText(),
                      json.convertValue(row.get("prompt_ids"), long[].class),
                      json.convertValue(row.get("line_ids"), int[].class),
                      row.get("line").asText());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Teasers of texts that it knows how to write about, and of some that it does not. */
  static List<WritingTask> tasks() {
    return expected().stream()
        .filter(Expected::isTeaser)
        .map(one -> task(DigestUtils.sha256Hex(one.text()), one.text()))
        .toList();
  }

  static WritingTask task(String key, String text) {
    return new WritingTask(GeneratedTexts.TEASER, key, key, "post", text, "en", "none", null);
  }

  static Map<String, String> settings() {
    var key = "generate.spark-nlp.";
    var settings = new HashMap<String, String>();
    settings.put("generate.writer", "spark-nlp");
    settings.put("models-folder", "\"" + MODELS + "\"");
    settings.put(key + "model", NAME);
    settings.put(key + "decoder-sha256", sha256(LocalModels.DECODER));
    settings.put(key + "vocabulary-sha256", sha256(LocalModels.VOCABULARY));
    settings.put(key + "merges-sha256", sha256(LocalModels.MERGES));
    settings.put(key + "config-sha256", sha256(LocalModels.CONFIG));
    settings.put(key + "prompt", "\"<|im_start|>{task}: {text}" + AFTER_TEXT + "\"");
    settings.put(key + "max-prompt-tokens", "170");
    settings.put(key + "max-new-tokens", "48");
    return settings;
  }

  static Settings loadedSettings() {
    return SettingsLoader.load(List.of(), settings());
  }

  private static String sha256(String file) {
    try {
      return "\"" + DigestUtils.sha256Hex(Files.readAllBytes(FOLDER.resolve(file))) + "\"";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
