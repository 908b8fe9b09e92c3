package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Distant supervision (Go et al. 2009): a writer's emoji, hashtag or emoticon is taken for the
 * label of the text around it. The signs are removed, so that a head learns from the words.
 */
final class DistantLabels {
  /** Shorter rests say nothing. */
  private static final int SHORTEST = 4;

  private DistantLabels() {}

  /**
   * Texts with signs of exactly one class.
   *
   * @param texts with a column {@code text}
   * @return text without its signs, and labels
   */
  static Dataset<Row> of(Dataset<Row> texts, Lexicon lexicon, List<String> classes) {
    var found =
        classes.stream()
            .filter(name -> !lexicon.signs(name).isEmpty())
            .map(name -> when(has(lexicon.signs(name)), name))
            .toArray(Column[]::new);
    var every = classes.stream().flatMap(name -> lexicon.signs(name).stream()).toList();
    return texts
        .withColumn(LABELS, array_except(array(found), array(lit(null).cast("string"))))
        .where(size(col(LABELS)).equalTo(1))
        .withColumn(TEXT, trim(regexp_replace(col(TEXT), "(?i)" + pattern(every), " ")))
        .where(length(col(TEXT)).geq(SHORTEST))
        .select(TEXT, LABELS)
        .dropDuplicates(TEXT);
  }

  private static Column has(List<String> signs) {
    return lower(col(TEXT)).rlike(pattern(signs));
  }

  private static String pattern(List<String> signs) {
    return signs.stream().map(Pattern::quote).collect(Collectors.joining("|"));
  }
}
