package io.nightfeed.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table of the report: a caption, headings, and lines of cells that are text.
 *
 * @param columns the headings and how their cells are set
 * @param lines the cells, escaped when the page is written
 */
record FigureTable(String caption, List<Column> columns, List<List<String>> lines) {
  /** Longer tables are folded until the reader opens them. */
  private static final int OPEN_LINES = 12;

  /** How the cells of a column are set. */
  enum Setting {
    TEXT,
    NUMBER
  }

  record Column(String heading, Setting setting) {
    boolean isNumber() {
      return setting == Setting.NUMBER;
    }
  }

  record Cell(String text, boolean isNumber) {}

  static Column text(String heading) {
    return new Column(heading, Setting.TEXT);
  }

  static Column number(String heading) {
    return new Column(heading, Setting.NUMBER);
  }

  /** Starts a table that has no lines yet. */
  static FigureTable of(String caption, Column... columns) {
    return new FigureTable(caption, List.of(columns), new ArrayList<>());
  }

  /** Adds a line; a missing cell shows as nothing. */
  FigureTable line(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "%s: %d cells for %d columns".formatted(caption, cells.length, columns.size()));
    }
    var line = new ArrayList<String>();
    for (var cell : cells) {
      line.add(cell == null ? "" : cell);
    }
    lines.add(line);
    return this;
  }

  boolean hasLines() {
    return !lines.isEmpty();
  }

  boolean isLong() {
    return lines.size() > OPEN_LINES;
  }

  /** The lines with their columns' settings, for the template. */
  List<List<Cell>> cells() {
    return lines.stream()
        .map(
            line ->
                IntStream.range(0, line.size())
                    .mapToObj(i -> new Cell(line.get(i), columns.get(i).isNumber()))
                    .toList())
        .toList();
  }
}
