package io.nightfeed.udfs;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF1;

/**
 * {@code nightfeed_readable_text(text)}: a post as a language model can read it. Null for null.
 *
 * <ol>
 *   <li>Emoji become their names (Chinese words where the text has Chinese characters), since
 *       encoders know few of them; of the same emoji in a row two count.
 *   <li>Hashtags lose their signs and are parted at capitals and underscores.
 *   <li>Letters repeated for emphasis are cut to two, Chinese characters to three, marks to two.
 *   <li>Slang and clipped words of {@code slang.json} are written out.
 * </ol>
 *
 * <p>Linear in the text's length.
 */
public final class ReadableText implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;

  /** Parts of emoji that have no name of their own: joiners, selectors, skin tones. */
  private static final Pattern SILENT =
      Pattern.compile("[\u200D\uFE0E\uFE0F\\x{1F3FB}-\\x{1F3FF}]");

  private static final Pattern EMOJI =
      Pattern.compile(
          "([\\x{1F000}-\\x{1FAFF}\u2600-\u27BF\u2B00-\u2BFF\u203C\u2049])[ ]?(?:\\1[ ]?)*+");

  private static final Pattern HAN = Pattern.compile("\\p{IsHan}");
  private static final Pattern HASHTAG =
      Pattern.compile("[#\uFF03]([^\\s#\uFF03]{1,140})[#\uFF03]?");
  private static final Pattern WORD_BREAK = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|_");
  private static final Pattern LONG_LETTER = Pattern.compile("([a-zA-Z])\\1{2,}+");
  private static final Pattern LONG_SYMBOL =
      Pattern.compile("([!?.,~\u3002\uFF01\uFF1F\u2026])\\1{2,}+");
  private static final Pattern LONG_CHARACTER = Pattern.compile("(\\p{L})\\1{3,}+");
  private static final Pattern WORD =
      Pattern.compile("(?<![a-zA-Z0-9])[a-zA-Z0-9][a-zA-Z0-9'\u2019]*+");
  private static final Pattern SPACES = Pattern.compile("\\s+");

  @Override
  public String call(String text) {
    if (text == null) {
      return null;
    }
    var isChinese = HAN.matcher(text).find();
    var readable = SILENT.matcher(text).replaceAll("");
    readable = EMOJI.matcher(readable).replaceAll(emoji -> named(emoji, isChinese));
    readable = HASHTAG.matcher(readable).replaceAll(ReadableText::parted);
    readable = LONG_LETTER.matcher(readable).replaceAll("$1$1");
    readable = LONG_SYMBOL.matcher(readable).replaceAll("$1$1");
    readable = LONG_CHARACTER.matcher(readable).replaceAll("$1$1$1");
    var slang = isChinese ? Words.CHINESE_SLANG : Words.ENGLISH_SLANG;
    readable = WORD.matcher(readable).replaceAll(word -> written(word, slang));
    return SPACES.matcher(readable).replaceAll(" ").strip();
  }

  private static String named(MatchResult emoji, boolean isChinese) {
    var one = emoji.group(1);
    var name = isChinese ? Words.CHINESE_EMOJI.get(one) : null;
    if (name == null) {
      var known = Character.getName(one.codePointAt(0));
      name = known == null ? one : known.toLowerCase(Locale.ROOT);
    }
    var isRepeated = emoji.group().length() > one.length() + 1;
    return quoted(isRepeated ? " " + name + " " + name + " " : " " + name + " ");
  }

  private static String parted(MatchResult hashtag) {
    return quoted(" " + WORD_BREAK.matcher(hashtag.group(1)).replaceAll(" ") + " ");
  }

  private static String written(MatchResult word, Map<String, String> slang) {
    var key = word.group().toLowerCase(Locale.ROOT).replace('\u2019', '\'');
    return quoted(slang.getOrDefault(key, word.group()));
  }

  private static String quoted(String replacement) {
    return java.util.regex.Matcher.quoteReplacement(replacement);
  }

  /** Word lists, read once per process. */
  private static final class Words {
    static final Map<String, Map<String, String>> ALL = read();
    static final Map<String, String> ENGLISH_SLANG = ALL.get("en");
    static final Map<String, String> CHINESE_SLANG = ALL.get("zh");
    static final Map<String, String> CHINESE_EMOJI = ALL.get("zh-emoji");

    private static Map<String, Map<String, String>> read() {
      try (var stream = ReadableText.class.getResourceAsStream("slang.json")) {
        return new ObjectMapper().readValue(stream, new TypeReference<>() {});
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read slang.json beside " + ReadableText.class, e);
      }
    }
  }
}
