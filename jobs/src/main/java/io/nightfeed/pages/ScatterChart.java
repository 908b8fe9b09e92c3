package io.nightfeed.pages;

import io.nightfeed.pages.Drawing.Anchor;
import java.util.ArrayList;
import java.util.List;

/** Named points in a plane. */
public record ScatterChart(String title, String xAxis, String yAxis, List<Point> points) {
  private static final double WIDTH = 560;
  private static final double HEIGHT = 380;
  private static final double LEFT = 58;
  private static final double RIGHT = 24;
  private static final double TOP = 26;
  private static final double BOTTOM = 44;
  private static final double RADIUS = 5;

  /** Of a character, about, at the size of names. */
  private static final double CHARACTER = 6.4;

  private static final double LINE = 13;

  /**
   * A point.
   *
   * @param style class of its mark in the style sheet
   */
  public record Point(String name, double x, double y, String style) {
    boolean isFinite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  /** What a name or a mark covers. */
  private record Box(double left, double top, double right, double bottom) {
    static Box around(double x, double y) {
      return new Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS);
    }

    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }

    boolean isInside() {
      return left > LEFT && right < WIDTH && top > 0 && bottom < HEIGHT - BOTTOM;
    }
  }

  /** The chart as an SVG element; points without both values are left out. */
  public String svg() {
    var shown = points.stream().filter(Point::isFinite).toList();
    var across = Axis.around(shown.stream().mapToDouble(Point::x).toArray());
    var up = Axis.around(shown.stream().mapToDouble(Point::y).toArray());
    var drawing = new Drawing(title, WIDTH, HEIGHT);
    drawAxes(across, up, drawing);
    var taken = new ArrayList<Box>();
    for (var point : shown) {
      double x = x(across, point.x());
      double y = y(up, point.y());
      drawing.circle(x, y, RADIUS, point.style());
      taken.add(Box.around(x, y));
    }
    for (var point : shown) {
      var box = free(x(across, point.x()), y(up, point.y()), point.name(), taken);
      taken.add(box);
      drawing.text(box.left(), box.bottom() - 3, Anchor.START, "name", point.name());
    }
    return drawing.svg();
  }

  private void drawAxes(Axis across, Axis up, Drawing drawing) {
    for (double tick : across.ticks()) {
      double x = x(across, tick);
      drawing.line(x, TOP, x, HEIGHT - BOTTOM, "grid");
      drawing.text(x, HEIGHT - BOTTOM + 16, Anchor.MIDDLE, "soft", across.label(tick));
    }
    for (double tick : up.ticks()) {
      double y = y(up, tick);
      drawing.line(LEFT, y, WIDTH - RIGHT, y, "grid");
      drawing.text(LEFT - 8, y + 4, Anchor.END, "soft", up.label(tick));
    }
    drawing.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Anchor.MIDDLE, "soft", xAxis);
    drawing.text(8, 14, Anchor.START, "soft", yAxis);
  }

  /** The first place for a name that nothing covers: beside the point, then ever further off. */
  private static Box free(double x, double y, String name, List<Box> taken) {
    double wide = CHARACTER * name.length();
    for (double off = 0; off < 4 * LINE; off += LINE / 2) {
      for (double middle : new double[] {y - off, y + off}) {
        for (double left : new double[] {x + RADIUS + 3, x - RADIUS - 3 - wide}) {
          var box = new Box(left, middle - LINE / 2, left + wide, middle + LINE / 2);
          if (box.isInside() && taken.stream().noneMatch(box::meets)) {
            return box;
          }
        }
      }
    }
    return new Box(x + RADIUS + 3, y - LINE / 2, x + RADIUS + 3 + wide, y + LINE / 2);
  }

  private static double x(Axis axis, double value) {
    return LEFT + (WIDTH - RIGHT - LEFT) * axis.share(value);
  }

  private static double y(Axis axis, double value) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * axis.share(value);
  }
}
