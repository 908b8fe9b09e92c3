package io.nightfeed.encoders;

import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.encoders.BenchRivals.Graph;
import io.nightfeed.encoders.BenchRivals.Way;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.PeakMemory;
import io.nightfeed.run.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
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
      "operated: language, tokens, sentences, embedding, heads, and the write to Delta. A process",
      "that runs every night is warm: before the first round it runs a week of nights of some hundred",
      "other texts, and before each measured night one more. The same texts, by the encoder that read",
      "them, then go through ONNX Runtime alone, without padding, in calls of one text and of several,",
      "with the model as published and with fixed ranges, of which the fastest counts for ratio_onnx;",
      "with the graph that the job runs, which leaves out what pooling does not take; and, once,",
      "through Spark NLP with its defaults. Then come nights that bring the same texts again. Figures",
      "are medians over the rounds, texts a second unless their name says otherwise; cpu_ratio",
      "compares processor time, for machines that do other work too. Prints one name=value line for",
      "each and writes the same as JSON."
    },
    footer = {"", "Example: nightfeed bench-annotate --data ../shared/data"})
public final class BenchAnnotateCommand implements Callable<Integer> {
  private static final Way ONE_BY_ONE = new Way(1, Graph.PUBLISHED);
  private static final Way FIXED_RANGES = new Way(16, Graph.FIXED_RANGES);
  private static final Way OF_THE_JOB = new Way(16, Graph.OF_THE_JOB);

  /** Of ONNX Runtime alone, with every token's vector. */
  private static final List<Way> WHOLE =
      List.of(ONE_BY_ONE, new Way(4, Graph.PUBLISHED), new Way(16, Graph.PUBLISHED), FIXED_RANGES);

  private static final List<Way> WAYS =
      Stream.concat(WHOLE.stream(), Stream.of(OF_THE_JOB)).toList();

  private static final int WEEK = 7;
  private static final int KNOWN_NIGHTS = 5;
  private static final String ALL = "all";
  private static final String KNOWN = "known";

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
      defaultValue = "200",
      paramLabel = "N",
      description = "Other texts of each for each night before (default ${DEFAULT-VALUE}).")
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

  private MeasuredFigures figures;
  private final Job annotate;

  /**
   * @param annotate the job that is measured
   */
  public BenchAnnotateCommand(Job annotate) {
    this.annotate = annotate;
  }

  @Override
  public Integer call() throws Exception {
    figures = new MeasuredFigures(spec.commandLine().getOut(), json);
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
    var others = warmUp * WEEK;
    var warm = mixed(english, chinese, 0, warmUp);
    var measured = mixed(english, chinese, others, others + texts);
    warmUp(freshLake(spark), english, chinese);
    var rivals = new BenchRivals(spark, settings());
    var costs = new BenchCosts();
    Map<String, List<String>> byEncoder = Map.of();
    for (int round = 0; round < rounds; round++) {
      var nights = freshLake(spark);
      nights.run(warm);
      costs.add(ALL, nights.run(measured));
      byEncoder = nights.lastByEncoder();
      for (int night = 0; night < KNOWN_NIGHTS; night++) {
        costs.add(KNOWN, nights.run(measured));
      }
      for (var encoder : encoders(byEncoder)) {
        var mine = byEncoder.get(encoder.name());
        var alone = freshLake(spark);
        alone.run(warm);
        costs.add(encoder.name(), alone.run(mine));
        var tokenIds = rivals.tokenIds(encoder, mine);
        for (var way : WAYS) {
          costs.add(encoder.name() + way, rivals.onnx(encoder, tokenIds, way));
        }
      }
    }
    report(measured.size(), byEncoder, costs);
    compareWithSparkNlp(rivals, byEncoder);
  }

  private void warmUp(BenchNights nights, List<String> english, List<String> chinese)
      throws Exception {
    for (int night = 0; night < WEEK; night++) {
      nights.run(mixed(english, chinese, night * warmUp, (night + 1) * warmUp));
    }
  }

  private void report(int all, Map<String, List<String>> byEncoder, BenchCosts costs) {
    figures.add("annotate.texts", all);
    figures.add("annotate.texts_per_second", all / costs.seconds(ALL));
    var fastest = 0.0;
    var fastestCpu = 0.0;
    var secondsOf = new HashMap<Way, Double>();
    for (var encoder : encoders(byEncoder)) {
      var name = encoder.name();
      var mine = byEncoder.get(name).size();
      figures.add("annotate.%s.texts".formatted(name), mine);
      figures.add("annotate.%s.texts_per_second".formatted(name), mine / costs.seconds(name));
      for (var way : WAYS) {
        figures.add(
            "annotate.%s.%s_texts_per_second".formatted(name, way),
            mine / costs.seconds(name + way));
      }
      fastest += smallest(way -> costs.seconds(name + way));
      fastestCpu += smallest(way -> costs.cpuSeconds(name + way));
      WAYS.forEach(way -> secondsOf.merge(way, costs.seconds(name + way), Double::sum));
    }
    figures.add("annotate.onnx_texts_per_second", all / fastest);
    figures.add("annotate.ratio_onnx", fastest / costs.seconds(ALL));
    figures.add("annotate.ratio_onnx_one_by_one", secondsOf.get(ONE_BY_ONE) / costs.seconds(ALL));
    figures.add(
        "annotate.ratio_onnx_fixed_ranges", secondsOf.get(FIXED_RANGES) / costs.seconds(ALL));
    figures.add(
        "annotate.ratio_onnx_graph_of_the_job", secondsOf.get(OF_THE_JOB) / costs.seconds(ALL));
    figures.add("annotate.cpu_ratio_onnx", fastestCpu / costs.cpuSeconds(ALL));
    figures.add("annotate.seconds", costs.seconds(ALL));
    figures.add("annotate.cpu_seconds", costs.cpuSeconds(ALL));
    figures.add("annotate.warm_seconds", costs.seconds(KNOWN));
    figures.add("annotate.ratio_warm", costs.seconds(ALL) / costs.seconds(KNOWN));
  }

  private static double smallest(ToDoubleFunction<Way> cost) {
    return WHOLE.stream().mapToDouble(cost).min().orElseThrow();
  }

  private void compareWithSparkNlp(BenchRivals rivals, Map<String, List<String>> byEncoder)
      throws Exception {
    var all = 0;
    var seconds = 0.0;
    for (var encoder : encoders(byEncoder)) {
      var mine = byEncoder.get(encoder.name());
      var pipeline = rivals.sparkNlp(encoder);
      rivals.run(pipeline, encoder, mine.subList(0, mine.size() / 20));
      var taken = rivals.run(pipeline, encoder, mine).seconds();
      figures.add(
          "annotate.%s.sparknlp_texts_per_second".formatted(encoder.name()), mine.size() / taken);
      all += mine.size();
      seconds += taken;
    }
    figures.add("annotate.sparknlp_texts_per_second", all / seconds);
    figures.add(
        "annotate.ratio_sparknlp", figures.get("annotate.texts_per_second") * seconds / all);
  }

  private void measureMemory(SparkSession spark, List<String> english, List<String> chinese)
      throws Exception {
    warmUp(freshLake(spark), english, chinese);
    var others = warmUp * WEEK;
    for (var size : List.of(texts, 10 * texts)) {
      var half = size / 2;
      var nights = freshLake(spark);
      nights.deliver(mixed(english, chinese, others, others + half));
      try (var memory = PeakMemory.watch()) {
        nights.annotate();
        figures.add("annotate.memory_%d_mb".formatted(size), memory.heapMegabytes());
        figures.add("annotate.memory_%d_rss_mb".formatted(size), memory.residentMegabytes());
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
}
