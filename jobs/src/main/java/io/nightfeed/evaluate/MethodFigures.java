package io.nightfeed.evaluate;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;

import io.nightfeed.evaluate.PagePart.Chart;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.FigureTable.Column;
import io.nightfeed.pages.IntervalChart;
import io.nightfeed.pages.IntervalChart.Form;
import io.nightfeed.pages.IntervalChart.Row;
import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;

/** Tables and charts of methods, as all parts of the page have them. */
final class MethodFigures {
  private MethodFigures() {}

  /** Methods by figures, the best of each column marked. */
  static FigureTable table(
      String caption,
      List<Evaluated> methods,
      List<String> figures,
      ToDoubleBiFunction<Evaluated, String> figure) {
    var columns = new ArrayList<>(List.of(text("method")));
    figures.forEach(name -> columns.add(number(spaced(name))));
    var table = FigureTable.of(caption, columns.toArray(Column[]::new));
    for (var method : methods) {
      var cells = new ArrayList<>(List.of(method.name()));
      figures.forEach(name -> cells.add(Numbers.decimals(figure.applyAsDouble(method, name))));
      table.line(cells.toArray(String[]::new));
    }
    for (int column = 0; column < figures.size(); column++) {
      var name = figures.get(column);
      var values = methods.stream().map(method -> figure.applyAsDouble(method, name)).toList();
      for (int line = 0; line < methods.size(); line++) {
        if (best(name).isBest(values.get(line), values)) {
          table.mark(line, column + 1);
        }
      }
    }
    return table;
  }

  /** Segments are columns, too: of figures that are best when highest. */
  private static FigureMeaning.Best best(String figure) {
    var meaning = FigureMeaning.of(figure);
    return meaning == null ? FigureMeaning.Best.HIGHEST : meaning.best();
  }

  static Chart bars(String title, List<Row> rows) {
    return new Chart(title, new IntervalChart(title, title, Form.BARS, rows).svg());
  }

  static Chart forest(String title, List<Row> rows) {
    return new Chart(title, new IntervalChart(title, "difference", Form.POINTS, rows).svg());
  }

  static Row row(String name, PairedBootstrap value, String style) {
    return new Row(name, value.mean(), value.low(), value.high(), style);
  }

  static String style(Evaluated method) {
    return method.method().role().name().toLowerCase(Locale.ROOT);
  }

  static String spaced(String name) {
    return name.replace('_', ' ');
  }

  static String signed(double value) {
    return (value > 0 ? "+" : "") + Numbers.decimals(value);
  }

  static String ends(PairedBootstrap value) {
    return "[%s, %s]".formatted(signed(value.low()), signed(value.high()));
  }
}
