package io.nightfeed.udfs;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;
import org.apache.spark.sql.api.java.UDF1;

/**
 * {@code nightfeed_clean_text(text)}: plain text as people read it. Null for null.
 *
 * <ol>
 *   <li>Control characters and invisible format characters (zero-width, bidirectional overrides,
 *       soft hyphens, tags) are removed; a lone surrogate becomes U+FFFD. Joiners stay inside emoji
 *       sequences and in scripts that are written with them.
 *   <li>The text is put into Unicode normalization form C (UAX #15).
 *   <li>Runs of white space of any kind become one space; none is left at the ends.
 *   <li>HTML tags are removed and character references decoded; see {@link Markup}.
 * </ol>
 *
 * <p>Idempotent: cleaning a cleaned text changes nothing. That takes repetition, because decoding
 * {@code &amp;lt;b&amp;gt;} uncovers a tag. After {@value #ROUNDS} layers the remaining {@code <}
 * and {@code &} are dropped, so that a hostile text costs no more than that.
 */
public final class CleanText implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;
  private static final int ROUNDS = 4;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int VARIATION_SELECTOR_16 = 0xFE0F;
  private static final int REPLACEMENT_CHARACTER = 0xFFFD;

  /** Scripts whose words need joiners (Unicode Standard, section 23.2). */
  private static final Set<UnicodeScript> JOINING_SCRIPTS =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.SYRIAC,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.ORIYA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.SINHALA,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  @Override
  public String call(String text) {
    if (text == null) {
      return null;
    }
    var cleaned = text;
    for (var round = 0; round < ROUNDS; round++) {
      cleaned = normalize(cleaned);
      var uncovered = Markup.removeFrom(cleaned);
      if (uncovered.equals(cleaned)) {
        return cleaned;
      }
      cleaned = uncovered;
    }
    return normalize(cleaned.replace("<", "").replace("&", ""));
  }

  private static String normalize(String text) {
    return collapseWhiteSpace(Normalizer.normalize(removeInvisible(text), Normalizer.Form.NFC));
  }

  private static String removeInvisible(String text) {
    var kept = new StringBuilder(text.length());
    var previous = -1;
    for (int i = 0, next; i < text.length(); i = next) {
      var character = text.codePointAt(i);
      next = i + Character.charCount(character);
      var following = next < text.length() ? text.codePointAt(next) : -1;
      var replacement = visible(previous, character, following);
      if (replacement >= 0) {
        kept.appendCodePoint(replacement);
        previous = replacement;
      }
    }
    return kept.toString();
  }

  /** What stands in the text for a character, or -1 for nothing. */
  private static int visible(int previous, int character, int following) {
    if (isWhiteSpace(character)) {
      return ' ';
    }
    return switch (Character.getType(character)) {
      case Character.CONTROL -> -1;
      case Character.SURROGATE -> REPLACEMENT_CHARACTER;
      case Character.FORMAT ->
          isPrependedMark(character) || isNeededJoiner(previous, character, following)
              ? character
              : -1;
      default -> character;
    };
  }

  private static boolean isNeededJoiner(int previous, int character, int following) {
    return switch (character) {
      case ZERO_WIDTH_JOINER ->
          isPartOfEmoji(previous) && isPictograph(following) || joinLetters(previous, following);
      case ZERO_WIDTH_NON_JOINER -> joinLetters(previous, following);
      default -> false;
    };
  }

  private static boolean joinLetters(int previous, int following) {
    return previous >= 0
        && following >= 0
        && Character.isLetter(following)
        && JOINING_SCRIPTS.contains(UnicodeScript.of(previous))
        && JOINING_SCRIPTS.contains(UnicodeScript.of(following));
  }

  /** A pictograph, or the skin tone or presentation selector that follows one. */
  private static boolean isPartOfEmoji(int character) {
    return isPictograph(character) || character == VARIATION_SELECTOR_16;
  }

  /** Blocks that hold the parts of emoji sequences; not a list, so that next year's are in. */
  private static boolean isPictograph(int character) {
    return character >= 0x1F000 && character <= 0x1FAFF
        || character >= 0x2600 && character <= 0x27BF
        || character >= 0x2B00 && character <= 0x2BFF
        || character == 0x2194
        || character == 0x2195;
  }

  /** Format characters that are seen: number signs and the like of Arabic, Syriac and Kaithi. */
  private static boolean isPrependedMark(int character) {
    return character >= 0x0600 && character <= 0x0605
        || character == 0x06DD
        || character == 0x070F
        || character == 0x0890
        || character == 0x0891
        || character == 0x08E2
        || character == 0x110BD
        || character == 0x110CD;
  }

  private static String collapseWhiteSpace(String text) {
    var collapsed = new StringBuilder(text.length());
    var pending = false;
    for (int i = 0, next; i < text.length(); i = next) {
      var character = text.codePointAt(i);
      next = i + Character.charCount(character);
      if (isWhiteSpace(character)) {
        pending = !collapsed.isEmpty();
      } else {
        if (pending) {
          collapsed.append(' ');
          pending = false;
        }
        collapsed.appendCodePoint(character);
      }
    }
    return collapsed.toString();
  }

  private static boolean isWhiteSpace(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0x85;
  }
}
