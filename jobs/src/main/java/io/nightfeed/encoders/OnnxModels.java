package io.nightfeed.encoders;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.johnsnowlabs.ml.onnx.OnnxWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.HashMap;

/** ONNX models on their way to the tasks that run them. */
public final class OnnxModels {
  private static final String OPTION = "spark.jsl.settings.onnx.";

  /** Spark takes a file of a name from one place only. */
  private static final ConcurrentHashMap<String, Path> NAMED = new ConcurrentHashMap<>();

  private OnnxModels() {}

  /**
   * Hands a model to every executor. Spark NLP's own loader sends each as model.onnx, of which a
   * session can hold only one; here each goes under its own name, from one place.
   */
  public static OnnxWrapper sent(SparkSession spark, String name, Supplier<byte[]> model) {
    var folder = NAMED.computeIfAbsent(name, missing -> written(name, model.get()));
    return OnnxWrapper.read(
        spark, folder.toString(), false, true, name, Option.empty(), Option.empty());
  }

  /**
   * The model in this process, loaded on first use. Spark NLP's own options come from a Spark
   * session, which tasks do not have.
   *
   * @param threads of one model call
   */
  public static Tuple2<OrtSession, OrtEnvironment> session(OnnxWrapper model, int threads) {
    return model.getSession(
        new HashMap<String, String>()
            .$plus(new Tuple2<>(OPTION + "intraOpNumThreads", String.valueOf(threads)))
            .$plus(new Tuple2<>(OPTION + "optimizationLevel", "ALL_OPT"))
            .$plus(new Tuple2<>(OPTION + "executionMode", "SEQUENTIAL")));
  }

  private static Path written(String name, byte[] model) {
    try {
      var folder = Files.createTempDirectory("onnx-model");
      var file = Files.write(folder.resolve(name + ".onnx"), model);
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the model " + name, e);
    }
  }
}
