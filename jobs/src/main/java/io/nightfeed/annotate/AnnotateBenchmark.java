package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.ACTION;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.EVENT_DATE;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.EVENT_TIME;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.johnsnowlabs.nlp.Annotation;
import com.johnsnowlabs.nlp.AnnotatorType;
import com.johnsnowlabs.nlp.embeddings.BGEEmbeddings;
import com.johnsnowlabs.nlp.embeddings.E5Embeddings;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.run.JobRunner;
import io.nightfeed.run.Sessions;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import scala.collection.immutable.Map$;

/** Times annotation against Spark NLP's defaults and against ONNX Runtime alone. */
@Command(
    name = "bench-annotate",
    mixinStandardHelpOptions = true,
    description = {
      "Annotates the same texts, half weibo-threads and half GoEmotions, in three ways: the whole job",
      "`annotate`, tables included; Spark NLP's pipeline with its defaults; ONNX Runtime alone, one",
      "thread per core on token ids made before. Medians of three rounds; Spark NLP runs once. Then",
      "many more texts, and a second night without a new one. Prints name=value lines and writes the",
      "same as JSON."
    },
    footer = {"", "Example: nightfeed bench-annotate --data ../shared/data"})
public final class AnnotateBenchmark implements Callable<Integer> {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);

  /** What classes must be loaded and compiled for before clocks start. */
  private static final int WARM_UP = 400;

  private static final int ROUNDS = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      defaultValue = "../shared/data",
      paramLabel = "DIR",
      description = "Folder with weibo-threads and goemotions (default ${DEFAULT-VALUE}).")
  private Path data;

  @Option(
      names = "--texts",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Texts, half of them in each language (default ${DEFAULT-VALUE}).")
  private int texts;

  @Option(
      names = "--more-texts",
      defaultValue = "50000",
      paramLabel = "N",
      description = "Texts of the runs for the cache and for memory (default ${DEFAULT-VALUE}).")
  private int moreTexts;

  @Option(
      names = "--work",
      defaultValue = "target/bench/annotate",
      paramLabel = "DIR",
      description = "Where tables go; deleted first (default ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--json",
      defaultValue = "target/bench/annotate.json",
      paramLabel = "FILE",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final AnnotateJob job = new AnnotateJob();
  private SparkSession spark;

  @Override
  public Integer call() throws IOException {
    FileUtils.deleteDirectory(work.toFile());
    spark = Sessions.open("nightfeed bench-annotate");
    var sample = sample(texts, 0);
    annotate("warm-up", sample(WARM_UP, 1));
    var own = new double[ROUNDS];
    var alone = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      own[round] = annotate("round-" + round, sample).textsPerSecond();
      alone[round] = onnxAlone(byEncoder("round-" + round));
    }
    double sparkNlp = sparkNlpDefaults(byEncoder("round-0"));
    figure("annotate.texts_per_second", median(own));
    figure("annotate.onnx_texts_per_second", median(alone));
    figure("annotate.sparknlp_texts_per_second", sparkNlp);
    figure("annotate.ratio_onnx", median(own) / median(alone));
    figure("annotate.ratio_sparknlp", median(own) / sparkNlp);
    var large = annotate("large", sample(moreTexts, 2));
    figure("annotate.large_texts_per_second", large.textsPerSecond());
    figure("annotate.warm_seconds", large.secondsAgain());
    figure("annotate.ratio_warm", large.seconds() / large.secondsAgain());
    figure("annotate.large_peak_mib", peakMebibytes());
    Files.createDirectories(json.toAbsolutePath().getParent());
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(json.toFile(), figures);
    return ExitCode.OK.status();
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The texts as the job routed them. */
  private Map<Encoder, List<String>> byEncoder(String name) {
    var settings = settings(name);
    var lake = new Lake(spark, settings.lakeFolder());
    var read = lake.slice(Silver.TEXT_ANNOTATIONS, NIGHT).select(TEXT_HASH, ENCODER);
    var routed = lake.slice(Silver.EVENTS, NIGHT).select(TEXT_HASH, TEXT).join(read, TEXT_HASH);
    var texts = new LinkedHashMap<Encoder, List<String>>();
    for (var encoder : settings.encoders()) {
      texts.put(
          encoder,
          routed
              .where(col(ENCODER).equalTo(encoder.name()))
              .select(TEXT)
              .sort(TEXT_HASH)
              .as(Encoders.STRING())
              .collectAsList());
    }
    return texts;
  }

  /**
   * Half English, half Chinese, drawn by hash.
   *
   * @param draw another number draws other texts
   */
  private List<String> sample(int count, long draw) {
    var chinese =
        spark
            .read()
            .json(data.resolve("weibo-threads/posts.jsonl.gz").toString())
            .select(TEXT)
            .union(
                spark
                    .read()
                    .json(data.resolve("weibo-threads/interactions.jsonl.gz").toString())
                    .select(TEXT));
    var english = LabelledTexts.GOEMOTIONS_TRAIN.read(spark, data).select(TEXT);
    var all = new ArrayList<String>();
    for (var corpus : List.of(chinese, english)) {
      all.addAll(
          corpus
              .where(length(trim(col(TEXT))).geq(2))
              .distinct()
              .sort(xxhash64(col(TEXT), lit(draw)))
              .limit(count / 2)
              .as(Encoders.STRING())
              .collectAsList());
    }
    return all;
  }

  /** How long a run of the job took, and the same night run again by the next. */
  private record Timing(int texts, double seconds, double secondsAgain) {
    double textsPerSecond() {
      return texts / seconds;
    }
  }

  private Timing annotate(String name, List<String> sample) throws IOException {
    var settings = settings(name);
    var lake = new Lake(spark, settings.lakeFolder());
    publish(lake, NIGHT, sample);
    publish(lake, NIGHT.plusDays(1), sample);
    double first = seconds(() -> run(settings, NIGHT));
    double second = seconds(() -> run(settings, NIGHT.plusDays(1)));
    return new Timing(sample.size(), first, second);
  }

  private void run(Settings settings, LocalDate night) {
    var silent = new PrintWriter(Writer.nullWriter());
    var code = new JobRunner(spark, settings, silent, Clock.systemUTC()).run(List.of(job), night);
    if (code != ExitCode.OK) {
      throw new JobFailure(code, "annotate failed: see " + settings.lakeFolder() + "/runs");
    }
  }

  private void publish(Lake lake, LocalDate night, List<String> sample) {
    var rows = spark.createDataset(sample, Encoders.STRING()).toDF(TEXT);
    for (var column : Silver.EVENTS.schema().fields()) {
      if (!column.name().equals(TEXT)) {
        rows = rows.withColumn(column.name(), lit(null).cast(column.dataType()));
      }
    }
    lake.publish(
        Silver.EVENTS,
        night,
        rows.withColumn(TEXT_HASH, sha2(col(TEXT), 256))
            .withColumn(EVENT_ID, concat(col(TEXT_HASH), lit(night.toString())))
            .withColumn(EVENT_TIME, expr("TIMESTAMP '" + night + " 12:00:00'"))
            .withColumn(EVENT_DATE, expr("DATE '" + night + "'"))
            .withColumn(USER_ID, lit("user"))
            .withColumn(POST_ID, lit("post"))
            .withColumn(ACTION, lit("comment")));
  }

  private Settings settings(String name) {
    return SettingsLoader.load(
        List.of(), Map.of("lake-folder", "\"" + work.resolve(name).toAbsolutePath() + "\""));
  }

  // Peers

  private Path folder(Encoder encoder) {
    return new EncoderFolders(settings("peers").modelsFolder()).verified(encoder);
  }

  private static int size(Map<Encoder, List<String>> texts) {
    return texts.values().stream().mapToInt(List::size).sum();
  }

  /**
   * Texts a second of the same stages with nothing set that has a default. It comes after the
   * others: Spark NLP reads ONNX Runtime's options once in a process.
   */
  private double sparkNlpDefaults(Map<Encoder, List<String>> texts) {
    double total = 0;
    for (var encoder : texts.keySet()) {
      var pipeline =
          new Pipeline()
              .setStages(
                  new PipelineStage[] {
                    TextEncoder.document(TEXT, TextEncoder.DOCUMENT),
                    TextEncoder.sentences(),
                    TextEncoder.tokens(),
                    defaultEmbeddings(encoder)
                  })
              .fit(spark.emptyDataFrame().withColumn(TEXT, lit("")));
      var mine = texts.get(encoder);
      compute(pipeline.transform(dataset(mine.subList(0, Math.min(WARM_UP, mine.size())))));
      total += seconds(() -> compute(pipeline.transform(dataset(mine))));
    }
    return size(texts) / total;
  }

  private PipelineStage defaultEmbeddings(Encoder encoder) {
    var model = scala.Option.apply(TextEncoder.onnxModel(spark, encoder, folder(encoder)));
    var vocabulary = TextEncoder.vocabulary(folder(encoder));
    if (encoder.encoderClass() == EncoderClass.E5) {
      var e5 = new E5Embeddings();
      e5.setInputCols(new String[] {TextEncoder.DOCUMENT});
      e5.setOutputCol("vector");
      e5.set(e5.engine(), TextEncoder.ONNX);
      return e5.setVocabulary(vocabulary)
          .setModelIfNotSet(spark, scala.Option.empty(), model, scala.Option.empty());
    }
    var bge = new BGEEmbeddings();
    bge.setInputCols(new String[] {TextEncoder.DOCUMENT});
    bge.setOutputCol("vector");
    bge.set(bge.engine(), TextEncoder.ONNX);
    return bge.setVocabulary(vocabulary)
        .setModelIfNotSet(spark, scala.Option.empty(), model, scala.Option.empty());
  }

  private Dataset<Row> dataset(List<String> texts) {
    var partitions = settings("peers").annotate().partitions();
    return spark.createDataset(texts, Encoders.STRING()).toDF(TEXT).repartition(partitions);
  }

  /** Computes every column of every row. */
  private static void compute(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  /** Texts a second of model calls alone, one thread for each core, on ready token ids. */
  private double onnxAlone(Map<Encoder, List<String>> texts) {
    double total = 0;
    for (var encoder : texts.keySet()) {
      var embeddings =
          TextEncoder.embeddings(spark, encoder, folder(encoder), settings("peers").annotate());
      var ids =
          embeddings.tokenIds(
              texts.get(encoder).stream().map(text -> document(encoder.prefix() + text)).toList());
      var call = embeddings.encoderCall();
      callAll(call, ids.subList(0, Math.min(WARM_UP, ids.size())));
      total += seconds(() -> callAll(call, ids));
    }
    return size(texts) / total;
  }

  private static Annotation document(String text) {
    return new Annotation(
        AnnotatorType.DOCUMENT(), 0, text.length() - 1, text, Map$.MODULE$.empty(), new float[0]);
  }

  private static void callAll(EncoderCall call, List<long[]> ids) {
    var next = new AtomicInteger();
    int cores = Runtime.getRuntime().availableProcessors();
    var threads = Executors.newFixedThreadPool(cores);
    var running =
        IntStream.range(0, cores)
            .mapToObj(
                core ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i; (i = next.getAndIncrement()) < ids.size(); ) {
                            call.vectors(List.of(ids.get(i)));
                          }
                        },
                        threads))
            .toList();
    running.forEach(CompletableFuture::join);
    threads.shutdown();
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private void figure(String name, double value) {
    figures.put(name, value);
    spec.commandLine().getOut().printf(Locale.ROOT, "%s=%.3f%n", name, value);
    spec.commandLine().getOut().flush();
  }

  /** Largest resident memory of the process so far (proc(5)). */
  private static double peakMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
