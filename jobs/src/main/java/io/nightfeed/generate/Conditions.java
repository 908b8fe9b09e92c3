package io.nightfeed.generate;

import io.nightfeed.config.Settings;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What is asked for, and of whom: a change of any asks anew.
 *
 * @param writer extractive, chat or spark-nlp
 * @param model which model writes, or chooses
 * @param promptVersion of the prompt, or of the writer's rules
 */
record Conditions(String writer, String model, int promptVersion, String tone, int maxCharacters) {

  static Conditions of(Settings settings) {
    var generate = settings.generate();
    return switch (generate.writer()) {
      case EXTRACTIVE ->
          of(
              generate,
              ExtractiveTeasers.WRITER_NAME,
              encoders(settings) + "/" + generate.leastCharacters(),
              ExtractiveTeasers.RULES);
      case CHAT -> of(generate, Prompts.WRITER_NAME, settings.chat().model(), Prompts.VERSION);
      case SPARK_NLP ->
          of(
              generate,
              SparkNlpWriter.NAME,
              LocalModels.named(generate.sparkNlp()),
              Prompts.VERSION);
    };
  }

  private static Conditions of(
      Settings.Generate settings, String writer, String model, int promptVersion) {
    return new Conditions(writer, model, promptVersion, settings.tone(), settings.maxCharacters());
  }

  /** Whether a language model writes. */
  boolean isWritten() {
    return !writer.equals(ExtractiveTeasers.WRITER_NAME);
  }

  private static String encoders(Settings settings) {
    var folders = new EncoderFolders(settings.modelsFolder());
    return DigestUtils.sha256Hex(
        settings.encoders().stream()
            .map(one -> TextEncoder.digest(one, folders.folder(one), settings.annotate()))
            .collect(Collectors.joining()));
  }
}
