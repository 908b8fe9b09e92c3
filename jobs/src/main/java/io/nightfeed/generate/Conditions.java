package io.nightfeed.generate;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Writer;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What is asked for, and of whom: a change of any asks anew.
 *
 * @param writer extractive or chat
 * @param model which model writes, or chooses
 * @param promptVersion of the prompt, or of the writer's rules
 */
record Conditions(String writer, String model, int promptVersion, String tone, int maxCharacters) {

  static Conditions of(Settings settings) {
    var generate = settings.generate();
    boolean isChat = generate.writer() == Writer.CHAT;
    return new Conditions(
        isChat ? Prompts.WRITER_NAME : ExtractiveTeasers.WRITER_NAME,
        isChat ? settings.chat().model() : encoders(settings) + "/" + generate.leastCharacters(),
        isChat ? Prompts.VERSION : ExtractiveTeasers.RULES,
        generate.tone(),
        generate.maxCharacters());
  }

  boolean isChat() {
    return writer.equals(Prompts.WRITER_NAME);
  }

  private static String encoders(Settings settings) {
    var folders = new EncoderFolders(settings.modelsFolder());
    return DigestUtils.sha256Hex(
        settings.encoders().stream()
            .map(one -> TextEncoder.digest(one, folders.folder(one), settings.annotate()))
            .collect(Collectors.joining()));
  }
}
