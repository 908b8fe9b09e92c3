package io.nightfeed.annotate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast texts are annotated, beside other ways to run the same models. */
@Command(
    name = "bench-annotate",
    mixinStandardHelpOptions = true,
    description = {
      "Annotates real texts, half of GoEmotions and half of weibo-threads, with the job as it is",
      "operated: language, tokens, sentences, embedding, heads, and the write to Delta. Each round",
      "starts with a night of other texts, so that the process is as warm as one that runs every",
      "night. The same texts, by the encoder that read them, then go through ONNX Runtime alone (a",
      "thread on each core, without padding, in calls of one text and of several, of which the",
      "fastest counts) and, once, through Spark NLP with its defaults. Figures are medians over the",
      "rounds, in texts a second unless their name says otherwise. Prints one name=value line for",
      "each and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed bench-annotate --data ../shared/data"})
public final class BenchAnnotateCommand implements Callable<Integer> {
  private static final List<Integer> BATCHES = List.of(1, 4, 16);

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with goemotions and weibo-threads.")
  private Path data;

  @Option(
      names = "--texts",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Of each data set (default ${DEFAULT-VALUE}).")
  private int texts;

  @Option(
      names = "--warm-up",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Other texts of each for the night before (default ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--rounds", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--memory",
      description = {
        "Measure instead the job's memory for --texts and for ten times as many: after full",
        "collections, every second one, and as the kernel sees it."
      })
  private boolean isMemory;

  @Option(
      names = "--work",
      defaultValue = "target/bench/annotate",
      paramLabel = "DIR",
      description = "Where lakes go; each is deleted when measured (default ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--json",
      defaultValue = "target/bench/annotate.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Option(names = "--config", paramLabel = "FILE", description = "Settings that differ.")
  private List<Path> configs = List.of();

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final Job annotate = new AnnotateJob();

  @Override
  public Integer call() throws Exception {
    try (var spark = Sessions.open("nightfeed bench-annotate")) {
      var english = BenchTexts.english(spark, data);
      var chinese = BenchTexts.chinese(spark, data);
      if (isMemory) {
        measureMemory(spark, english, chinese);
      } else {
        measureSpeed(spark, english, chinese);
      }
    }
    return ExitCode.OK.status();
  }

  private void measureSpeed(SparkSession spark, List<String> english, List<String> chinese)
      throws Exception {
    var warm = mixed(english, chinese, 0, warmUp);
    var measured = mixed(english, chinese, warmUp, warmUp + texts);
    var seconds = new Samples();
    Map<String, List<String>> byEncoder = Map.of();
    for (int round = 0; round < rounds; round++) {
      var nights = freshLake(spark);
      nights.run(warm);
      seconds.add("all", nights.run(measured));
      byEncoder = nights.lastByEncoder();
      seconds.add("known", nights.run(measured));
      for (var encoder : encoders(byEncoder)) {
        var mine = byEncoder.get(encoder.name());
        var alone = freshLake(spark);
        alone.run(warm);
        seconds.add(encoder.name(), alone.run(mine));
        addOnnx(seconds, spark, encoder, mine);
      }
    }
    report(measured.size(), byEncoder, seconds);
    compareWithSparkNlp(spark, byEncoder);
  }

  private void addOnnx(Samples seconds, SparkSession spark, Encoder encoder, List<String> texts)
      throws Exception {
    var rivals = new BenchRivals(spark, settings());
    var tokenIds = rivals.tokenIds(encoder, texts);
    for (var batch : BATCHES) {
      seconds.add(encoder.name() + batch, rivals.onnxSeconds(encoder, tokenIds, batch));
    }
  }

  private void report(int all, Map<String, List<String>> byEncoder, Samples seconds) {
    var fastest = 0.0;
    var oneByOne = 0.0;
    figure("annotate.texts", all);
    figure("annotate.texts_per_second", all / seconds.median("all"));
    for (var encoder : encoders(byEncoder)) {
      var name = encoder.name();
      var mine = byEncoder.get(name).size();
      figure("annotate." + name + ".texts", mine);
      figure("annotate." + name + ".texts_per_second", mine / seconds.median(name));
      var best = Double.POSITIVE_INFINITY;
      for (var batch : BATCHES) {
        var taken = seconds.median(name + batch);
        figure("annotate.%s.onnx_batch_%d_texts_per_second".formatted(name, batch), mine / taken);
        best = Math.min(best, taken);
      }
      fastest += best;
      oneByOne += seconds.median(name + 1);
    }
    figure("annotate.onnx_texts_per_second", all / fastest);
    figure("annotate.onnx_one_by_one_texts_per_second", all / oneByOne);
    figure("annotate.ratio_onnx", fastest / seconds.median("all"));
    figure("annotate.ratio_onnx_one_by_one", oneByOne / seconds.median("all"));
    figure("annotate.seconds", seconds.median("all"));
    figure("annotate.warm_seconds", seconds.median("known"));
    figure("annotate.ratio_warm", seconds.median("all") / seconds.median("known"));
  }

  private void compareWithSparkNlp(SparkSession spark, Map<String, List<String>> byEncoder) {
    var rivals = new BenchRivals(spark, settings());
    var all = 0;
    var seconds = 0.0;
    for (var encoder : encoders(byEncoder)) {
      var mine = byEncoder.get(encoder.name());
      var pipeline = rivals.sparkNlp(encoder);
      rivals.seconds(pipeline, encoder, mine.subList(0, mine.size() / 20));
      var taken = rivals.seconds(pipeline, encoder, mine);
      figure("annotate." + encoder.name() + ".sparknlp_texts_per_second", mine.size() / taken);
      all += mine.size();
      seconds += taken;
    }
    figure("annotate.sparknlp_texts_per_second", all / seconds);
    figure("annotate.ratio_sparknlp", figures.get("annotate.texts_per_second") * seconds / all);
  }

  private void measureMemory(SparkSession spark, List<String> english, List<String> chinese)
      throws Exception {
    freshLake(spark).run(mixed(english, chinese, 0, warmUp));
    for (var size : List.of(texts, 10 * texts)) {
      var half = size / 2;
      var nights = freshLake(spark);
      try (var memory = PeakMemory.watch()) {
        nights.run(mixed(english, chinese, warmUp, warmUp + half));
        figure("annotate.memory_%d_mb".formatted(size), memory.heapMegabytes());
        figure("annotate.memory_%d_rss_mb".formatted(size), memory.residentMegabytes());
      }
    }
  }

  private BenchNights freshLake(SparkSession spark) throws IOException {
    FileUtils.deleteDirectory(work.toFile());
    return new BenchNights(spark, settings(), annotate);
  }

  private List<Encoder> encoders(Map<String, List<String>> byEncoder) {
    return settings().encoders().stream()
        .filter(encoder -> byEncoder.containsKey(encoder.name()))
        .toList();
  }

  private static List<String> mixed(List<String> english, List<String> chinese, int from, int to) {
    if (to > english.size() || to > chinese.size()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "%d texts of each data set are wanted; there are %d English and %d Chinese ones"
              .formatted(to, english.size(), chinese.size()));
    }
    var mixed = new ArrayList<>(english.subList(from, to));
    mixed.addAll(chinese.subList(from, to));
    return mixed;
  }

  private Settings settings() {
    var all = new LinkedHashMap<>(overrides);
    all.put("lake-folder", "\"" + work.toAbsolutePath() + "\"");
    return SettingsLoader.load(configs, all);
  }

  private void figure(String name, double value) {
    figures.put(name, value);
    spec.commandLine().getOut().printf(Locale.ROOT, "%s=%.4g%n", name, value);
    spec.commandLine().getOut().flush();
    try {
      Files.createDirectories(json.toAbsolutePath().getParent());
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), figures);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot write " + json, e);
    }
  }

  /** Measured values by name. */
  private static final class Samples {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String name, double value) {
      values.computeIfAbsent(name, missing -> new ArrayList<>()).add(value);
    }

    double median(String name) {
      var sorted = values.get(name).stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }
  }
}
