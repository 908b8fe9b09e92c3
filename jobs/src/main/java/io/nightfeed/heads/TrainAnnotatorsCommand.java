package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.TEST;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static io.nightfeed.tables.Columns.PART;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains the sentiment, emotion and toxicity heads of the encoders on published labelled texts. */
@Command(
    name = "train-annotators",
    mixinStandardHelpOptions = true,
    description = {
      "Trains the heads that read sentiment, emotion and toxicity, for each encoder in the settings,",
      "on labelled texts of its first language: GoEmotions, TweetEval emotion and Davidson et al.",
      "for English; SMP2020-EWECT, waimai-10k and COLD for Chinese. Ridges, blend and temperature",
      "are chosen on dev parts; calibration is reported on test parts."
    },
    footer = {
      "",
      "Examples: the heads that ship; the heads of an encoder that tune-encoder made:",
      "  nightfeed train-annotators --data DIR --to jobs/src/main/resources/heads",
      "  nightfeed train-annotators --data DIR --config target/models/NAME/encoder.conf \\",
      "    --encoder NAME"
    })
public final class TrainAnnotatorsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private CorpusOptions options;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Where NAME.json goes. Without it heads go beside their encoder's model.")
  private Path to;

  @Override
  public Integer call() throws IOException {
    var spark = Sessions.open("nightfeed train-annotators");
    for (var corpora : options.corpora(spark)) {
      var heads = train(corpora);
      var name = corpora.encoder().name();
      var file = to == null ? corpora.folder().resolve(Heads.FILE) : to.resolve(name + ".json");
      heads.write(file);
      print("wrote " + file);
    }
    return ExitCode.OK.status();
  }

  private Heads train(EmbeddedCorpora corpora) {
    var encoder = corpora.encoder();
    var heads = new EnumMap<Reading, Head>(Reading.class);
    var calibration = new EnumMap<Reading, Calibration>(Reading.class);
    var provenance = new TreeMap<String, String>();
    provenance.put("command", "nightfeed train-annotators");
    for (var reading : Reading.values()) {
      var texts = corpora.teaching(reading).cache();
      var trained = HeadTraining.train(texts, reading.classes());
      var name = reading.column();
      provenance.put(
          name + "_corpora",
          reading.sources(corpora.language()).stream()
              .map(source -> source.corpus().title())
              .collect(Collectors.joining("; ")));
      provenance.put(
          name + "_texts", String.valueOf(texts.where(col(PART).equalTo(TRAIN)).count()));
      provenance.put(name + "_chosen_on_dev", trained.description());
      texts.unpersist();
      heads.put(reading, trained.head());
      var first = reading.sources(corpora.language()).get(0);
      var heldOut =
          Evaluation.predictions(
              trained.head(),
              first.renamed(corpora.read(first.corpus())).where(col(PART).equalTo(TEST)));
      calibration.put(reading, Calibration.of(heldOut, first.corpus().title() + ", test part"));
      print(
          "%s.%s ece=%.4f, %s"
              .formatted(
                  encoder.name(),
                  name,
                  calibration.get(reading).expectedCalibrationError(),
                  trained.description()));
    }
    return new Heads(
        encoder.name(),
        encoder.modelSha256(),
        List.of(corpora.language()),
        heads,
        calibration,
        provenance);
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
