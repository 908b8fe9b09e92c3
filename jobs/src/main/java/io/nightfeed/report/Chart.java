package io.nightfeed.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chart of the report.
 *
 * @param id of the element that shows it
 * @param option what ECharts draws: https://echarts.apache.org/en/option.html
 */
record Chart(String id, String title, Map<String, Object> option) {
  /** Whether bars stand upright or lie, so that long names can be read. */
  enum Direction {
    UPRIGHT,
    LYING
  }

  /** Whether bars of the same category stand side by side or on one another. */
  enum Arrangement {
    GROUPED,
    STACKED
  }

  /** Names along an axis. */
  record Categories(String axis, List<String> names) {}

  /**
   * Values in the order of the categories; null where there is none.
   *
   * @param colour CSS colour, or null for the next of the palette
   */
  record Series(String name, List<? extends Number> values, String colour) {
    Series(String name, List<? extends Number> values) {
      this(name, values, null);
    }
  }

  /** A point of a curve. */
  record Point(double x, double y) {}

  /** Points in the order in which they are joined. */
  record Curve(String name, List<Point> points) {}

  static Chart bars(
      String id,
      String title,
      Categories categories,
      String valueAxis,
      Direction direction,
      Arrangement arrangement,
      List<Series> series) {
    var option = frame(series.size() > 1);
    var names = categoryAxis(categories);
    var values = valueAxis(valueAxis);
    if (direction == Direction.LYING) {
      names.put("inverse", true);
      names.remove("name");
      names.put("axisLabel", Map.of("width", 260, "overflow", "truncate"));
      option.put("yAxis", names);
      option.put("xAxis", below(values));
      if (series.size() == 1) {
        // Nothing stands above the bars: neither a legend nor the name of an axis.
        option.put("grid", grid(8));
      }
    } else {
      option.put("xAxis", below(names));
      option.put("yAxis", values);
    }
    option.put(
        "series",
        series.stream()
            .map(
                one -> {
                  var bar = series("bar", one);
                  bar.put("barMaxWidth", 28);
                  if (arrangement == Arrangement.STACKED) {
                    bar.put("stack", "all");
                  }
                  return bar;
                })
            .toList());
    return new Chart(id, title, option);
  }

  /** A line over bars that have an axis of their own, on the right. */
  static Chart lineOverBars(
      String id,
      String title,
      Categories categories,
      String lineAxis,
      Series line,
      String barAxis,
      Series bars) {
    var option = frame(true);
    option.put("xAxis", below(categoryAxis(categories)));
    var right = valueAxis(barAxis);
    right.put("splitLine", Map.of("show", false));
    right.put("nameTextStyle", Map.of("align", "right"));
    option.put("yAxis", List.of(valueAxis(lineAxis), right));
    var bar = series("bar", bars);
    bar.put("yAxisIndex", 1);
    bar.put("barMaxWidth", 28);
    var over = series("line", line);
    over.put("lineStyle", Map.of("width", 3));
    over.put("symbolSize", 7);
    over.put("z", 3);
    option.put("series", List.of(bar, over));
    return new Chart(id, title, option);
  }

  /** Shares that add up to a whole, one area on the other. */
  static Chart areas(
      String id, String title, Categories categories, String valueAxis, List<Series> series) {
    var option = frame(true);
    option.put("xAxis", below(categoryAxis(categories)));
    var values = valueAxis(valueAxis);
    values.put("max", 100);
    option.put("yAxis", values);
    option.put(
        "series",
        series.stream()
            .map(
                one -> {
                  var area = series("line", one);
                  area.put("stack", "all");
                  area.put("areaStyle", Map.of("opacity", 0.75));
                  area.put("lineStyle", Map.of("width", 0));
                  // One day alone has no area: its points must show.
                  area.put("showSymbol", categories.names().size() == 1);
                  return area;
                })
            .toList());
    return new Chart(id, title, option);
  }

  /** A curve over a numeric axis, against a dashed line to compare it with. */
  static Chart curve(
      String id, String title, String xAxis, String yAxis, Curve curve, Curve comparison) {
    var option = frame(true);
    option.put("xAxis", below(valueAxis(xAxis)));
    option.put("yAxis", valueAxis(yAxis));
    var dashed = line(comparison);
    dashed.put("lineStyle", Map.of("type", "dashed", "color", Palette.PALE));
    dashed.put("itemStyle", Map.of("color", Palette.PALE));
    option.put("series", List.of(line(curve), dashed));
    return new Chart(id, title, option);
  }

  /** A line within a band from a lower to an upper value. */
  static Chart band(
      String id,
      String title,
      Categories categories,
      String valueAxis,
      Series lower,
      Series middle,
      Series upper) {
    var option = frame(true);
    option.put("xAxis", below(categoryAxis(categories)));
    option.put("yAxis", valueAxis(valueAxis));
    var edge = List.of(series("line", lower), series("line", middle), series("line", upper));
    edge.forEach(line -> line.put("showSymbol", categories.names().size() == 1));
    edge.get(0).put("lineStyle", Map.of("type", "dashed", "width", 1));
    edge.get(1).put("lineStyle", Map.of("width", 3));
    edge.get(2).put("lineStyle", Map.of("type", "dashed", "width", 1));
    option.put("series", edge);
    return new Chart(id, title, option);
  }

  private static Map<String, Object> frame(boolean hasLegend) {
    var option = new LinkedHashMap<String, Object>();
    option.put("animation", false);
    option.put("aria", Map.of("enabled", true));
    option.put("tooltip", Map.of("trigger", "axis", "confine", true));
    option.put("grid", grid(56));
    if (hasLegend) {
      option.put("legend", Map.of("top", 0, "right", 0, "type", "scroll"));
    }
    return option;
  }

  private static Map<String, Object> grid(int top) {
    return Map.of("left", 12, "right", 24, "top", top, "bottom", 36, "containLabel", true);
  }

  private static Map<String, Object> categoryAxis(Categories categories) {
    var axis = new LinkedHashMap<String, Object>();
    axis.put("type", "category");
    axis.put("name", categories.axis());
    axis.put("data", categories.names());
    return axis;
  }

  private static Map<String, Object> valueAxis(String name) {
    var axis = new LinkedHashMap<String, Object>();
    axis.put("type", "value");
    axis.put("name", name);
    axis.put("nameTextStyle", Map.of("align", "left"));
    return axis;
  }

  /** The name of an axis below the chart stands in the middle, under its labels. */
  private static Map<String, Object> below(Map<String, Object> axis) {
    axis.put("nameLocation", "middle");
    axis.put("nameGap", 30);
    axis.put("nameTextStyle", Map.of("align", "center"));
    return axis;
  }

  private static Map<String, Object> line(Curve curve) {
    var line = new LinkedHashMap<String, Object>();
    line.put("type", "line");
    line.put("name", curve.name());
    line.put("showSymbol", false);
    line.put(
        "data",
        curve.points().stream()
            .map(point -> List.of(rounded(point.x()), rounded(point.y())))
            .toList());
    return line;
  }

  private static Map<String, Object> series(String type, Series series) {
    var content = new LinkedHashMap<String, Object>();
    content.put("type", type);
    content.put("name", series.name());
    var values = new ArrayList<Number>();
    series.values().forEach(value -> values.add(rounded(value)));
    content.put("data", values);
    if (series.colour() != null) {
      content.put("itemStyle", Map.of("color", series.colour()));
    }
    return content;
  }

  /** Six significant digits are more than a chart can show. */
  private static Number rounded(Number value) {
    if (value == null || value instanceof Long || value instanceof Integer) {
      return value;
    }
    var number = value.doubleValue();
    if (!Double.isFinite(number)) {
      return null;
    }
    return new BigDecimal(number).round(new MathContext(6, RoundingMode.HALF_EVEN)).doubleValue();
  }
}
