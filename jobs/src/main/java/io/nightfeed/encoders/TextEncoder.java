package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.SENTENCES;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOKENS;
import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.udf;

import com.johnsnowlabs.ml.onnx.OnnxWrapper;
import com.johnsnowlabs.nlp.DocumentAssembler;
import com.johnsnowlabs.nlp.annotators.Tokenizer;
import com.johnsnowlabs.nlp.annotators.sbd.pragmatic.SentenceDetector;
import io.nightfeed.config.Settings.Annotate;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.udfs.ReadableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.HashMap;
import scala.collection.immutable.Map;

/**
 * One encoder as a Spark NLP pipeline: sentences, tokens and the embedding of each text.
 *
 * <p>The embedding is the encoder's sentence vector of the prefixed text, of unit length: the mean
 * over tokens for E5 (Wang et al. 2022), the first token's for BGE (Xiao et al. 2023).
 */
public final class TextEncoder {
  static final String ONNX = "onnx";
  private static final String PREFIXED = "prefixed_text";
  static final String DOCUMENT = "document";
  private static final String PREFIXED_DOCUMENT = "prefixed_document";
  private static final String SENTENCE = "sentence";
  private static final String TOKEN = "token";
  private static final String VECTOR = "vector";

  /** Spark NLP's rules end sentences at Latin full stops alone. */
  private static final String CHINESE_SENTENCE_END = "(?<=[。！？!?])(?![。！？!?]|$)";

  /** Spark takes a file of a name from one place only. */
  private static final ConcurrentHashMap<String, Path> NAMED = new ConcurrentHashMap<>();

  private static final UserDefinedFunction CHINESE_TOKENS =
      udf(new ChineseTokens(), DataTypes.createArrayType(DataTypes.StringType, false));

  private static final UserDefinedFunction READABLE = udf(new ReadableText(), DataTypes.StringType);

  private final Encoder encoder;
  private final PipelineModel pipeline;

  private TextEncoder(Encoder encoder, PipelineModel pipeline) {
    this.encoder = encoder;
    this.pipeline = pipeline;
  }

  /** Loads the encoder from its folder, whose digests have been checked. */
  public static TextEncoder load(
      SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    PipelineStage[] stages = {
      // Rows leave and enter Spark's own format around the model: embeddings come first, while
      // they are slim.
      document(PREFIXED, PREFIXED_DOCUMENT),
      embeddings(spark, encoder, folder, settings),
      document(TEXT, DOCUMENT),
      sentences(),
      tokens()
    };
    var empty = spark.emptyDataFrame().withColumn(TEXT, lit("")).withColumn(PREFIXED, lit(""));
    return new TextEncoder(encoder, new Pipeline().setStages(stages).fit(empty));
  }

  /**
   * @param texts with a column {@code text}; its other columns are kept
   * @return the texts with {@code readable_text}, {@code sentences}, {@code tokens} and {@code
   *     embedding}
   */
  public Dataset<Row> annotate(Dataset<Row> texts) {
    var annotated =
        pipeline.transform(
            texts
                .withColumn(READABLE_TEXT, READABLE.apply(col(TEXT)))
                .withColumn(PREFIXED, concat(lit(encoder.prefix()), col(READABLE_TEXT))));
    var isChinese = encoder.languages().contains("zh");
    var sentences =
        isChinese ? split(col(TEXT), CHINESE_SENTENCE_END) : col(SENTENCE).getField("result");
    var tokens = isChinese ? CHINESE_TOKENS.apply(col(TEXT)) : col(TOKEN).getField("result");
    return annotated
        .withColumn(SENTENCES, sentences)
        .withColumn(TOKENS, tokens)
        .withColumn(EMBEDDING, coalesce(col(VECTOR).getItem(0).getField("embeddings"), nothing()))
        .drop(PREFIXED, DOCUMENT, PREFIXED_DOCUMENT, SENTENCE, TOKEN, VECTOR);
  }

  /** A blank text says nothing: the zero vector. */
  private Column nothing() {
    return array_repeat(lit(0f), encoder.dimension());
  }

  static PipelineStage document(String input, String output) {
    var assembler = new DocumentAssembler();
    assembler.setInputCol(input);
    assembler.setOutputCol(output);
    return assembler;
  }

  private static PipelineStage sentences() {
    var detector = new SentenceDetector();
    detector.setInputCols(new String[] {DOCUMENT});
    detector.setOutputCol(SENTENCE);
    return detector;
  }

  private static PipelineStage tokens() {
    var tokenizer = new Tokenizer();
    tokenizer.setInputCols(new String[] {SENTENCE});
    tokenizer.setOutputCol(TOKEN);
    return tokenizer;
  }

  static UnpaddedEmbeddings embeddings(
      SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    var model = Option.apply(onnxModel(spark, encoder, folder));
    var vocabulary = vocabulary(folder);
    var embeddings = new UnpaddedEmbeddings();
    embeddings.setInputCols(new String[] {PREFIXED_DOCUMENT});
    embeddings.setOutputCol(VECTOR);
    embeddings.setPooling(
        encoder.encoderClass() == EncoderClass.E5
            ? UnpaddedEmbeddings.MEAN
            : UnpaddedEmbeddings.FIRST);
    embeddings.setOnnxThreads(settings.onnxThreads());
    embeddings.setBatchSize(settings.batchSize());
    embeddings.set(embeddings.engine(), ONNX);
    embeddings.setVocabulary(vocabulary);
    embeddings.setModelIfNotSet(spark, Option.empty(), model, Option.empty());
    embeddings.setMaxSentenceLength(settings.maxTokens());
    embeddings.setDimension(encoder.dimension());
    return embeddings;
  }

  /**
   * Hands the model file to every executor. Spark NLP's own loader sends each as model.onnx, of
   * which a session can hold only one; here each goes under its encoder's name, from one place.
   */
  static OnnxWrapper onnxModel(SparkSession spark, Encoder encoder, Path folder) {
    var named =
        NAMED.computeIfAbsent(
            encoder.name() + "-" + encoder.modelSha256(),
            name -> copied(folder.resolve(EncoderFolders.MODEL), encoder.name()));
    return OnnxWrapper.read(
        spark, named.toString(), false, true, encoder.name(), Option.empty(), Option.empty());
  }

  private static Path copied(Path model, String name) {
    try {
      var folder = Files.createTempDirectory("encoder");
      var copy = Files.copy(model, folder.resolve(name + ".onnx"));
      folder.toFile().deleteOnExit();
      copy.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy the model of encoder " + name, e);
    }
  }

  /** Token to id; the id is the line of the token. */
  static Map<String, Object> vocabulary(Path folder) {
    try {
      var ids = new HashMap<String, Object>();
      for (var token : Files.readAllLines(folder.resolve(EncoderFolders.VOCABULARY))) {
        ids = ids.$plus(new Tuple2<>(token, ids.size()));
      }
      return ids;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the vocabulary in " + folder, e);
    }
  }
}
