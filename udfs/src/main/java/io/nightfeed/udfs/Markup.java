package io.nightfeed.udfs;

import org.jsoup.Jsoup;

/**
 * HTML in a text that may also hold bare {@code <} and {@code &}, as people type them. Only {@code
 * <name …>}, {@code </name>}, {@code <!…>} and references that end in a semicolon are markup; the
 * rest is text: {@code a<b}, {@code <3}, {@code ?a=1&copy=2}.
 */
final class Markup {
  private static final int LONGEST_REFERENCE = 34;

  private Markup() {}

  /** The text without tags, comments, scripts and styles, with character references decoded. */
  static String removeFrom(String text) {
    if (text.indexOf('<') < 0 && text.indexOf('&') < 0) {
      return text;
    }
    var html = new StringBuilder(text.length() + 16);
    for (var i = 0; i < text.length(); i++) {
      var character = text.charAt(i);
      if (character == '<' && !startsTag(text, i)) {
        html.append("&lt;");
      } else if (character == '&' && !startsReference(text, i)) {
        html.append("&amp;");
      } else {
        html.append(character);
      }
    }
    return Jsoup.parseBodyFragment(html.toString()).body().text();
  }

  private static boolean startsTag(String text, int at) {
    if (at + 1 >= text.length()) {
      return false;
    }
    var next = text.charAt(at + 1);
    var name = next == '/' && at + 2 < text.length() ? text.charAt(at + 2) : next;
    return (isLetter(name) || next == '!') && closesBeforeAnotherOpens(text, at + 1);
  }

  /** Looks no further than the next {@code <}, so that all looks together pass the text once. */
  private static boolean closesBeforeAnotherOpens(String text, int from) {
    for (var i = from; i < text.length(); i++) {
      var character = text.charAt(i);
      if (character == '>' || character == '<') {
        return character == '>';
      }
    }
    return false;
  }

  private static boolean startsReference(String text, int at) {
    var end = Math.min(text.length(), at + LONGEST_REFERENCE);
    for (var i = at + 1; i < end; i++) {
      var character = text.charAt(i);
      if (character == ';') {
        return i > at + 1;
      }
      if (!isLetter(character)
          && !(character >= '0' && character <= '9')
          && !(character == '#' && i == at + 1)) {
        return false;
      }
    }
    return false;
  }

  private static boolean isLetter(char character) {
    return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z';
  }
}
