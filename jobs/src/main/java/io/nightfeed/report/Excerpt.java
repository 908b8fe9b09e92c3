package io.nightfeed.report;

import java.text.BreakIterator;
import java.util.Locale;

/** The beginning of a text, on one line. */
final class Excerpt {
  private static final String ELLIPSIS = "…";

  private Excerpt() {}

  /**
   * White space becomes single spaces, and characters that steer a terminal or turn the direction
   * of the text around are dropped, so that a hostile text cannot dress up what stands beside it.
   *
   * @return at most {@code length} characters, never cut inside of one; null gives an empty text
   */
  static String of(String text, int length) {
    var line = oneLine(text);
    if (line.length() <= length) {
      return line;
    }
    var characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(line);
    var end = characters.isBoundary(length) ? length : characters.preceding(length);
    return line.substring(0, Math.max(end, 0)).stripTrailing() + ELLIPSIS;
  }

  /** The whole text on one line. */
  static String oneLine(String text) {
    if (text == null) {
      return "";
    }
    return text.replaceAll("[\\s\\p{Z}]+", " ")
        .replaceAll("[\\p{Cc}\\p{Cs}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]", "")
        .strip();
  }
}
