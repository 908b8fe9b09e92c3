package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.EMOTION;
import static io.nightfeed.tables.Columns.SENTIMENT;
import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains the sentiment and emotion heads of the encoders on published labelled texts. */
@Command(
    name = "train-annotators",
    mixinStandardHelpOptions = true,
    description = {
      "Trains the sentiment and emotion heads on labelled texts: GoEmotions for the encoder that",
      "reads English, SMP2020-EWECT for the one that reads Chinese. The ridge is chosen on the dev",
      "part; the heads are written with their provenance and scores."
    },
    footer = {
      "",
      "Example, which reproduces the heads that ship:",
      "  nightfeed train-annotators --data DIR --to jobs/src/main/resources/heads"
    })
public final class TrainAnnotatorsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "The corpora.")
  private Path data;

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where heads go.")
  private Path to;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings that differ.")
  private List<Path> configs = List.of();

  @Option(
      names = "--max-texts",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Train on at most about N texts, drawn by hash (default ${DEFAULT-VALUE}).")
  private long maxTexts;

  @Override
  public Integer call() throws IOException {
    var settings = SettingsLoader.load(configs, Map.of());
    var spark = Sessions.open("nightfeed train-annotators");
    for (var encoder : settings.encoders()) {
      if (encoder.languages().contains("zh")) {
        train(
            spark,
            settings,
            encoder,
            LabelledTexts.SMP2020_VIRUS_TRAIN,
            LabelledTexts.SMP2020_VIRUS_EVAL);
      } else {
        train(
            spark, settings, encoder, LabelledTexts.GOEMOTIONS_TRAIN, LabelledTexts.GOEMOTIONS_DEV);
      }
    }
    return ExitCode.OK.status();
  }

  private void train(
      SparkSession spark,
      Settings settings,
      Encoder encoder,
      LabelledTexts corpus,
      LabelledTexts dev)
      throws IOException {
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var reader = TextEncoder.load(spark, encoder, folder, settings.annotate());
    var train = embedded(reader, corpus.read(spark, data));
    var heldOut = embedded(reader, dev.read(spark, data));
    var emotions = HeadTraining.train(train, heldOut, EMOTION);
    var sentiment = HeadTraining.train(train, heldOut, SENTIMENT);
    var provenance =
        new TreeMap<>(
            Map.of(
                "trained_on", corpus.title(),
                "trained_texts", String.valueOf(train.count()),
                "ridge_chosen_on", dev.title(),
                "command", "nightfeed train-annotators --max-texts " + maxTexts,
                "emotions_dev", scores(emotions),
                "sentiment_dev", scores(sentiment)));
    var heads =
        new Heads(
            encoder.name(), encoder.modelSha256(), sentiment.layer(), emotions.layer(), provenance);
    Files.createDirectories(to);
    var file = to.resolve(encoder.name() + ".json");
    new ObjectMapper().writeValue(file.toFile(), heads);
    var out = spec.commandLine().getOut();
    provenance.forEach((name, value) -> out.printf("%s.%s=%s%n", encoder.name(), name, value));
    out.println("wrote " + file);
    out.flush();
    train.unpersist();
    heldOut.unpersist();
  }

  private Dataset<Row> embedded(TextEncoder reader, Dataset<Row> texts) {
    var total = Math.max(1, texts.count());
    var drawn = pmod(xxhash64(col(TEXT)), lit(total)).lt(lit(maxTexts));
    var parallelism = texts.sparkSession().sparkContext().defaultParallelism();
    return reader
        .annotate(texts.where(drawn.and(trim(col(TEXT)).notEqual(""))).repartition(parallelism))
        .select(col(TEXT), col(EMOTION), col(SENTIMENT), col(EMBEDDING))
        .cache();
  }

  private static String scores(HeadTraining.Trained head) {
    return "macro_f1 %.3f, accuracy %.3f, ridge %s"
        .formatted(head.macroF1(), head.accuracy(), head.ridge());
  }
}
