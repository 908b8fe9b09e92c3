package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.TEXT;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.johnsnowlabs.nlp.embeddings.BGEEmbeddings;
import com.johnsnowlabs.nlp.embeddings.E5Embeddings;
import io.nightfeed.config.Settings;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.run.BenchCost;
import io.nightfeed.udfs.ReadableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Other ways to get the embeddings of the same texts with the same models. */
final class BenchRivals {
  private static final String VECTOR = "vector";

  private final SparkSession spark;
  private final Settings settings;
  private final int cores;

  BenchRivals(SparkSession spark, Settings settings) {
    this.spark = spark;
    this.settings = settings;
    this.cores = Runtime.getRuntime().availableProcessors();
  }

  /** Spark NLP's own annotator for the encoder, every setting as it ships, on every core. */
  PipelineModel sparkNlp(Encoder encoder) {
    var document = TextEncoder.document(TEXT, TextEncoder.DOCUMENT);
    var stages = new PipelineStage[] {document, sparkNlpAnnotator(encoder)};
    return new Pipeline().setStages(stages).fit(spark.emptyDataset(Encoders.STRING()).toDF(TEXT));
  }

  private PipelineStage sparkNlpAnnotator(Encoder encoder) {
    var folder = folder(encoder);
    var model =
        Option.apply(
            OnnxModels.sent(
                spark, encoder.name() + "-original", () -> TextEncoder.original(folder)));
    var vocabulary = TextEncoder.vocabulary(folder);
    var inputs = new String[] {TextEncoder.DOCUMENT};
    if (encoder.encoderClass() == EncoderClass.E5) {
      var e5 = new E5Embeddings();
      e5.setInputCols(inputs);
      e5.setOutputCol(VECTOR);
      e5.set(e5.engine(), TextEncoder.ONNX);
      e5.setVocabulary(vocabulary);
      return e5.setModelIfNotSet(spark, Option.empty(), model, Option.empty());
    }
    var bge = new BGEEmbeddings();
    bge.setInputCols(inputs);
    bge.setOutputCol(VECTOR);
    bge.set(bge.engine(), TextEncoder.ONNX);
    bge.setVocabulary(vocabulary);
    return bge.setModelIfNotSet(spark, Option.empty(), model, Option.empty());
  }

  /** What the vectors of the texts take, which go nowhere. */
  BenchCost run(PipelineModel sparkNlp, Encoder encoder, List<String> texts) throws Exception {
    var prefixed = texts.stream().map(text -> input(encoder, text)).toList();
    var rows = spark.createDataset(prefixed, Encoders.STRING()).toDF(TEXT).repartition(cores);
    return BenchCost.of(
        () -> {
          sparkNlp.transform(rows).select(VECTOR).write().format("noop").mode("overwrite").save();
          return rows;
        });
  }

  /** What the job gives the encoder. */
  private static String input(Encoder encoder, String text) {
    return encoder.prefix() + new ReadableText().call(text);
  }

  /** The token ids that the job gives the encoder. */
  List<long[]> tokenIds(Encoder encoder, List<String> texts) {
    var embeddings = TextEncoder.embeddings(spark, encoder, folder(encoder), settings.annotate());
    return texts.stream().map(text -> embeddings.tokenIds(input(encoder, text))).toList();
  }

  /** What of the model is run. */
  enum Graph {
    /** As published: activations are rounded between the extremes of each call. */
    PUBLISHED("onnx"),
    /** Activations are rounded between fixed bounds, so that neighbours move no vector. */
    FIXED_RANGES("onnx_fixed_ranges"),
    /** As the job runs it: of the last layer, besides, no more than pooling takes. */
    OF_THE_JOB("onnx_graph_of_the_job");

    private final String figure;

    Graph(String figure) {
      this.figure = figure;
    }

    private byte[] model(Encoder encoder, Path folder) {
      return switch (this) {
        case PUBLISHED -> TextEncoder.original(folder);
        case FIXED_RANGES -> TextEncoder.withFixedRanges(encoder, folder);
        case OF_THE_JOB -> TextEncoder.bytes(encoder, folder);
      };
    }
  }

  /**
   * A way through the model.
   *
   * @param texts most of one call, all of one length
   */
  record Way(int texts, Graph graph) {
    @Override
    public String toString() {
      return graph.figure + "_calls_of_" + texts;
    }
  }

  /**
   * What ONNX Runtime alone takes, a thread on each core and one session for all. Nothing is
   * padded, and nothing is done with what the model says.
   *
   * @param way which model, and how many texts a call
   */
  BenchCost onnx(Encoder encoder, List<long[]> tokenIds, Way way) throws Exception {
    var calls = batches(tokenIds, way.texts());
    var environment = OrtEnvironment.getEnvironment();
    var model = way.graph().model(encoder, folder(encoder));
    var threads = Executors.newFixedThreadPool(cores);
    try (var options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      try (var session = environment.createSession(model, options)) {
        var call = new EncoderCall(environment, session, UnpaddedEmbeddings.MEAN);
        // What a session sets up on first use.
        call.run(calls.get(calls.size() - 1), OnnxTensor::getInfo);
        var next = new AtomicInteger(calls.size());
        // The longest first, so that no core waits long for the others at the end.
        Callable<Void> work =
            () -> {
              for (int i = next.decrementAndGet(); i >= 0; i = next.decrementAndGet()) {
                call.run(calls.get(i), OnnxTensor::getInfo);
              }
              return null;
            };
        return BenchCost.of(
            () -> {
              for (var done : threads.invokeAll(Collections.nCopies(cores, work))) {
                done.get();
              }
              return next;
            });
      }
    } finally {
      threads.shutdown();
    }
  }

  private static List<List<long[]>> batches(List<long[]> tokenIds, int batch) {
    var byLength = new TreeMap<Integer, List<long[]>>();
    tokenIds.forEach(
        ids -> byLength.computeIfAbsent(ids.length, length -> new ArrayList<>()).add(ids));
    var batches = new ArrayList<List<long[]>>();
    for (var equal : byLength.values()) {
      for (int i = 0; i < equal.size(); i += batch) {
        batches.add(equal.subList(i, Math.min(equal.size(), i + batch)));
      }
    }
    return batches;
  }

  private Path folder(Encoder encoder) {
    return new EncoderFolders(settings.modelsFolder()).verified(encoder);
  }
}
