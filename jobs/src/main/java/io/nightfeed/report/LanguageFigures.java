package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.lake.Annotations;
import io.nightfeed.lake.History;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which languages posts and users' texts are in, as detected.
 *
 * @param posts known posts by language; the empty name stands for posts that no model has read
 * @param texts users' texts of the last days by language
 * @param untoldPosts languages that too few people posted in to tell, or whose posts would tell it
 * @param untoldTexts the same of users' texts
 */
record LanguageFigures(
    Map<String, Long> posts,
    Map<String, Long> texts,
    Set<String> untoldPosts,
    Set<String> untoldTexts) {
  private static final String NOT_READ = "";
  private static final int MOST_LANGUAGES = 8;

  static LanguageFigures read(Night night, MoodFigures mood) {
    var annotations =
        Annotations.current(night.lake(), night.runDate()).select(TEXT_HASH, LANGUAGE);
    var language = coalesce(col(LANGUAGE), lit(NOT_READ));
    var read =
        History.posts(night.lake(), night.runDate())
            .select(POST_ID, AUTHOR_ID, TEXT_HASH)
            .join(annotations, new String[] {TEXT_HASH}, "left");
    var posts = new TreeMap<String, Long>();
    var authors = new TreeMap<String, Long>();
    for (var row :
        read.groupBy(language).agg(count(lit(1)), count_distinct(col(AUTHOR_ID))).collectAsList()) {
      posts.put(row.getString(0), row.getLong(1));
      authors.put(row.getString(0), row.getLong(2));
    }
    var untold =
        night
            .groups()
            .untold(
                authors,
                some ->
                    read.where(language.isin(some.toArray()))
                        .agg(count_distinct(col(AUTHOR_ID)))
                        .first()
                        .getLong(0));
    return new LanguageFigures(posts, mood.textsByLanguage(), untold, mood.untoldLanguages());
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
                new Chart.Series("posts", percents(shown, posts, untoldPosts), Palette.GOOD),
                new Chart.Series(
                    "users' texts", percents(shown, texts, untoldTexts), Palette.EMOTION)));
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
                told(language, posts, untoldPosts),
                percent(language, posts, untoldPosts),
                told(language, texts, untoldTexts),
                percent(language, texts, untoldTexts)));
    return new Section(
        "languages",
        "Languages",
        "As detected from the text, whatever the source states. Languages of few people are untold,"
            + " and where theirs could be reckoned, another one's.",
        List.of(chart),
        List.of(table));
  }

  private List<String> mostFrequentFirst() {
    var all = new TreeMap<>(posts);
    texts.forEach((language, count) -> all.merge(language, count, Long::sum));
    // The order, too, would tell how many there are.
    untoldPosts.forEach(language -> all.put(language, 0L));
    untoldTexts.forEach(language -> all.put(language, 0L));
    var languages = new ArrayList<>(all.keySet());
    languages.sort(
        Comparator.<String, Long>comparing(all::get)
            .reversed()
            .thenComparing(Comparator.naturalOrder()));
    return languages;
  }

  private static String told(String language, Map<String, Long> counts, Set<String> untold) {
    return untold.contains(language)
        ? Night.UNTOLD
        : Numbers.count(counts.getOrDefault(language, 0L));
  }

  private static String percent(String language, Map<String, Long> counts, Set<String> untold) {
    return untold.contains(language)
        ? Night.UNTOLD
        : Numbers.percent(counts.getOrDefault(language, 0L), sum(counts));
  }

  private static List<Double> percents(
      List<String> languages, Map<String, Long> counts, Set<String> untold) {
    var total = Math.max(1, sum(counts));
    var percents = new ArrayList<Double>();
    for (var language : languages) {
      var percent = 100.0 * counts.getOrDefault(language, 0L) / total;
      percents.add(untold.contains(language) ? null : percent);
    }
    return percents;
  }

  private static String label(String language) {
    return language.equals(NOT_READ) ? "no text" : Languages.name(language);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
