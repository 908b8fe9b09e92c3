package io.nightfeed.report;

import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * Recommendations as lines of a terminal. Columns are aligned by the width that characters have on
 * the screen: Chinese characters take two places.
 *
 * @param width places of a line; longer texts are cut
 * @param colour whether escape codes are written
 */
record TerminalLists(int width, Colour colour) {
  private static final AttributedStyle BOLD = AttributedStyle.BOLD;
  private static final AttributedStyle FAINT = AttributedStyle.DEFAULT.faint();
  private static final String FIGURES = "%4d  %9s  %9s  %7s  ";
  private static final String HEADINGS = "%4s  %9s  %9s  %7s  ";
  private static final String ELLIPSIS = "…";

  /** Whether the reader is a terminal that wants colours. */
  enum Colour {
    ON,
    OFF
  }

  /** One user's list; each line ends with a line break. */
  String of(UserList list) {
    var text = new StringBuilder();
    text.append(line("User " + list.userId(), BOLD));
    text.append(line("  " + list.about(), AttributedStyle.DEFAULT));
    text.append(
        line(
            String.format(Locale.ROOT, HEADINGS, "#", "score", "behaviour", "emotion") + "post",
            FAINT));
    for (var entry : list.entries()) {
      text.append(entry(entry));
    }
    return text.toString();
  }

  private String entry(UserList.Entry entry) {
    var emotion = Math.round(100 * entry.emotionShare());
    var figures =
        String.format(
            Locale.ROOT,
            FIGURES,
            entry.rank(),
            Numbers.figure(entry.score()),
            100 - emotion + " %",
            emotion + " %");
    var text = new StringBuilder(line(figures + entry.excerpt(width), AttributedStyle.DEFAULT));
    var indent = " ".repeat(figures.length());
    wrapped(Excerpt.oneLine(entry.reason()), width - indent.length())
        .forEach(part -> text.append(line(indent + part, FAINT)));
    return text.toString();
  }

  /** Lines of at most that width, broken at spaces; within a word only where it is too long. */
  private static List<AttributedString> wrapped(String text, int width) {
    var lines = new ArrayList<AttributedString>();
    var rest = new AttributedString(text);
    while (rest.columnLength() > width) {
      var head = rest.columnSubSequence(0, width);
      var space = head.toString().lastIndexOf(' ');
      var end = space > 0 ? space : head.length();
      lines.add(rest.subSequence(0, end));
      rest = rest.subSequence(space > 0 ? end + 1 : end, rest.length());
    }
    lines.add(rest);
    return lines;
  }

  private String line(String text, AttributedStyle style) {
    var line = new AttributedString(cut(text), style);
    return (colour == Colour.ON ? line.toAnsi() : line.toString()) + System.lineSeparator();
  }

  private String cut(String text) {
    var whole = new AttributedString(text);
    if (whole.columnLength() <= width) {
      return text;
    }
    return new AttributedStringBuilder()
        .append(whole.columnSubSequence(0, width - 1))
        .append(ELLIPSIS)
        .toString();
  }

  /** Places that a text takes on the screen. */
  static int columns(String text) {
    return new AttributedString(text).columnLength();
  }

  /** All lists, with an empty line between them. */
  String of(List<UserList> lists) {
    return String.join(System.lineSeparator(), lists.stream().map(this::of).toList());
  }
}
