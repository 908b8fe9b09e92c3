package io.nightfeed.pages;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A table of a page: a caption, headings, and lines of cells that are text.
 *
 * @param columns the headings and how their cells are set
 * @param lines the cells, escaped when the page is written
 * @param marks the cells that stand out
 */
public record FigureTable(
    String caption, List<Column> columns, List<List<String>> lines, Set<Place> marks) {
  /** Longer tables are folded until the reader opens them. */
  private static final int OPEN_LINES = 12;

  /** How the cells of a column are set. */
  public enum Setting {
    TEXT,
    NUMBER
  }

  public record Column(String heading, Setting setting) {
    public boolean isNumber() {
      return setting == Setting.NUMBER;
    }
  }

  public record Cell(String text, boolean isNumber, boolean isMarked) {}

  /** Of a cell, from 0. */
  public record Place(int line, int column) {}

  public static Column text(String heading) {
    return new Column(heading, Setting.TEXT);
  }

  public static Column number(String heading) {
    return new Column(heading, Setting.NUMBER);
  }

  /** Starts a table that has no lines yet. */
  public static FigureTable of(String caption, Column... columns) {
    return new FigureTable(caption, List.of(columns), new ArrayList<>(), new HashSet<>());
  }

  /** Adds a line; a missing cell shows as nothing. */
  public FigureTable line(String... cells) {
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

  /** Lets a cell stand out. */
  public void mark(int line, int column) {
    marks.add(new Place(line, column));
  }

  public boolean hasLines() {
    return !lines.isEmpty();
  }

  public boolean isLong() {
    return lines.size() > OPEN_LINES;
  }

  /** The lines with their columns' settings, for the template. */
  public List<List<Cell>> cells() {
    return IntStream.range(0, lines.size()).mapToObj(this::cells).toList();
  }

  private List<Cell> cells(int line) {
    return IntStream.range(0, columns.size())
        .mapToObj(
            column ->
                new Cell(
                    lines.get(line).get(column),
                    columns.get(column).isNumber(),
                    marks.contains(new Place(line, column))))
        .toList();
  }
}
