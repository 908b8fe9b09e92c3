package io.nightfeed.safety;

import java.text.BreakIterator;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Characters as readers see them: an emoji of several code points is one (UAX #29). None is ever
 * cut.
 */
public final class Graphemes {
  private static final Pattern ONE = Pattern.compile("\\X");

  private Graphemes() {}

  /** How many there are. */
  public static int count(String text) {
    if (text.chars().allMatch(Graphemes::isWhole)) {
      return text.length();
    }
    int count = 0;
    for (var one = ONE.matcher(text); one.find(); ) {
      count++;
    }
    return count;
  }

  /** Letters, digits and marks of which none is a part of another: Latin ones and ideographs. */
  private static boolean isWhole(int c) {
    return c >= ' ' && c < 0x7F
        || c >= 0x3001 && c < 0x302A
        || c >= 0x4E00 && c < 0xA000
        || c >= 0xFF01 && c < 0xFF5F;
  }

  /**
   * The beginning of a text, cut between words: as many words as fit. Empty where not even the
   * first does.
   *
   * @param most characters
   */
  public static String start(String text, int most) {
    int limit = 0;
    int count = 0;
    for (var one = ONE.matcher(text); count < most && one.find(); count++) {
      limit = one.end();
    }
    if (limit == text.length()) {
      return text.strip();
    }
    var words = BreakIterator.getWordInstance(Locale.ROOT);
    words.setText(text);
    int end = words.isBoundary(limit) ? limit : words.preceding(limit);
    // A boundary of words within a character, such as an emoji, is none.
    while (end > 0 && !isBoundary(text, end)) {
      end = words.preceding(end);
    }
    return text.substring(0, Math.max(0, end)).strip();
  }

  /** Whether no character as readers see it is cut there. */
  public static boolean isBoundary(String text, int at) {
    if (text.chars().limit(at + 1L).allMatch(Graphemes::isWhole)) {
      return at >= 0 && at <= text.length();
    }
    int end = 0;
    for (var one = ONE.matcher(text); end < at && one.find(); ) {
      end = one.end();
    }
    return end == at;
  }
}
