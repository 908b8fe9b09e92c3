package io.nightfeed.report;

import io.nightfeed.pages.FigureTable;
import java.util.List;

/**
 * A part of the report.
 *
 * @param id anchor within the page
 * @param lead what the figures say, in a sentence or two
 * @param charts none when there was nothing this night
 * @param tables those without lines are left out
 */
record Section(String id, String title, String lead, List<Chart> charts, List<FigureTable> tables) {
  Section {
    tables = tables.stream().filter(FigureTable::hasLines).toList();
  }

  /** A section that has nothing to show. */
  static Section empty(String id, String title) {
    return new Section(id, title, "", List.of(), List.of());
  }

  boolean isEmpty() {
    return charts.isEmpty() && tables.isEmpty();
  }
}
