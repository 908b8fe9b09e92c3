package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.OTHER_DOMAIN;
import static io.nightfeed.heads.LabelledCorpus.TEST;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.PART;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well texts are read, on the test parts of published corpora. */
@Command(
    name = "evaluate-text",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a head for every published corpus in the language of each encoder, on the corpus's own",
      "train part, and reports macro-F1 on its test part with a 95%% bootstrap interval, beside a",
      "lexicon and the majority class; then the calibration of the heads that annotate uses.",
      "Nothing is chosen on test parts."
    },
    footer = {"", "Example:", "  nightfeed evaluate-text --data DIR --json target/bench/text.json"})
public final class EvaluateTextCommand implements Callable<Integer> {
  private static final String LABEL = "label";

  @Spec private CommandSpec spec;

  @Mixin private CorpusOptions options;

  @Option(
      names = "--corpus",
      paramLabel = "KEY",
      description = "Only these corpora, by key; the calibration is left out.")
  private List<String> keys = List.of();

  @Option(
      names = "--prefix",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "How names of figures begin (default ${DEFAULT-VALUE}).")
  private String prefix;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      defaultValue = "target/bench/text.json",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Option(
      names = "--raw",
      description = {
        "Leave texts as they were written, to see what it brings that annotate writes out emoji,",
        "hashtags, slang and elongation. Calibration is left out."
      })
  private boolean isRaw;

  private MeasuredFigures figures;

  @Override
  public Integer call() {
    requireKnownCorpora();
    var spark = Sessions.open("nightfeed evaluate-text");
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    for (var corpora : options.corpora(spark, isRaw)) {
      Arrays.stream(LabelledCorpus.values())
          .filter(corpus -> corpus.language().equals(corpora.language()))
          .filter(corpus -> keys.isEmpty() || keys.contains(corpus.key()))
          .filter(corpus -> corpus != LabelledCorpus.TWEETEVAL_SENTIMENT)
          .forEach(corpus -> benchmark(corpus, corpora.read(corpus).cache()));
      if (keys.isEmpty() && !isRaw) {
        calibration(corpora, Heads.load(corpora.encoder(), corpora.folder()));
      }
    }
    return ExitCode.OK.status();
  }

  private void requireKnownCorpora() {
    var known = Arrays.stream(LabelledCorpus.values()).map(LabelledCorpus::key).toList();
    for (var key : keys) {
      if (!known.contains(key)) {
        throw new JobFailure(
            ExitCode.USAGE, "--corpus %s: expected one of %s".formatted(key, known));
      }
    }
  }

  private void benchmark(LabelledCorpus corpus, Dataset<Row> texts) {
    var trained = HeadTraining.train(texts, corpus.classes());
    var decisions = Predictions.Decisions.choose(trained.dev());
    figures.note(corpus.key() + ": " + trained.description());
    for (var part : List.of(TEST, OTHER_DOMAIN)) {
      var heldOut = texts.where(col(PART).equalTo(part));
      if (!heldOut.isEmpty()) {
        var name = prefix + "." + corpus.key() + (part.equals(TEST) ? "" : "." + part);
        var predictions = Evaluation.predictions(trained.head(), heldOut);
        report(name, predictions, decisions.decide(predictions));
        baselines(name, corpus, texts, heldOut, predictions);
      }
    }
    texts.unpersist();
  }

  private void report(String name, Predictions predictions, boolean[][] decided) {
    var interval = predictions.macroF1Interval(decided);
    figures.add(name + ".macro_f1", predictions.macroF1(decided));
    figures.add(name + ".macro_f1.low", interval.low());
    figures.add(name + ".macro_f1.high", interval.high());
    figures.add(name + ".ece", Calibration.of(predictions, name).expectedCalibrationError());
    figures.add(name + ".texts", predictions.size());
  }

  private void baselines(
      String name,
      LabelledCorpus corpus,
      Dataset<Row> texts,
      Dataset<Row> heldOut,
      Predictions predictions) {
    var majority =
        texts
            .where(col(PART).equalTo(TRAIN))
            .select(explode(col(LABELS)).as(LABEL))
            .groupBy(LABEL)
            .agg(count(lit(1)).as(TEXT))
            .orderBy(col(TEXT).desc(), col(LABEL))
            .first()
            .getString(0);
    var lexicon = new Lexicon(corpus.language());
    var classes = corpus.classes();
    var otherwise = classes.contains("neutral") ? "neutral" : majority;
    var read =
        heldOut.select(TEXT, LABELS).orderBy(TEXT).collectAsList().stream()
            .filter(row -> row.<String>getList(1).stream().anyMatch(classes::contains))
            .map(row -> classes.indexOf(lexicon.read(row.getString(0), classes, otherwise)))
            .toList();
    figures.add(
        name + ".macro_f1.lexicon", predictions.macroF1(Predictions.oneHot(read, classes.size())));
    var always = read.stream().map(any -> classes.indexOf(majority)).toList();
    figures.add(
        name + ".macro_f1.majority",
        predictions.macroF1(Predictions.oneHot(always, classes.size())));
  }

  /** Of the heads as they annotate, on every test part in their language. */
  private void calibration(EmbeddedCorpora corpora, Heads heads) {
    for (var reading : Reading.values()) {
      for (var source : reading.sources(corpora.language())) {
        var texts = source.renamed(corpora.read(source.corpus())).where(col(PART).equalTo(TEST));
        var predictions = Evaluation.predictions(heads.heads().get(reading), texts);
        var name =
            "%s.annotate.%s.%s.%s"
                .formatted(prefix, corpora.language(), reading.column(), source.corpus().key());
        figures.add(name + ".ece", Calibration.of(predictions, name).expectedCalibrationError());
      }
    }
  }
}
