package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the ranges between which a quantised encoder rounds its activations. */
@Command(
    name = "calibrate-encoder",
    mixinStandardHelpOptions = true,
    description = {
      "Measures, on example texts, the ranges of the activations that a quantised encoder rounds, and",
      "writes them beside its model. With fixed ranges a text's vector does not depend on what else is",
      "in a model call, so that annotate can give the model several texts at once, which is faster.",
      "tune-encoder does this by itself. Train the encoder's heads again afterwards: its vectors are",
      "no longer quite the same, and annotate reads all texts anew."
    },
    footer = {
      "",
      "Examples (the second is how `make calibrate-encoders` makes the ranges that ship):",
      "  nightfeed calibrate-encoder --config my.conf --encoder my-encoder --examples DIR",
      "  nightfeed calibrate-encoder --encoder e5-small-v2-q --examples target/tuning/en \\",
      "      --to jobs/src/main/resources/encoders/e5-small-v2-q.json"
    })
public final class CalibrateEncoderCommand implements Callable<Integer> {
  static final int TEXTS = 400;

  @Spec private CommandSpec spec;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--encoder",
      required = true,
      paramLabel = "NAME",
      description = "A name of nightfeed.encoders.")
  private String name;

  @Option(
      names = "--examples",
      required = true,
      paramLabel = "DIR",
      description = "Folder with train.jsonl, as `nightfeed tuning-examples` writes it.")
  private Path examples;

  @Option(
      names = "--texts",
      defaultValue = "" + TEXTS,
      paramLabel = "N",
      description = "How many of them, those of the least hashes (default ${DEFAULT-VALUE}).")
  private int texts;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Where the ranges go (default ranges.json in the encoder's folder).")
  private Path to;

  @Override
  public Integer call() {
    var settings = options.settings();
    var encoder = settings.encoder(name);
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var file = to == null ? folder.resolve(FixedRanges.FILE) : to;
    try (var spark = Sessions.open("nightfeed calibrate-encoder")) {
      var ranges = measured(spark, settings, encoder, examples, texts);
      var out = spec.commandLine().getOut();
      if (ranges.ranges().isEmpty()) {
        out.printf("%s quantises nothing per call: it needs no ranges%n", name);
      } else {
        ranges.write(file);
        out.printf(
            "%s: ranges of %d activations, measured on %d texts%nwrote %s%n",
            name, ranges.ranges().size(), ranges.texts(), file);
      }
      out.flush();
    }
    return ExitCode.OK.status();
  }

  /**
   * @param examples folder with {@code train.jsonl}, a file or a folder of parts
   * @return with no ranges for a model that needs none
   * @throws JobFailure when there are no texts to measure on
   */
  static FixedRanges measured(
      SparkSession spark, Settings settings, Encoder encoder, Path examples, int texts) {
    var train = examples.resolve("train.jsonl");
    if (!Files.exists(train)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "%s is missing. Run `nightfeed tuning-examples --to %s`, or name another folder."
              .formatted(train, examples));
    }
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    var words = new WordPieces(TextEncoder.vocabulary(folder));
    var most = settings.annotate().maxTokens();
    var tokenIds =
        spark
            .read()
            .schema(TEXT + " STRING")
            .json(train.toString())
            .where(col(TEXT).isNotNull())
            .distinct()
            .orderBy(xxhash64(col(TEXT)), col(TEXT))
            .limit(texts)
            .as(Encoders.STRING())
            .collectAsList()
            .stream()
            .map(text -> words.ids(encoder.prefix() + text, most))
            .toList();
    if (tokenIds.isEmpty()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "There are no texts to measure on: expected at least one in %s, and --texts above 0"
              .formatted(train));
    }
    return FixedRanges.measured(encoder, folder.resolve(EncoderFolders.MODEL), tokenIds);
  }
}
