package io.nightfeed.evaluate;

import io.nightfeed.pages.FigureTable;
import java.util.List;
import java.util.stream.Stream;

/**
 * A part of the page.
 *
 * @param id anchor within the page
 * @param lead how to read it
 * @param folded tables that the reader opens
 */
record PagePart(
    String id,
    String title,
    String lead,
    List<Chart> charts,
    List<FigureTable> tables,
    List<FigureTable> folded) {

  /**
   * @param svg the element, its texts escaped
   */
  record Chart(String title, String svg) {}

  record Shown(FigureTable table, boolean isOpen) {}

  /** All tables that have lines, the folded ones last. */
  List<Shown> shown() {
    return Stream.concat(
            tables.stream().map(table -> new Shown(table, true)),
            folded.stream().map(table -> new Shown(table, false)))
        .filter(one -> one.table().hasLines())
        .toList();
  }
}
