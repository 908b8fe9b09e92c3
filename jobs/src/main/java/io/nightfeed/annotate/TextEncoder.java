package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.EMBEDDING;
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
import com.johnsnowlabs.nlp.embeddings.BGEEmbeddings;
import com.johnsnowlabs.nlp.embeddings.E5Embeddings;
import io.nightfeed.config.Settings.Annotate;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
final class TextEncoder {
  private static final String ONNX = "onnx";
  private static final String PREFIXED = "prefixed_text";
  private static final String DOCUMENT = "document";
  private static final String PREFIXED_DOCUMENT = "prefixed_document";
  private static final String SENTENCE = "sentence";
  private static final String TOKEN = "token";
  private static final String VECTOR = "vector";

  /** Spark NLP's rules end sentences at Latin full stops alone. */
  private static final String CHINESE_SENTENCE_END = "(?<=[。！？!?])(?![。！？!?]|$)";

  private static final UserDefinedFunction CHINESE_TOKENS =
      udf(new ChineseTokens(), DataTypes.createArrayType(DataTypes.StringType, false));

  private final Encoder encoder;
  private final PipelineModel pipeline;

  private TextEncoder(Encoder encoder, PipelineModel pipeline) {
    this.encoder = encoder;
    this.pipeline = pipeline;
  }

  /** Loads the encoder from its folder, whose digests have been checked. */
  static TextEncoder load(SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    spark
        .conf()
        .set("spark.jsl.settings.onnx.intraOpNumThreads", String.valueOf(settings.onnxThreads()));
    PipelineStage[] stages = {
      document(TEXT, DOCUMENT),
      document(PREFIXED, PREFIXED_DOCUMENT),
      sentences(),
      tokens(),
      embeddings(spark, encoder, folder, settings)
    };
    var empty = spark.emptyDataFrame().withColumn(TEXT, lit("")).withColumn(PREFIXED, lit(""));
    return new TextEncoder(encoder, new Pipeline().setStages(stages).fit(empty));
  }

  /**
   * @param texts with a column {@code text}; its other columns are kept
   * @return the texts with {@code sentences}, {@code tokens} and {@code embedding}
   */
  Dataset<Row> annotate(Dataset<Row> texts) {
    var annotated =
        pipeline.transform(texts.withColumn(PREFIXED, concat(lit(encoder.prefix()), col(TEXT))));
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

  /** A text in which the encoder finds no token at all says nothing: the zero vector. */
  private Column nothing() {
    return array_repeat(lit(0f), encoder.dimension());
  }

  private static PipelineStage document(String input, String output) {
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

  private static PipelineStage embeddings(
      SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    var model = Option.apply(onnxModel(spark, encoder, folder));
    var vocabulary = vocabulary(folder);
    if (encoder.encoderClass() == EncoderClass.E5) {
      var e5 = new E5Embeddings();
      e5.setInputCols(new String[] {PREFIXED_DOCUMENT});
      e5.setOutputCol(VECTOR);
      e5.setBatchSize(settings.batchSize());
      e5.set(e5.engine(), ONNX);
      return e5.setVocabulary(vocabulary)
          .setModelIfNotSet(spark, Option.empty(), model, Option.empty())
          .setMaxSentenceLength(settings.maxTokens())
          .setDimension(encoder.dimension());
    }
    var bge = new BGEEmbeddings();
    bge.setInputCols(new String[] {PREFIXED_DOCUMENT});
    bge.setOutputCol(VECTOR);
    bge.setBatchSize(settings.batchSize());
    bge.set(bge.engine(), ONNX);
    return bge.setVocabulary(vocabulary)
        .setModelIfNotSet(spark, Option.empty(), model, Option.empty())
        .setMaxSentenceLength(settings.maxTokens())
        .setDimension(encoder.dimension())
        .setUseCLSToken(true);
  }

  /**
   * Hands the model file to every executor. Spark NLP's own loader sends each as model.onnx, of
   * which a session can hold only one; here each goes under its encoder's name.
   */
  private static OnnxWrapper onnxModel(SparkSession spark, Encoder encoder, Path folder) {
    try {
      var named = Files.createTempDirectory("encoder");
      Files.copy(folder.resolve(EncoderFolders.MODEL), named.resolve(encoder.name() + ".onnx"));
      return OnnxWrapper.read(
          spark, named.toString(), false, true, encoder.name(), Option.empty(), Option.empty());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy the model of encoder " + encoder.name(), e);
    }
  }

  /** Token to id; the id is the line of the token. */
  private static Map<String, Object> vocabulary(Path folder) {
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
