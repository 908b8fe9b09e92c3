package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.DEV;
import static io.nightfeed.heads.LabelledCorpus.TEST;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.UNCERTAINTY;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What labels buy: random ones, those that the head asks for, and those of emoji and hashtags. */
@Command(
    name = "learning-curve",
    mixinStandardHelpOptions = true,
    description = {
      "Trains emotion heads on ever more labels of TweetEval emotion and SMP2020-EWECT and reports",
      "macro-F1 on their test parts: with labels drawn at random; with labels of the texts that the",
      "head of the step before was least sure of (as silver.labels_wanted asks for them); and with",
      "random labels beside texts labelled by their own emoji, hashtags and emoticons."
    },
    footer = {"", "Example:", "  nightfeed learning-curve --data DIR"})
public final class LearningCurveCommand implements Callable<Integer> {
  private static final int[] SIZES = {100, 300, 1000, 2500};
  private static final int MOST_DISTANT = 3000;

  @Spec private CommandSpec spec;

  @Mixin private CorpusOptions options;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Draws over which figures are means (default ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      defaultValue = "target/bench/text-curve.json",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  private MeasuredFigures figures;

  @Override
  public Integer call() {
    var spark = Sessions.open("nightfeed learning-curve");
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    for (var corpora : options.corpora(spark)) {
      var corpus =
          corpora.language().equals("zh")
              ? LabelledCorpus.SMP2020
              : LabelledCorpus.TWEETEVAL_EMOTION;
      curve(corpus, corpora, distant(spark, corpus, corpora));
    }
    return ExitCode.OK.status();
  }

  private void curve(LabelledCorpus corpus, EmbeddedCorpora corpora, Dataset<Row> distant) {
    var texts = corpora.read(corpus).cache();
    var signed = distant.cache();
    figures.add("text.curve." + corpus.key() + ".distant_texts", signed.count());
    var alone = signed.unionByName(texts.where(col(PART).equalTo(DEV)));
    figures.add(
        "text.curve." + corpus.key() + ".distant.0",
        macroF1(HeadTraining.train(alone, corpus.classes()), texts));
    for (var size : SIZES) {
      figures.add(name(corpus, "random", size), mean(seed -> random(corpus, texts, size, seed)));
      figures.add(name(corpus, "active", size), mean(seed -> active(corpus, texts, size, seed)));
      figures.add(
          name(corpus, "distant", size),
          mean(seed -> withDistant(corpus, texts, signed, size, seed)));
    }
    texts.unpersist();
    signed.unpersist();
  }

  private static String name(LabelledCorpus corpus, String labels, int size) {
    return "text.curve.%s.%s.%d".formatted(corpus.key(), labels, size);
  }

  private double mean(java.util.function.IntToDoubleFunction score) {
    return java.util.stream.IntStream.range(0, seeds).mapToDouble(score).average().orElseThrow();
  }

  private static double random(LabelledCorpus corpus, Dataset<Row> texts, int size, int seed) {
    return macroF1(HeadTraining.train(drawn(texts, size, seed), corpus.classes()), texts);
  }

  private static double withDistant(
      LabelledCorpus corpus, Dataset<Row> texts, Dataset<Row> distant, int size, int seed) {
    var both = drawn(texts, size, seed).unionByName(distant);
    return macroF1(HeadTraining.train(both, corpus.classes()), texts);
  }

  /** Starts with random labels, then doubles them by the margins of the head so far. */
  private static double active(LabelledCorpus corpus, Dataset<Row> texts, int size, int seed) {
    int labelled = Math.min(size, SIZES[0]);
    var chosen = drawn(texts, labelled, seed);
    var trained = HeadTraining.train(chosen, corpus.classes());
    while (labelled < size) {
      int more = Math.min(labelled, size - labelled);
      var pool =
          texts
              .where(col(PART).equalTo(TRAIN))
              .join(chosen.select(TEXT), new String[] {TEXT}, "left_anti");
      var asked =
          Evaluation.withMargin(trained.head(), pool)
              .orderBy(col(UNCERTAINTY).desc(), col(TEXT))
              .limit(more)
              .drop(UNCERTAINTY);
      chosen = chosen.unionByName(asked).localCheckpoint();
      labelled += more;
      trained = HeadTraining.train(chosen, corpus.classes());
    }
    return macroF1(trained, texts);
  }

  /** So many texts of the train part, by their hashes, with the dev part. */
  private static Dataset<Row> drawn(Dataset<Row> texts, int size, int seed) {
    return texts
        .where(col(PART).equalTo(TRAIN))
        .orderBy(draw(seed), col(TEXT))
        .limit(size)
        .unionByName(texts.where(col(PART).equalTo(DEV)))
        .localCheckpoint();
  }

  private static Column draw(int seed) {
    return xxhash64(col(TEXT), lit(seed));
  }

  private static double macroF1(HeadTraining.Trained trained, Dataset<Row> texts) {
    var predictions = Evaluation.predictions(trained.head(), texts.where(col(PART).equalTo(TEST)));
    return predictions.macroF1(Predictions.Decisions.choose(trained.dev()).decide(predictions));
  }

  /** Tweets of Davidson et al. and comments of weibo-threads, labelled by their own signs. */
  private Dataset<Row> distant(SparkSession spark, LabelledCorpus corpus, EmbeddedCorpora corpora) {
    var raw =
        corpora.language().equals("zh")
            ? spark
                .read()
                .schema(TEXT + " STRING")
                .json(options.data().resolve("weibo-threads/interactions.jsonl.gz").toString())
                .where(col(TEXT).isNotNull())
            : LabelledCorpus.DAVIDSON.read(spark, options.data()).select(TEXT);
    var labelled =
        DistantLabels.of(raw, new Lexicon(corpora.language()), corpus.classes())
            .orderBy(draw(0), col(TEXT))
            .limit(MOST_DISTANT);
    return corpora
        .embed(labelled)
        .withColumn(PART, lit(TRAIN))
        .join(
            corpora.read(corpus).where(col(PART).notEqual(TRAIN)).select(TEXT),
            new String[] {TEXT},
            "left_anti");
  }
}
