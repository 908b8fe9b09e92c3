package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.ScrubText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Published corpora of labelled texts, as rows of (text, labels, part).
 *
 * <p>Texts are cleaned and scrubbed as ingest does. Where the authors published no dev part, one is
 * drawn by the text's hash. No text of the train part stands in another part.
 */
public enum LabelledCorpus {
  /** Reddit comments by Ekman's emotions (Demszky et al. 2020); some have several. */
  GOEMOTIONS_EKMAN(
      "goemotions.ekman",
      "en",
      "GoEmotions (Apache-2.0)",
      List.of("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      return goEmotions(spark, data.resolve("goemotions/ekman"), this);
    }
  },
  /** The same comments by sentiment; "ambiguous" are surprise, confusion and the like. */
  GOEMOTIONS_GROUP(
      "goemotions.group",
      "en",
      "GoEmotions (Apache-2.0)",
      List.of("ambiguous", "negative", "neutral", "positive")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      return goEmotions(spark, data.resolve("goemotions/group"), this);
    }
  },
  /** The same comments by all 28 labels, in the order of the published label file. */
  GOEMOTIONS_ORIGINAL(
      "goemotions.original",
      "en",
      "GoEmotions (Apache-2.0)",
      List.of(
          "admiration amusement anger annoyance approval caring confusion curiosity desire",
          "disappointment disapproval disgust embarrassment excitement fear gratitude grief joy",
          "love nervousness optimism pride realization relief remorse sadness surprise neutral")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      return goEmotions(spark, data.resolve("goemotions/original"), this);
    }
  },
  /** Tweets (Mohammad et al. 2018, in TweetEval, Barbieri et al. 2020). */
  TWEETEVAL_EMOTION(
      "tweeteval.emotion",
      "en",
      "TweetEval emotion (Twitter's terms)",
      List.of("anger", "joy", "optimism", "sadness")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      var folder = data.resolve("tweeteval-emotion");
      return drawDev(lines(spark, folder, "train", this), 0.15)
          .unionByName(lines(spark, folder, "val", this).withColumn(PART, lit(TEST)));
    }
  },
  /** Tweets by sentiment; only the validation part is published here: nothing is trained on it. */
  TWEETEVAL_SENTIMENT(
      "tweeteval.sentiment",
      "en",
      "TweetEval sentiment (Twitter's terms)",
      List.of("negative", "neutral", "positive")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      return lines(spark, data.resolve("tweeteval-sentiment"), "val", this)
          .withColumn(PART, lit(TEST));
    }
  },
  /** Tweets with words of hate (Davidson et al. 2017). */
  DAVIDSON(
      "davidson", "en", "Davidson et al. 2017 (MIT)", List.of("hate", "offensive", "neither")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      var rows = csv(spark, data.resolve("toxicity/davidson/labeled_data.csv.gz"));
      return drawDevAndTest(rows.select(field("tweet").as(TEXT), named(field("class")).as(LABELS)));
    }
  },
  /** Weibo posts, trained on those about the epidemic (SMP2020-EWECT); it knows no disgust. */
  SMP2020(
      "smp2020",
      "zh",
      "SMP2020-EWECT virus (no licence stated)",
      List.of("anger", "fear", "joy", "neutral", "sadness", "surprise")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      var folder = data.resolve("smp2020-ewect");
      return drawDev(weibo(spark, folder.resolve("virus_train.json.gz")), 0.15)
          .unionByName(
              weibo(spark, folder.resolve("virus_eval_labeled.json.gz"))
                  .withColumn(PART, lit(TEST)))
          .unionByName(
              weibo(spark, folder.resolve("usual_eval_labeled.json.gz"))
                  .withColumn(PART, lit(OTHER_DOMAIN)));
    }
  },
  /** Offensive Chinese (Deng et al. 2022). */
  COLD("cold", "zh", "COLD (Apache-2.0)", List.of("safe", "offensive")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      var folder = data.resolve("toxicity/cold");
      return drawDev(rows(csv(spark, folder.resolve("train.csv.gz"))), 0.1)
          .unionByName(rows(csv(spark, folder.resolve("dev.csv.gz"))).withColumn(PART, lit(TEST)));
    }

    private Dataset<Row> rows(Dataset<Row> file) {
      return file.select(field("TEXT").as(TEXT), named(field("label")).as(LABELS));
    }
  },
  /** Reviews of take-away food. */
  WAIMAI("waimai", "zh", "waimai-10k (no licence stated)", List.of("negative", "positive")) {
    @Override
    Dataset<Row> raw(SparkSession spark, Path data) {
      var rows = csv(spark, data.resolve("waimai-10k/waimai_10k.csv.gz"));
      return drawDevAndTest(
          rows.select(field("review").as(TEXT), named(field("label")).as(LABELS)));
    }
  };

  /** To fit weights. */
  public static final String TRAIN = "train";

  /** To choose ridges, blends and thresholds, and to calibrate. */
  public static final String DEV = "dev";

  /** To report; nothing is chosen on it. */
  public static final String TEST = "test";

  /** To report how a head does on texts of another kind. */
  public static final String OTHER_DOMAIN = "other_domain";

  private static final UserDefinedFunction CLEAN = udf(new CleanText(), DataTypes.StringType);
  private static final UserDefinedFunction SCRUB = udf(new ScrubText(), DataTypes.StringType);

  /** Names of the corpora's own fields, and of what is made of them on the way. */
  private static final String COMMENT = "comment";

  private static final String LABEL_IDS = "label_ids";
  private static final String COMMENT_ID = "comment_id";
  private static final String CONTENT = "content";
  private static final String LABEL = "label";

  private final String key;
  private final String language;
  private final String title;
  private final List<String> classes;

  LabelledCorpus(String key, String language, String title, List<String> classes) {
    this.key = key;
    this.language = language;
    this.title = title;
    this.classes = classes.stream().flatMap(names -> Stream.of(names.split(" "))).toList();
  }

  /** As figures name it: {@code goemotions.ekman}. */
  public String key() {
    return key;
  }

  /** ISO 639-1. */
  public String language() {
    return language;
  }

  /** Name and licence. */
  public String title() {
    return title;
  }

  /** In the order of the corpus's own label numbers. */
  public List<String> classes() {
    return classes;
  }

  abstract Dataset<Row> raw(SparkSession spark, Path data);

  /**
   * @param data the folder that holds the corpora
   * @return text, labels (names) and part
   */
  public Dataset<Row> read(SparkSession spark, Path data) {
    var rows =
        raw(spark, data)
            .withColumn(TEXT, SCRUB.apply(CLEAN.apply(col(TEXT))))
            .where(length(col(TEXT)).gt(0).and(functions.size(col(LABELS)).gt(0)))
            .select(TEXT, LABELS, PART);
    var reserved = rows.where(col(PART).notEqual(TRAIN)).select(TEXT).distinct();
    return rows.where(col(PART).equalTo(TRAIN))
        .join(reserved, new String[] {TEXT}, "left_anti")
        .unionByName(rows.where(col(PART).notEqual(TRAIN)));
  }

  private static Dataset<Row> goEmotions(SparkSession spark, Path folder, LabelledCorpus corpus) {
    return Stream.of(TRAIN, DEV, TEST)
        .map(
            part ->
                spark
                    .read()
                    .option("sep", "\t")
                    // Comments hold unbalanced quotes; the format has no quoting.
                    .option("quote", "")
                    .schema(
                        COMMENT + " STRING, " + LABEL_IDS + " STRING, " + COMMENT_ID + " STRING")
                    .csv(folder.resolve(part + ".tsv.gz").toString())
                    .select(
                        // People's names are masked; on a platform they are mentions.
                        regexp_replace(col(COMMENT), "\\[NAME\\]", "@user").as(TEXT),
                        transform(split(col(LABEL_IDS), ","), corpus::name).as(LABELS),
                        lit(part).as(PART)))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  /** One text a line, and one label number a line of a second file. */
  private static Dataset<Row> lines(
      SparkSession spark, Path folder, String part, LabelledCorpus corpus) {
    try {
      var texts = Files.readAllLines(folder.resolve(part + "_text.txt"));
      var labels = Files.readAllLines(folder.resolve(part + "_labels.txt"));
      if (texts.size() != labels.size()) {
        throw new IllegalStateException(
            "%s: %d texts but %d labels in part %s"
                .formatted(folder, texts.size(), labels.size(), part));
      }
      var rows =
          java.util.stream.IntStream.range(0, texts.size())
              .mapToObj(
                  i ->
                      org.apache.spark.sql.RowFactory.create(
                          texts.get(i),
                          List.of(corpus.classes.get(Integer.parseInt(labels.get(i).strip())))))
              .toList();
      return spark.createDataFrame(
          rows,
          new org.apache.spark.sql.types.StructType()
              .add(TEXT, DataTypes.StringType)
              .add(LABELS, DataTypes.createArrayType(DataTypes.StringType)));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("Cannot read corpus " + corpus.key, e);
    }
  }

  private static Dataset<Row> csv(SparkSession spark, Path file) {
    return spark
        .read()
        .option("header", true)
        .option("multiLine", true)
        .option("escape", "\"")
        .csv(file.toString());
  }

  /** Quoted, since corpora name their columns as they please. */
  private static Column field(String name) {
    return functions.col("`" + name + "`");
  }

  private static Dataset<Row> weibo(SparkSession spark, Path file) {
    Column label = col(LABEL);
    Column emotion =
        when(label.equalTo("happy"), "joy")
            .when(label.equalTo("angry"), "anger")
            .when(label.equalTo("sad"), "sadness")
            .otherwise(label);
    return spark
        .read()
        .option("multiLine", true)
        .schema(CONTENT + " STRING, " + LABEL + " STRING")
        .json(file.toString())
        .select(
            // The corpus writes the platform's own pictures so: 《泪》 for [泪].
            regexp_replace(col(CONTENT), "《(.{1,4}?)》", "[$1]").as(TEXT),
            array(emotion).as(LABELS));
  }

  /** The label of a class number. */
  private Column name(Column id) {
    var names = array(classes.stream().map(functions::lit).toArray(Column[]::new));
    return functions.element_at(names, id.cast("int").plus(1));
  }

  Column named(Column id) {
    return array(name(id));
  }

  private static Dataset<Row> drawDev(Dataset<Row> rows, double share) {
    return rows.withColumn(PART, when(draw().lt(share), DEV).otherwise(TRAIN));
  }

  private static Dataset<Row> drawDevAndTest(Dataset<Row> rows) {
    return rows.withColumn(
        PART, when(draw().lt(0.1), DEV).when(draw().lt(0.2), TEST).otherwise(TRAIN));
  }

  /** Uniform in [0, 1), by the text. */
  private static Column draw() {
    return pmod(xxhash64(col(TEXT)), lit(10_000L)).divide(10_000.0);
  }
}
