package io.nightfeed.pages;

import io.nightfeed.pages.Drawing.Anchor;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Values with their intervals, one below the other.
 *
 * @param axis what the values are
 */
public record IntervalChart(String title, String axis, Form form, List<Row> rows) {
  private static final double WIDTH = 640;
  private static final double LEFT = 160;
  private static final double RIGHT = 70;
  private static final double ROW = 24;
  private static final double TOP = 6;
  private static final double BOTTOM = 44;
  private static final double CAP = 4;

  /** Bars from 0, or points, as forest plots have them. */
  public enum Form {
    BARS,
    POINTS
  }

  /**
   * A value.
   *
   * @param style class of its mark in the style sheet
   */
  public record Row(String name, double value, double low, double high, String style) {}

  /** The chart as an SVG element; 0 is always on it. */
  public String svg() {
    var axis =
        Axis.around(
            DoubleStream.concat(
                    DoubleStream.of(0),
                    rows.stream().flatMapToDouble(row -> DoubleStream.of(row.low(), row.high())))
                .toArray());
    double bottom = TOP + ROW * rows.size();
    var drawing = new Drawing(title, WIDTH, bottom + BOTTOM);
    for (double tick : axis.ticks()) {
      double x = x(axis, tick);
      drawing.line(x, TOP, x, bottom, tick == 0 ? "zero" : "grid");
      drawing.text(x, bottom + 16, Anchor.MIDDLE, "soft", axis.label(tick));
    }
    drawing.text((LEFT + WIDTH - RIGHT) / 2, bottom + 36, Anchor.MIDDLE, "soft", axis());
    for (int i = 0; i < rows.size(); i++) {
      draw(rows.get(i), axis, TOP + ROW * (i + 0.5), drawing);
    }
    return drawing.svg();
  }

  private void draw(Row row, Axis axis, double y, Drawing drawing) {
    drawing.text(LEFT - 10, y + 4, Anchor.END, "name", row.name());
    if (!Double.isFinite(row.value())) {
      drawing.text(WIDTH - RIGHT + 8, y + 4, Anchor.START, "number", "–");
      return;
    }
    double x = x(axis, row.value());
    double low = x(axis, row.low());
    double high = x(axis, row.high());
    if (form == Form.BARS) {
      double zero = x(axis, 0);
      drawing.rectangle(Math.min(zero, x), y - 8, Math.abs(x - zero), 16, row.style());
    }
    drawing.line(low, y, high, y, "whisker");
    drawing.line(low, y - CAP, low, y + CAP, "whisker");
    drawing.line(high, y - CAP, high, y + CAP, "whisker");
    if (form == Form.POINTS) {
      drawing.circle(x, y, 5, row.style());
    }
    drawing.text(WIDTH - RIGHT + 8, y + 4, Anchor.START, "number", Numbers.decimals(row.value()));
  }

  private static double x(Axis axis, double value) {
    return LEFT + (WIDTH - RIGHT - LEFT) * axis.share(value);
  }
}
