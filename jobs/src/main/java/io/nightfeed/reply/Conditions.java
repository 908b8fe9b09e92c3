package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.ReplyWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Who is to put replies into words, and what they are held against: a change of any asks anew.
 *
 * @param writer retrieved or chat
 * @param model which language model writes; empty where none does
 * @param version of the prompt, or of retrieval's rules
 * @param maxCharacters of a reply
 * @param maxToxicity of whatever is read or shown
 */
record Conditions(String writer, String model, int version, int maxCharacters, double maxToxicity)
    implements Serializable {
  static final String RETRIEVED = "retrieved";
  static final String CHAT = "chat";

  /** Raised when retrieval's replies to the same comments, of the same sources, are others. */
  static final int RETRIEVAL_RULES = 1;

  private static final int SOURCES_TO_READ = 3;

  static Conditions of(Settings settings) {
    boolean isChat = settings.reply().writer() == ReplyWriter.CHAT;
    return new Conditions(
        isChat ? CHAT : RETRIEVED,
        isChat ? settings.chat().model() : "",
        isChat ? ReplyPrompt.VERSION : RETRIEVAL_RULES,
        settings.reply().maxCharacters(),
        settings.safety().maxToxicity());
  }

  boolean isChat() {
    return writer.equals(CHAT);
  }

  /** How many sources a reply can be made of. */
  int mostSources() {
    return isChat() ? SOURCES_TO_READ : 1;
  }

  /**
   * What a reply is made of, as SHA-256 in hex. Sources count by who they are and by what they say,
   * so that a reply is used again only while all of its sources may be; their order does not.
   */
  String contentKey(Asked asked, List<Quote> quotes) {
    var parts =
        new ArrayList<>(
            List.of(
                writer,
                model,
                String.valueOf(version),
                String.valueOf(maxCharacters),
                String.valueOf(maxToxicity),
                asked.language(),
                asked.textHash(),
                String.join(",", asked.context())));
    quotes.stream().map(Conditions::key).sorted().forEach(parts::add);
    return DigestUtils.sha256Hex(String.join("\u0000", parts));
  }

  private static String key(Quote quote) {
    var said = quote.textHash() == null ? DigestUtils.sha256Hex(quote.text()) : quote.textHash();
    return String.join("\u0001", quote.kind(), String.join("\u0001", quote.ids()), said);
  }
}
