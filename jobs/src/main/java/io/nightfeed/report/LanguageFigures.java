package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which languages posts and users' texts are in, as detected.
 *
 * @param posts known posts by language; the empty name stands for posts that no model has read
 * @param texts users' texts of the last days by language
 */
record LanguageFigures(Map<String, Long> posts, Map<String, Long> texts) {
  private static final String NOT_READ = "";
  private static final int MOST_LANGUAGES = 8;

  static LanguageFigures read(Night night, MoodFigures mood) {
    var annotations =
        Annotations.current(night.lake(), night.runDate()).select(TEXT_HASH, LANGUAGE);
    var posts = new TreeMap<String, Long>();
    History.posts(night.lake(), night.runDate())
        .select(POST_ID, TEXT_HASH)
        .join(annotations, new String[] {TEXT_HASH}, "left")
        .groupBy(coalesce(col(LANGUAGE), lit(NOT_READ)))
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(row -> posts.put(row.getString(0), row.getLong(1)));
    return new LanguageFigures(posts, mood.textsByLanguage());
  }

  long knownPosts() {
    return sum(posts);
  }

  Section section() {
    if (posts.isEmpty() && texts.isEmpty()) {
      return Section.empty("languages", "Languages");
    }
    var languages = mostFrequentFirst();
    var shown = languages.stream().limit(MOST_LANGUAGES).toList();
    var chart =
        Chart.bars(
            "language-mix",
            "Languages of posts and of users' texts",
            new Chart.Categories("language", shown.stream().map(LanguageFigures::label).toList()),
            "% of all",
            Chart.Direction.UPRIGHT,
            Chart.Arrangement.GROUPED,
            List.of(
                new Chart.Series("posts", percents(shown, posts), Palette.GOOD),
                new Chart.Series("users' texts", percents(shown, texts), Palette.EMOTION)));
    var table =
        FigureTable.of(
            "All known posts, and users' texts of the last " + Night.TREND_DAYS + " days",
            text("language"),
            number("posts"),
            number("% of posts"),
            number("users' texts"),
            number("% of texts"));
    languages.forEach(
        language ->
            table.line(
                label(language),
                Numbers.count(posts.getOrDefault(language, 0L)),
                Numbers.percent(posts.getOrDefault(language, 0L), sum(posts)),
                Numbers.count(texts.getOrDefault(language, 0L)),
                Numbers.percent(texts.getOrDefault(language, 0L), sum(texts))));
    return new Section(
        "languages",
        "Languages",
        "As detected from the text, whatever the source states.",
        List.of(chart),
        List.of(table));
  }

  private List<String> mostFrequentFirst() {
    var all = new TreeMap<>(posts);
    texts.forEach((language, count) -> all.merge(language, count, Long::sum));
    var languages = new ArrayList<>(all.keySet());
    languages.sort(
        Comparator.<String, Long>comparing(all::get)
            .reversed()
            .thenComparing(Comparator.naturalOrder()));
    return languages;
  }

  private static List<Double> percents(List<String> languages, Map<String, Long> counts) {
    var total = Math.max(1, sum(counts));
    return languages.stream()
        .map(language -> 100.0 * counts.getOrDefault(language, 0L) / total)
        .toList();
  }

  private static String label(String language) {
    return language.equals(NOT_READ) ? "no text" : Languages.name(language);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
