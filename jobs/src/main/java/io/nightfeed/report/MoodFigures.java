package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.EMOTIONS;
import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How what users wrote felt, per day on which it was written, as known on the run date.
 *
 * @param days one for each day from the first with texts to the run date
 * @param textsByLanguage texts of these days, by detected language
 * @param untoldLanguages of whose texts nothing may be told
 */
record MoodFigures(List<Day> days, Map<String, Long> textsByLanguage, Set<String> untoldLanguages) {
  /**
   * One day's texts.
   *
   * @param texts null where nothing may be told
   * @param sums of valence and then of each emotion, in millionths
   */
  record Day(LocalDate date, Long texts, List<Long> sums) {
    static Day without(LocalDate date) {
      return new Day(date, 0L, Collections.nCopies(1 + Emotions.NAMES.size(), 0L));
    }

    static Day untold(LocalDate date) {
      return new Day(date, null, List.of());
    }

    boolean isSilent() {
      return texts == null || texts == 0;
    }

    /** Mean valence in [-1, 1]; null without texts. */
    Double valence() {
      return isSilent() ? null : Numbers.mean(sums.get(0), texts);
    }

    /** Mean probability of an emotion in percent; null without texts. */
    Double emotionPercent(int emotion) {
      return isSilent() ? null : 100 * Numbers.mean(sums.get(1 + emotion), texts);
    }
  }

  static MoodFigures read(Night night) {
    var texts =
        History.events(night.lake(), night.runDate())
            .where(night.isWithin(EVENT_DATE, Night.TREND_DAYS))
            .where(col(TEXT_HASH).isNotNull())
            .select(EVENT_DATE, USER_ID, TEXT_HASH);
    var annotations =
        Annotations.current(night.lake(), night.runDate())
            .select(TEXT_HASH, LANGUAGE, VALENCE, EMOTIONS);
    return of(texts.join(annotations, TEXT_HASH), night);
  }

  /**
   * By day and by language: (date, language, texts, users, texts that the heads read, their users,
   * sums of valence and emotions), with null for the other of day and language.
   */
  private static List<Row> byDayAndByLanguage(Dataset<Row> texts) {
    var isRead = col(VALENCE).isNotNull();
    var figures = new ArrayList<Column>();
    figures.add(count_distinct(col(USER_ID)));
    figures.add(count(col(VALENCE)));
    figures.add(count_distinct(when(isRead, col(USER_ID))));
    figures.add(millionths(col(VALENCE)));
    for (var i = 0; i < Emotions.NAMES.size(); i++) {
      figures.add(millionths(col(EMOTIONS).getItem(i)));
    }
    return texts
        .cube(EVENT_DATE, LANGUAGE)
        .agg(count(lit(1)), figures.toArray(Column[]::new))
        .where(col(EVENT_DATE).isNull().notEqual(col(LANGUAGE).isNull()))
        .orderBy(EVENT_DATE, LANGUAGE)
        .collectAsList();
  }

  private static Column millionths(Column value) {
    var whole = round(value.cast("double").multiply(Numbers.MILLIONTHS)).cast("long");
    // Of a language on which the heads abstain there is nothing to add up.
    return coalesce(sum(whole), lit(0L));
  }

  private static MoodFigures of(Dataset<Row> texts, Night night) {
    var days = new TreeMap<LocalDate, Day>();
    var writers = new TreeMap<LocalDate, Long>();
    var languages = new TreeMap<String, Long>();
    var writersByLanguage = new TreeMap<String, Long>();
    for (var row : byDayAndByLanguage(texts)) {
      if (row.isNullAt(0)) {
        languages.put(row.getString(1), row.getLong(2));
        writersByLanguage.put(row.getString(1), row.getLong(3));
      } else {
        var date = row.getDate(0).toLocalDate();
        var sums = IntStream.range(6, row.size()).mapToObj(row::getLong).toList();
        days.put(date, new Day(date, row.getLong(4), sums));
        writers.put(date, row.getLong(5));
      }
    }
    var read = texts.where(col(VALENCE).isNotNull());
    for (var date : night.groups().untold(writers, some -> writers(read, EVENT_DATE, some))) {
      days.put(date, Day.untold(date));
    }
    var untold = night.groups().untold(writersByLanguage, some -> writers(texts, LANGUAGE, some));
    if (days.isEmpty()) {
      return new MoodFigures(List.of(), languages, untold);
    }
    var gapless =
        days.firstKey()
            .datesUntil(night.runDate().plusDays(1))
            .map(date -> days.getOrDefault(date, Day.without(date)))
            .toList();
    return new MoodFigures(gapless, languages, untold);
  }

  private static long writers(Dataset<Row> texts, String column, Set<?> values) {
    return texts
        .where(col(column).isin(values.toArray()))
        .agg(count_distinct(col(USER_ID)))
        .first()
        .getLong(0);
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
            + " comments count for their own day. Days on which few people wrote are untold, and where"
            + " theirs could be reckoned, another one.",
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
      table.line(
          day.date().toString(),
          day.texts() == null ? Night.UNTOLD : Numbers.count(day.texts()),
          day.isSilent() ? "–" : Numbers.signed(day.valence()),
          day.isSilent() ? "–" : Emotions.strongest(day.sums().subList(1, day.sums().size())));
    }
    return table;
  }

  private List<Number> values(Function<Day, Number> value) {
    var values = new ArrayList<Number>();
    days.forEach(day -> values.add(value.apply(day)));
    return values;
  }
}
