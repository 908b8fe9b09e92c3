package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMOTION;
import static io.nightfeed.tables.Columns.SENTIMENT;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Published corpora as rows of (text, emotion, sentiment), with names from {@link Heads}; a null
 * label is one that the corpus does not give.
 */
enum LabelledTexts {
  /** Demszky et al. 2020, mapped to Ekman's emotions and to sentiment groups by its authors. */
  GOEMOTIONS_TRAIN("GoEmotions train (Apache-2.0)") {
    @Override
    Dataset<Row> read(SparkSession spark, Path data) {
      return goEmotions(spark, data.resolve("goemotions"), "train.tsv.gz");
    }
  },
  GOEMOTIONS_DEV("GoEmotions dev (Apache-2.0)") {
    @Override
    Dataset<Row> read(SparkSession spark, Path data) {
      return goEmotions(spark, data.resolve("goemotions"), "dev.tsv.gz");
    }
  },
  /** The SMP2020 evaluation of Weibo emotion classification; it knows no disgust. */
  SMP2020_VIRUS_TRAIN("SMP2020-EWECT virus train (no licence stated)") {
    @Override
    Dataset<Row> read(SparkSession spark, Path data) {
      return smp2020(spark, data.resolve("smp2020-ewect/virus_train.json.gz"));
    }
  },
  SMP2020_VIRUS_EVAL("SMP2020-EWECT virus eval (no licence stated)") {
    @Override
    Dataset<Row> read(SparkSession spark, Path data) {
      return smp2020(spark, data.resolve("smp2020-ewect/virus_eval_labeled.json.gz"));
    }
  };

  /** Fields of the corpora's own formats: GoEmotions' TSV and SMP2020's JSON. */
  private static final String COMMENT = "comment";

  private static final String LABEL_IDS = "label_ids";
  private static final String COMMENT_ID = "comment_id";
  private static final String CONTENT = "content";
  private static final String LABEL = "label";

  private final String title;

  LabelledTexts(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /**
   * @param data the folder that holds the corpora
   */
  abstract Dataset<Row> read(SparkSession spark, Path data);

  private static Dataset<Row> goEmotions(SparkSession spark, Path folder, String file) {
    var emotion =
        labels(
            spark,
            folder.resolve("ekman").resolve(file),
            EMOTION,
            List.of("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"));
    // "Ambiguous" (realization, surprise, confusion, curiosity) is no sentiment: left unlabelled.
    var sentiment =
        labels(
            spark,
            folder.resolve("group").resolve(file),
            SENTIMENT,
            List.of("", "negative", "neutral", "positive"));
    return emotion
        .join(sentiment.drop(TEXT), COMMENT_ID)
        .select(
            col(TEXT),
            col(EMOTION),
            when(col(SENTIMENT).notEqual(""), col(SENTIMENT)).as(SENTIMENT));
  }

  /** Texts with exactly one label: the head is multinomial. */
  private static Dataset<Row> labels(
      SparkSession spark, Path file, String label, List<String> names) {
    return spark
        .read()
        .option("sep", "\t")
        // Comments hold unbalanced quotes; the format has no quoting.
        .option("quote", "")
        .schema(COMMENT + " STRING, " + LABEL_IDS + " STRING, " + COMMENT_ID + " STRING")
        .csv(file.toString())
        .where(col(LABEL_IDS).rlike("^[0-9]+$"))
        .select(
            col(COMMENT_ID),
            col(COMMENT).as(TEXT),
            element_at(
                    functions.array(names.stream().map(functions::lit).toArray(Column[]::new)),
                    col(LABEL_IDS).cast("int").plus(1))
                .as(label));
  }

  private static Dataset<Row> smp2020(SparkSession spark, Path file) {
    var emotion =
        Map.of(
            "happy", "joy",
            "angry", "anger",
            "sad", "sadness",
            "fear", "fear",
            "surprise", "surprise",
            "neutral", "neutral");
    var sentiment =
        Map.of(
            "happy", "positive",
            "angry", "negative",
            "sad", "negative",
            "fear", "negative",
            "neutral", "neutral");
    return spark
        .read()
        .option("multiLine", true)
        .schema(CONTENT + " STRING, " + LABEL + " STRING")
        .json(file.toString())
        .where(col(CONTENT).isNotNull().and(col(LABEL).isin(emotion.keySet().toArray())))
        .select(
            col(CONTENT).as(TEXT),
            named(emotion, col(LABEL)).as(EMOTION),
            named(sentiment, col(LABEL)).as(SENTIMENT));
  }

  private static Column named(Map<String, String> names, Column label) {
    Column named = lit(null).cast("string");
    for (var entry : names.entrySet()) {
      named = when(label.equalTo(entry.getKey()), entry.getValue()).otherwise(named);
    }
    return named;
  }
}
