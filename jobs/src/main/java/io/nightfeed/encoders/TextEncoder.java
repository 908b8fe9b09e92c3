package io.nightfeed.encoders;

import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.READABLE_TEXT;
import static io.nightfeed.tables.Columns.SENTENCES;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TOKENS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import com.johnsnowlabs.ml.onnx.OnnxWrapper;
import com.johnsnowlabs.nlp.DocumentAssembler;
import io.nightfeed.config.Settings.Annotate;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.config.Settings.EncoderClass;
import io.nightfeed.udfs.NightfeedFunctions;
import io.nightfeed.udfs.ReadableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.HashMap;
import scala.collection.immutable.Map;

/**
 * One encoder as a Spark NLP annotator, with the sentences and tokens of each text beside it.
 *
 * <p>The embedding is the encoder's sentence vector of the prefixed text, of unit length: the mean
 * over tokens for E5 (Wang et al. 2022), the first token's for BGE (Xiao et al. 2023).
 */
public final class TextEncoder {
  /**
   * Raised when the code that makes texts readable, tokenises them or changes graphs does
   * otherwise.
   */
  private static final String RULES = "2";

  /** Rows that Spark NLP hands over at once: among them are texts of one length. */
  private static final int READ_AHEAD = 2048;

  static final String ONNX = "onnx";
  static final String DOCUMENT = "document";
  private static final String VECTOR = "vector";

  private static final DataType TEXTS = DataTypes.createArrayType(DataTypes.StringType, false);
  private static final UserDefinedFunction SENTENCES_OF =
      udf(new Sentences(), TEXTS).withName("sentences");

  private static final UserDefinedFunction READABLE =
      udf(new ReadableText(), DataTypes.StringType).withName(NightfeedFunctions.READABLE_TEXT);

  private final Encoder encoder;
  private final UnpaddedEmbeddings embeddings;

  private TextEncoder(Encoder encoder, UnpaddedEmbeddings embeddings) {
    this.encoder = encoder;
    this.embeddings = embeddings;
  }

  /** Loads the encoder from its folder, whose digests have been checked. */
  public static TextEncoder load(
      SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    return new TextEncoder(encoder, embeddings(spark, encoder, folder, settings));
  }

  /** Tasks over which texts are spread: as many as are set, or one for each core. */
  public static int partitions(SparkSession spark, Annotate settings) {
    if (settings.partitions() > 0) {
      return settings.partitions();
    }
    var context = spark.sparkContext();
    return context.isLocal()
        ? Runtime.getRuntime().availableProcessors()
        : context.defaultParallelism();
  }

  /**
   * What made an embedding: another of any gives other embeddings.
   *
   * @param folder the encoder's
   */
  public static String digest(Encoder encoder, Path folder, Annotate settings) {
    return DigestUtils.sha256Hex(
        String.join(
            "\u0000",
            RULES,
            encoder.name(),
            encoder.modelSha256(),
            encoder.vocabularySha256(),
            encoder.encoderClass().name(),
            encoder.prefix(),
            String.valueOf(settings.maxTokens()),
            FixedRanges.load(encoder, folder).map(FixedRanges::digest).orElse("")));
  }

  /**
   * @param texts with a column {@code text}; its other columns are kept
   * @return the texts with {@code readable_text}, {@code sentences}, {@code tokens} and {@code
   *     embedding}
   */
  public Dataset<Row> annotate(Dataset<Row> texts) {
    return embed(texts)
        .withColumn(SENTENCES, SENTENCES_OF.apply(col(TEXT)))
        .withColumn(TOKENS, udf(tokens(), TEXTS).withName("tokens").apply(col(TEXT)));
  }

  /** Adds {@code readable_text} and {@code embedding} alone. */
  public Dataset<Row> embed(Dataset<Row> texts) {
    return embedReadable(texts.withColumn(READABLE_TEXT, READABLE.apply(col(TEXT))));
  }

  /** Adds {@code embedding} to rows with {@code readable_text}. */
  public Dataset<Row> embedReadable(Dataset<Row> texts) {
    // Rows leave and enter Spark's own format around the model: the rest comes after, while they
    // are slim.
    var input = concat(lit(encoder.prefix()), col(READABLE_TEXT));
    return embeddings.embed(texts, input, EMBEDDING);
  }

  private Tokens tokens() {
    return encoder.languages().contains("zh") ? Tokens.CHINESE : Tokens.UNICODE;
  }

  /** Texts as Spark NLP's annotators take them. */
  public static PipelineStage document(String input, String output) {
    var assembler = new DocumentAssembler();
    assembler.setInputCol(input);
    assembler.setOutputCol(output);
    return assembler;
  }

  static UnpaddedEmbeddings embeddings(
      SparkSession spark, Encoder encoder, Path folder, Annotate settings) {
    var model = Option.apply(onnxModel(spark, encoder, folder));
    var vocabulary = vocabulary(folder);
    var embeddings = new UnpaddedEmbeddings();
    embeddings.setInputCols(new String[] {DOCUMENT});
    embeddings.setOutputCol(VECTOR);
    embeddings.setPooling(pooling(encoder));
    embeddings.setOnnxThreads(settings.onnxThreads());
    var isAlone = FixedRanges.isQuantizedPerCall(bytes(encoder, folder));
    embeddings.setTextsPerCall(isAlone ? 1 : settings.batchSize());
    embeddings.setBatchSize(READ_AHEAD);
    embeddings.set(embeddings.engine(), ONNX);
    embeddings.setVocabulary(vocabulary);
    embeddings.setModelIfNotSet(spark, Option.empty(), model, Option.empty());
    embeddings.setMaxSentenceLength(settings.maxTokens());
    embeddings.setDimension(encoder.dimension());
    return embeddings;
  }

  /**
   * The encoder's model: its activations' ranges fixed if they are known, and no token too many.
   */
  static OnnxWrapper onnxModel(SparkSession spark, Encoder encoder, Path folder) {
    var ranges = FixedRanges.load(encoder, folder).map(FixedRanges::digest).orElse("");
    var digest = DigestUtils.sha256Hex(encoder.modelSha256() + ranges);
    return OnnxModels.sent(spark, encoder.name() + "-" + digest, () -> bytes(encoder, folder));
  }

  /** What {@link #onnxModel} sends. */
  static byte[] bytes(Encoder encoder, Path folder) {
    var whole = withFixedRanges(encoder, folder);
    return pooling(encoder).equals(UnpaddedEmbeddings.FIRST) ? FirstTokenAlone.of(whole) : whole;
  }

  /** The model with fixed ranges, if they are known, and the vectors of all tokens. */
  static byte[] withFixedRanges(Encoder encoder, Path folder) {
    return FixedRanges.load(encoder, folder)
        .map(ranges -> ranges.applied(folder.resolve(EncoderFolders.MODEL)))
        .orElseGet(() -> original(folder));
  }

  private static String pooling(Encoder encoder) {
    return encoder.encoderClass() == EncoderClass.E5
        ? UnpaddedEmbeddings.MEAN
        : UnpaddedEmbeddings.FIRST;
  }

  /** The model file. */
  static byte[] original(Path folder) {
    try {
      return Files.readAllBytes(folder.resolve(EncoderFolders.MODEL));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the model in " + folder, e);
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
