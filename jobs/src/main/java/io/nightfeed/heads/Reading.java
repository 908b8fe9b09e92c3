package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.COLD;
import static io.nightfeed.heads.LabelledCorpus.DAVIDSON;
import static io.nightfeed.heads.LabelledCorpus.GOEMOTIONS_EKMAN;
import static io.nightfeed.heads.LabelledCorpus.GOEMOTIONS_GROUP;
import static io.nightfeed.heads.LabelledCorpus.SMP2020;
import static io.nightfeed.heads.LabelledCorpus.TWEETEVAL_EMOTION;
import static io.nightfeed.heads.LabelledCorpus.WAIMAI;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.tables.Columns;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What the shipped heads say of a text, and the corpora that teach it. */
public enum Reading {
  /** Order of the column {@code sentiment}. */
  SENTIMENT(
      Columns.SENTIMENT,
      List.of("negative", "neutral", "positive"),
      List.of(
          // "Ambiguous" is no sentiment: such texts teach nothing here.
          new Source(GOEMOTIONS_GROUP, Map.of()),
          new Source(
              TWEETEVAL_EMOTION,
              Map.of(
                  "anger", "negative",
                  "sadness", "negative",
                  "joy", "positive",
                  "optimism", "positive")),
          new Source(
              SMP2020,
              Map.of(
                  "anger", "negative",
                  "fear", "negative",
                  "sadness", "negative",
                  "joy", "positive")),
          new Source(WAIMAI, Map.of()))),

  /** Order of the column {@code emotions}: Ekman's six (1992) and neutral. */
  EMOTION(
      Columns.EMOTIONS,
      List.of("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"),
      List.of(
          new Source(GOEMOTIONS_EKMAN, Map.of()),
          new Source(TWEETEVAL_EMOTION, Map.of("optimism", "joy")),
          new Source(SMP2020, Map.of()))),

  /** The column {@code toxicity} is the probability of the second. */
  TOXICITY(
      Columns.TOXICITY,
      List.of("civil", "toxic"),
      List.of(
          new Source(DAVIDSON, Map.of("hate", "toxic", "offensive", "toxic", "neither", "civil")),
          new Source(COLD, Map.of("offensive", "toxic", "safe", "civil"))));

  /**
   * @param names what the corpus's labels are called here; others keep their names, and those that
   *     are no class of the reading are left out
   */
  record Source(LabelledCorpus corpus, Map<String, String> names) {
    Dataset<Row> renamed(Dataset<Row> texts) {
      return texts.withColumn(
          Columns.LABELS, array_distinct(transform(col(Columns.LABELS), this::renamed)));
    }

    private Column renamed(Column label) {
      Column renamed = label;
      for (var name : names.entrySet()) {
        renamed = when(label.equalTo(name.getKey()), name.getValue()).otherwise(renamed);
      }
      return renamed;
    }
  }

  private final String column;
  private final List<String> classes;
  private final List<Source> sources;

  Reading(String column, List<String> classes, List<Source> sources) {
    this.column = column;
    this.classes = classes;
    this.sources = sources;
  }

  /** Of {@code silver.text_annotations}. */
  public String column() {
    return column;
  }

  /** In the order of the probabilities. */
  public List<String> classes() {
    return classes;
  }

  /** The corpora in one language; the first is the one that calibration is reported on. */
  List<Source> sources(String language) {
    return sources.stream().filter(one -> one.corpus().language().equals(language)).toList();
  }
}
