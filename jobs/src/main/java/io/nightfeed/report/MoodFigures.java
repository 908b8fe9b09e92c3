package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How what users wrote felt, per day on which it was written, as known on the run date.
 *
 * @param days one for each day from the first with texts to the run date
 * @param textsByLanguage texts of these days, by detected language
 */
record MoodFigures(List<Day> days, Map<String, Long> textsByLanguage) {
  /**
   * One day's texts.
   *
   * @param sums of valence and then of each emotion, in millionths
   */
  record Day(LocalDate date, long texts, List<Long> sums) {
    static Day without(LocalDate date) {
      return new Day(date, 0, Collections.nCopies(1 + Emotions.NAMES.size(), 0L));
    }

    Day plus(Day other) {
      var added =
          IntStream.range(0, sums.size()).mapToObj(i -> sums.get(i) + other.sums.get(i)).toList();
      return new Day(date, texts + other.texts, added);
    }

    /** Mean valence in [-1, 1]; null without texts. */
    Double valence() {
      return Numbers.mean(sums.get(0), texts);
    }

    /** Mean probability of an emotion in percent; null without texts. */
    Double emotionPercent(int emotion) {
      var mean = Numbers.mean(sums.get(1 + emotion), texts);
      return mean == null ? null : 100 * mean;
    }
  }

  static MoodFigures read(Night night) {
    var texts =
        History.events(night.lake(), night.runDate())
            .where(night.isWithin(EVENT_DATE, Night.TREND_DAYS))
            .where(col(TEXT_HASH).isNotNull())
            .select(EVENT_DATE, TEXT_HASH);
    var annotations =
        Annotations.current(night.lake(), night.runDate())
            .select(TEXT_HASH, LANGUAGE, VALENCE, EMOTIONS);
    return of(perDayAndLanguage(texts, annotations), night.runDate());
  }

  /**
   * (date, language, texts, texts that the heads read, sums of valence and emotions): days times
   * languages, few rows.
   */
  private static Dataset<Row> perDayAndLanguage(Dataset<Row> texts, Dataset<Row> annotations) {
    var sums = new ArrayList<Column>();
    sums.add(millionths(col(VALENCE)));
    for (var i = 0; i < Emotions.NAMES.size(); i++) {
      sums.add(millionths(col(EMOTIONS).getItem(i)));
    }
    return texts
        .join(annotations, TEXT_HASH)
        .groupBy(EVENT_DATE, LANGUAGE)
        .agg(
            count(lit(1)),
            Stream.concat(Stream.of(count(col(VALENCE))), sums.stream()).toArray(Column[]::new))
        .orderBy(EVENT_DATE, LANGUAGE);
  }

  private static Column millionths(Column value) {
    var whole = round(value.cast("double").multiply(Numbers.MILLIONTHS)).cast("long");
    // Of a language on which the heads abstain there is nothing to add up.
    return coalesce(sum(whole), lit(0L));
  }

  private static MoodFigures of(Dataset<Row> perDayAndLanguage, LocalDate runDate) {
    var days = new TreeMap<LocalDate, Day>();
    var languages = new TreeMap<String, Long>();
    for (var row : perDayAndLanguage.collectAsList()) {
      var sums = IntStream.range(4, row.size()).mapToObj(row::getLong).toList();
      var day = new Day(row.getDate(0).toLocalDate(), row.getLong(3), sums);
      days.merge(day.date(), day, Day::plus);
      languages.merge(row.getString(1), row.getLong(2), Long::sum);
    }
    if (days.isEmpty()) {
      return new MoodFigures(List.of(), languages);
    }
    var gapless =
        days.firstKey()
            .datesUntil(runDate.plusDays(1))
            .map(date -> days.getOrDefault(date, Day.without(date)))
            .toList();
    return new MoodFigures(gapless, languages);
  }

  Section section() {
    if (days.isEmpty()) {
      return Section.empty("mood", "Mood over time");
    }
    var dates =
        new Chart.Categories(
            "day on which it was written",
            days.stream().map(day -> day.date().toString()).toList());
    var valence =
        Chart.lineOverBars(
            "valence",
            "Mean valence of users' texts, and how many there are",
            dates,
            "mean valence, −1 to 1",
            new Chart.Series("valence", values(Day::valence), Palette.EMOTION),
            "texts",
            new Chart.Series("texts", values(Day::texts), Palette.PALE));
    var emotions =
        IntStream.range(0, Emotions.NAMES.size())
            .mapToObj(
                emotion ->
                    new Chart.Series(
                        Emotions.NAMES.get(emotion),
                        values(day -> day.emotionPercent(emotion)),
                        Palette.EMOTIONS.get(emotion)))
            .toList();
    return new Section(
        "mood",
        "Mood over time",
        "What the language models read in comments, by the day on which they were written. Late"
            + " comments count for their own day.",
        List.of(
            valence,
            Chart.areas("emotions", "Mean emotion mix of users' texts", dates, "%", emotions)),
        List.of(table()));
  }

  private FigureTable table() {
    var table =
        FigureTable.of(
            "Day by day",
            text("day"),
            number("texts"),
            number("mean valence"),
            text("strongest emotion"));
    for (var day : days) {
      var isSilent = day.texts() == 0;
      table.line(
          day.date().toString(),
          Numbers.count(day.texts()),
          isSilent ? "–" : Numbers.signed(day.valence()),
          isSilent ? "–" : Emotions.strongest(day.sums().subList(1, day.sums().size())));
    }
    return table;
  }

  private List<Number> values(Function<Day, Number> value) {
    var values = new ArrayList<Number>();
    days.forEach(day -> values.add(value.apply(day)));
    return values;
  }
}
