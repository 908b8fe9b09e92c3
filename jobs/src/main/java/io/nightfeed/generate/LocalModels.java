package io.nightfeed.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.johnsnowlabs.ml.ai.util.Generation.GenerationConfig;
import io.nightfeed.config.Settings.SparkNlp;
import io.nightfeed.encoders.ModelFile;
import io.nightfeed.encoders.OnnxModels;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.SparkSession;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.HashMap;

/**
 * Language models from their folders below the models folder. They stay loaded for as long as the
 * process runs nights.
 */
final class LocalModels {
  static final String DECODER = "decoder_model.onnx";
  static final String VOCABULARY = "assets/vocab.txt";
  static final String MERGES = "assets/merges.txt";
  static final String CONFIG = "assets/config.json";

  /** Raised when the code that makes tokens or lines gives something else. */
  private static final String RULES = "1";

  private final Map<String, GreedyDecoder> loaded = new ConcurrentHashMap<>();

  /** The model's name, and a digest of all that its lines depend on beside what it is asked. */
  static String named(SparkNlp settings) {
    return settings.model()
        + "@"
        + DigestUtils.sha256Hex(
            String.join(
                "\u0000",
                RULES,
                settings.decoderSha256(),
                settings.vocabularySha256(),
                settings.mergesSha256(),
                settings.configSha256(),
                settings.prompt(),
                String.valueOf(settings.maxPromptTokens()),
                String.valueOf(settings.maxNewTokens())));
  }

  /**
   * The model, its files verified before any is loaded.
   *
   * @throws JobFailure when a file is missing, is not the one that the settings name, or is none of
   *     such a model
   */
  GreedyDecoder load(SparkSession spark, Path models, SparkNlp settings) {
    var folder = models.resolve(settings.model());
    files(folder, settings)
        .forEach(
            file ->
                file.require(
                    "Put the model's folder below nightfeed.models-folder, name another in"
                        + " nightfeed.generate.spark-nlp.model, or choose another"
                        + " nightfeed.generate.writer.",
                    "put back the expected one, or correct its digest in"
                        + " nightfeed.generate.spark-nlp."));
    return loaded.computeIfAbsent(named(settings), missing -> loaded(spark, folder, settings));
  }

  private static List<ModelFile> files(Path folder, SparkNlp settings) {
    var model = "Writer " + settings.model();
    return List.of(
        new ModelFile(model, folder.resolve(DECODER), settings.decoderSha256()),
        new ModelFile(model, folder.resolve(VOCABULARY), settings.vocabularySha256()),
        new ModelFile(model, folder.resolve(MERGES), settings.mergesSha256()),
        new ModelFile(model, folder.resolve(CONFIG), settings.configSha256()));
  }

  private static GreedyDecoder loaded(SparkSession spark, Path folder, SparkNlp settings) {
    try {
      var decoder = new GreedyDecoder();
      decoder.setVocabulary(vocabulary(folder));
      decoder.setMerges(merges(folder));
      decoder.setGenerationConfig(config(folder.resolve(CONFIG)));
      decoder.setMaxInputLength(settings.maxPromptTokens());
      decoder.setMaxOutputLength(settings.maxNewTokens());
      decoder.set(decoder.engine(), "onnx");
      var name = settings.model() + "-" + settings.decoderSha256();
      decoder.setModel(spark, OnnxModels.sent(spark, name, () -> bytes(folder.resolve(DECODER))));
      // Early: its vocabulary may lack what it needs.
      decoder.tokens();
      return decoder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the model in " + folder, e);
    } catch (IllegalArgumentException e) {
      // Spark NLP asks for control tokens.
      throw new JobFailure(
          ExitCode.FAILED,
          "Writer %s: %s is no vocabulary of a model of Qwen's form: %s. Expected one token a line, <|im_start|>, <|im_end|> and <|endoftext|> among them."
              .formatted(settings.model(), folder.resolve(VOCABULARY), e.getMessage()),
          e);
    }
  }

  /** Token to id; the id is the line of the token. */
  private static scala.collection.immutable.Map<String, Object> vocabulary(Path folder)
      throws IOException {
    var ids = new HashMap<String, Object>();
    for (var token : Files.readAllLines(folder.resolve(VOCABULARY))) {
      ids = ids.$plus(new Tuple2<>(token, ids.size()));
    }
    return ids;
  }

  /** Pairs of tokens to their rank. */
  private static scala.collection.immutable.Map<Tuple2<String, String>, Object> merges(Path folder)
      throws IOException {
    var ranks = new HashMap<Tuple2<String, String>, Object>();
    for (var line : Files.readAllLines(folder.resolve(MERGES))) {
      var pair = line.split(" ");
      // Some files begin with their version.
      if (pair.length == 2 && !line.startsWith("#version")) {
        ranks = ranks.$plus(new Tuple2<>(new Tuple2<>(pair[0], pair[1]), ranks.size()));
      }
    }
    return ranks;
  }

  private static GenerationConfig config(Path file) throws IOException {
    var json = new ObjectMapper().readTree(Files.readAllBytes(file));
    int end = number(json, "eos_token_id", file);
    return new GenerationConfig(
        end,
        end,
        end,
        number(json, "vocab_size", file),
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  private static int number(JsonNode json, String field, Path file) {
    if (!json.path(field).canConvertToInt()) {
      throw new JobFailure(
          ExitCode.FAILED, "%s has no number %s, which models have.".formatted(file, field));
    }
    return json.path(field).asInt();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the model " + file, e);
    }
  }
}
