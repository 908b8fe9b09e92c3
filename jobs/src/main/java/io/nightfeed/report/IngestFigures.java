package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.DUPLICATES;
import static io.nightfeed.tables.Columns.FILES;
import static io.nightfeed.tables.Columns.LATE;
import static io.nightfeed.tables.Columns.LINES_IN;
import static io.nightfeed.tables.Columns.OPTED_OUT;
import static io.nightfeed.tables.Columns.OPTED_OUT_USERS;
import static io.nightfeed.tables.Columns.QUARANTINED;
import static io.nightfeed.tables.Columns.ROWS_OUT;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.SOURCE;

import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.SmallGroups;
import java.time.LocalDate;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/** What came in, tonight and on the nights before: {@link Silver#INGEST_COUNTS}. */
record IngestFigures(LocalDate runDate, List<SourceCounts> nights) {
  /** One source of one night. */
  record SourceCounts(
      LocalDate night,
      String source,
      long files,
      long linesIn,
      long rowsOut,
      long duplicates,
      long quarantined,
      long late,
      Long optedOut) {

    /** Without the lines of people who opted out where these are too few to be told of. */
    private static SourceCounts of(Row row, SmallGroups groups) {
      var optedOut = row.getLong(8);
      var isTold = groups.isTold(row.getLong(9));
      return new SourceCounts(
          row.getDate(0).toLocalDate(),
          row.getString(1),
          row.getLong(2),
          isTold ? row.getLong(3) : row.getLong(3) - optedOut,
          row.getLong(4),
          row.getLong(5),
          row.getLong(6),
          row.getLong(7),
          isTold ? optedOut : null);
    }

    private long toldOptedOut() {
      return optedOut == null ? 0 : optedOut;
    }
  }

  private static final String REQUESTS = "optouts";

  static IngestFigures read(Night night) {
    var rows =
        night
            .lake()
            .upTo(Silver.INGEST_COUNTS, night.runDate())
            .where(night.isWithin(RUN_DATE, Night.TREND_DAYS))
            .orderBy(RUN_DATE, SOURCE)
            .select(
                RUN_DATE,
                SOURCE,
                FILES,
                LINES_IN,
                ROWS_OUT,
                DUPLICATES,
                QUARANTINED,
                LATE,
                OPTED_OUT,
                OPTED_OUT_USERS)
            .collectAsList();
    var groups = night.groups();
    return new IngestFigures(
        night.runDate(),
        rows.stream()
            // Of requests the lines are the people.
            .filter(row -> !row.getString(1).equals(REQUESTS) || groups.isTold(row.getLong(4)))
            .map(row -> SourceCounts.of(row, groups))
            .toList());
  }

  /** Tonight's counts of one source, such as {@code events}; zeros when it was not ingested. */
  SourceCounts tonight(String source) {
    return tonight()
        .filter(counts -> counts.source().equals(source))
        .findFirst()
        .orElse(new SourceCounts(runDate, source, 0, 0, 0, 0, 0, 0, 0L));
  }

  boolean hasTonight() {
    return tonight().findAny().isPresent();
  }

  Section section() {
    if (!hasTonight()) {
      return Section.empty("ingest", "What came in");
    }
    var dates = nights.stream().map(SourceCounts::night).distinct().toList();
    var chart =
        Chart.bars(
            "lines-per-night",
            "Lines per night, events and posts together",
            new Chart.Categories("run date", dates.stream().map(LocalDate::toString).toList()),
            "lines",
            Chart.Direction.UPRIGHT,
            Chart.Arrangement.STACKED,
            List.of(
                perNight("kept", dates, SourceCounts::rowsOut, Palette.GOOD),
                perNight("duplicates", dates, SourceCounts::duplicates, Palette.PALE),
                perNight("opted out", dates, SourceCounts::toldOptedOut, Palette.EMOTION),
                perNight("quarantined", dates, SourceCounts::quarantined, Palette.BAD)));
    return new Section(
        "ingest",
        "What came in",
        "Every line is kept, a duplicate of one that is kept, quarantined with its reason, or of"
            + " somebody who opted out. Where few people opted out, their lines are not among those"
            + " in.",
        List.of(chart),
        List.of(table()));
  }

  private FigureTable table() {
    var table =
        FigureTable.of(
            "Tonight, by source",
            text("source"),
            number("files"),
            number("lines in"),
            number("rows out"),
            number("duplicates"),
            number("quarantined"),
            number("opted out"),
            number("late"),
            text("in = out + duplicates + quarantined + opted out"));
    tonight()
        .forEach(
            counts ->
                table.line(
                    counts.source(),
                    Numbers.count(counts.files()),
                    Numbers.count(counts.linesIn()),
                    Numbers.count(counts.rowsOut()),
                    Numbers.count(counts.duplicates()),
                    Numbers.count(counts.quarantined()),
                    counts.optedOut() == null ? Night.UNTOLD : Numbers.count(counts.optedOut()),
                    Numbers.count(counts.late()),
                    isBalanced(counts) ? "yes" : "NO: lines were lost"));
    return table;
  }

  private static boolean isBalanced(SourceCounts counts) {
    return counts.linesIn()
        == counts.rowsOut() + counts.duplicates() + counts.quarantined() + counts.toldOptedOut();
  }

  private Chart.Series perNight(
      String name, List<LocalDate> dates, ToLongFunction<SourceCounts> count, String colour) {
    var values =
        dates.stream()
            .map(
                date ->
                    nights.stream()
                        .filter(counts -> counts.night().equals(date))
                        .mapToLong(count)
                        .sum())
            .toList();
    return new Chart.Series(name, values, colour);
  }

  private Stream<SourceCounts> tonight() {
    return nights.stream().filter(counts -> counts.night().equals(runDate));
  }
}
