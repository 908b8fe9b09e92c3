package io.nightfeed.udfs;

import java.text.Normalizer;
import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF1;
import org.jsoup.Jsoup;
import org.jsoup.parser.Parser;

/**
 * Turns a text as it came into one fit to read: HTML tags and entities resolved, control and
 * invisible formatting characters removed, whitespace collapsed, Unicode in form NFC. Emoji keep
 * their zero-width joiners. Cleaning twice changes nothing more; null stays null.
 */
public final class CleanText implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;

  private static final Pattern MARKUP = Pattern.compile("<[a-zA-Z/!][^<>]*>");
  private static final Pattern ENTITY = Pattern.compile("&#?[a-zA-Z0-9]+;");

  /** Controls but line breaks and tabs, lone surrogates, bidirectional overrides, zero widths. */
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{Cc}&&[^\\t\\n\\r]]|\\p{Cs}|[\\u200B\\u200C\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u2069\\uFEFF]");

  /** A joiner holds emoji together; anywhere else it is invisible. */
  private static final Pattern STRAY_JOINER =
      Pattern.compile("(?<![\\p{So}\\p{Sk}\\uFE0F])\\u200D|\\u200D(?![\\p{So}\\p{Sk}])");

  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");

  /** Markup can be escaped inside markup; deeper than this is an attack, not a text. */
  private static final int MOST_LAYERS = 8;

  @Override
  public String call(String text) {
    if (text == null) {
      return null;
    }
    var cleaned = once(text);
    for (var layer = 1; layer < MOST_LAYERS; layer++) {
      var again = once(cleaned);
      if (again.equals(cleaned)) {
        return cleaned;
      }
      cleaned = again;
    }
    // What still changes is markup within markup: without its delimiters nothing is left to undo.
    return once(cleaned.replaceAll("[<>&]", " "));
  }

  private static String once(String text) {
    var plain = text;
    if (MARKUP.matcher(plain).find()) {
      plain = Jsoup.parse(plain).text();
    } else if (ENTITY.matcher(plain).find()) {
      plain = Parser.unescapeEntities(plain, false);
    }
    plain = INVISIBLE.matcher(plain).replaceAll("");
    plain = STRAY_JOINER.matcher(plain).replaceAll("");
    plain = SPACES.matcher(plain).replaceAll(" ").strip();
    return Normalizer.normalize(plain, Normalizer.Form.NFC);
  }
}
