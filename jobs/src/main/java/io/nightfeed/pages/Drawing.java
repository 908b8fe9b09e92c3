package io.nightfeed.pages;

import com.samskivert.mustache.Escapers;
import java.util.Locale;

/**
 * Lines, shapes and texts as an SVG element that stands within a page; lengths are in pixels, from
 * the upper left. Colours are the style sheet's: a mark says its class alone.
 */
final class Drawing {
  /** Where a text stands of its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder marks = new StringBuilder();
  private final String title;
  private final double width;
  private final double height;

  /**
   * @param title what it shows, for who does not see it
   */
  Drawing(String title, double width, double height) {
    this.title = title;
    this.width = width;
    this.height = height;
  }

  void line(double x1, double y1, double x2, double y2, String style) {
    mark("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='%s'/>", x1, y1, x2, y2, style);
  }

  void rectangle(double x, double y, double wide, double high, String style) {
    mark(
        "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' class='%s'/>", x, y, wide, high, style);
  }

  void circle(double x, double y, double radius, String style) {
    mark("<circle cx='%.1f' cy='%.1f' r='%.1f' class='%s'/>", x, y, radius, style);
  }

  void text(double x, double y, Anchor anchor, String style, String text) {
    mark(
        "<text x='%.1f' y='%.1f' text-anchor='%s' class='%s'>%s</text>",
        x, y, anchor.name().toLowerCase(Locale.ROOT), style, escaped(text));
  }

  private void mark(String form, Object... values) {
    marks.append(String.format(Locale.ROOT, form, values)).append('\n');
  }

  private static String escaped(String text) {
    return Escapers.HTML.escape(text);
  }

  /** The element. */
  String svg() {
    return String.format(
            Locale.ROOT,
            "<svg viewBox='0 0 %.0f %.0f' role='img' aria-label='%s'>\n",
            width,
            height,
            escaped(title))
        + marks
        + "</svg>";
  }
}
