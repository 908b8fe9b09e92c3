package io.nightfeed.encoders;

import com.johnsnowlabs.nlp.Annotation;
import com.johnsnowlabs.nlp.embeddings.E5Embeddings;
import io.nightfeed.tables.SparkFunctions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.collection.mutable.WrappedArray;

/**
 * Spark NLP's annotator for sentence encoders of BERT's architecture, with another way through the
 * model: texts with equally many tokens go together and none is padded. Padding costs time, and in
 * a model whose activations are quantised over a whole call it changes numbers. Texts become token
 * ids as the models were trained; see {@link WordPieces}. Columns, annotations, params and stored
 * form are Spark NLP's.
 *
 * <p>With one text a call, a text's vector depends on the text alone, whatever the model. With
 * several it does so for models of {@link FixedRanges}, and within rounding for float models.
 */
public final class UnpaddedEmbeddings extends E5Embeddings {
  private static final long serialVersionUID = 1L;

  /** Mean over all tokens, as E5 was trained (Wang et al. 2022). */
  static final String MEAN = "mean";

  /** The first token's vector, as BGE was trained (Xiao et al. 2023). */
  static final String FIRST = "first";

  private static final DataType VECTOR = DataTypes.createArrayType(DataTypes.FloatType, false);

  private final Param<String> pooling;
  private final IntParam onnxThreads;
  private final IntParam textsPerCall;
  private transient WordPieces wordPieces;

  public UnpaddedEmbeddings() {
    this(Identifiable$.MODULE$.randomUID("unpaddedEmbeddings"));
  }

  public UnpaddedEmbeddings(String uid) {
    super(uid);
    pooling =
        new Param<>(
            this,
            "pooling",
            "how tokens' vectors become the text's: 'mean' of all or the 'first' token's",
            ParamValidators.inArray(new String[] {MEAN, FIRST}));
    onnxThreads =
        new IntParam(
            this, "onnxThreads", "threads of one model call (>= 1)", ParamValidators.gt(0));
    textsPerCall =
        new IntParam(
            this,
            "textsPerCall",
            "most texts of one model call, all of one length (>= 1); batchSize is how many rows"
                + " they are gathered from",
            ParamValidators.gt(0));
    setDefault(pooling, MEAN);
    setDefault(textsPerCall, 1);
    setDefault(onnxThreads, 1);
  }

  public Param<String> pooling() {
    return pooling;
  }

  public String getPooling() {
    return getOrDefault(pooling);
  }

  public UnpaddedEmbeddings setPooling(String value) {
    set(pooling, value);
    return this;
  }

  public IntParam onnxThreads() {
    return onnxThreads;
  }

  public int getOnnxThreads() {
    return (Integer) getOrDefault(onnxThreads);
  }

  public UnpaddedEmbeddings setOnnxThreads(int value) {
    set(onnxThreads, value);
    return this;
  }

  public IntParam textsPerCall() {
    return textsPerCall;
  }

  public int getTextsPerCall() {
    return (Integer) getOrDefault(textsPerCall);
  }

  public UnpaddedEmbeddings setTextsPerCall(int value) {
    set(textsPerCall, value);
    return this;
  }

  /**
   * Adds the vectors alone, without the annotations around them: the same, at less cost for each
   * row.
   *
   * @param input the text; a blank one says nothing and gets the zero vector
   * @param output the name of the new column, an array of floats
   */
  Dataset<Row> embed(Dataset<Row> texts, Column input, String output) {
    var read = texts.withColumn(output, input);
    int place = read.schema().fieldIndex(output);
    var fields = read.schema().fields().clone();
    fields[place] = DataTypes.createStructField(output, VECTOR, false);
    return read.mapPartitions(
        (MapPartitionsFunction<Row, Row>) rows -> embedded(rows, place),
        SparkFunctions.rowEncoder(DataTypes.createStructType(fields)));
  }

  private Iterator<Row> embedded(Iterator<Row> rows, int place) {
    return JavaConverters.asJavaIterator(
        JavaConverters.asScalaIterator(rows)
            .<Row>grouped(getBatchSize())
            .flatMap(
                group ->
                    JavaConverters.asScalaBuffer(
                        embedded(JavaConverters.seqAsJavaList(group), place))));
  }

  private List<Row> embedded(List<Row> rows, int place) {
    var written = rows.stream().filter(row -> isWritten(row.getString(place))).toList();
    var vectors = vectors(written.stream().map(row -> tokenIds(row.getString(place))).toList());
    var embedded = new ArrayList<Row>();
    int next = 0;
    for (var row : rows) {
      var values = new Object[row.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i);
      }
      var vector =
          isWritten(row.getString(place)) ? vectors[next++] : new float[(Integer) getDimension()];
      values[place] = WrappedArray.make(vector);
      embedded.add(RowFactory.create(values));
    }
    return embedded;
  }

  /** One annotation per document that is not blank; documents of a row in their order. */
  @Override
  public Seq<Seq<Annotation>> batchAnnotate(Seq<Annotation[]> rows) {
    var documents = JavaConverters.seqAsJavaList(rows);
    var all =
        documents.stream()
            .flatMap(Arrays::stream)
            .filter(document -> isWritten(document.result()))
            .toList();
    var vectors = vectors(all.stream().map(document -> tokenIds(document.result())).toList());
    var results = new ArrayList<Seq<Annotation>>();
    int next = 0;
    for (var row : documents) {
      var annotations = new ArrayList<Annotation>();
      for (var document : row) {
        if (isWritten(document.result())) {
          annotations.add(annotation(document, vectors[next++]));
        }
      }
      results.add(JavaConverters.asScalaBuffer(annotations).toSeq());
    }
    return JavaConverters.asScalaBuffer(results).toSeq();
  }

  private static boolean isWritten(String text) {
    return text != null && !text.isBlank();
  }

  private Annotation annotation(Annotation document, float[] vector) {
    return new Annotation(
        outputAnnotatorType(),
        document.begin(),
        document.end(),
        document.result(),
        document.metadata(),
        vector);
  }

  /** The text as the model takes it, cut to the longest sentence length. */
  long[] tokenIds(String text) {
    if (wordPieces == null) {
      wordPieces = new WordPieces(vocabulary().getOrDefault());
    }
    return wordPieces.ids(text, getMaxSentenceLength());
  }

  private EncoderCall encoderCall() {
    var session = OnnxModels.session(getModelIfNotSet().onnxWrapper().get(), getOnnxThreads());
    return new EncoderCall(session._2(), session._1(), getPooling());
  }

  private float[][] vectors(List<long[]> texts) {
    var call = encoderCall();
    var byLength = new TreeMap<Integer, List<Integer>>();
    IntStream.range(0, texts.size())
        .forEach(i -> byLength.computeIfAbsent(texts.get(i).length, n -> new ArrayList<>()).add(i));
    var vectors = new float[texts.size()][];
    for (var places : byLength.values()) {
      for (int from = 0; from < places.size(); from += getTextsPerCall()) {
        var together = places.subList(from, Math.min(places.size(), from + getTextsPerCall()));
        var group = call.vectors(together.stream().map(texts::get).toList());
        for (int i = 0; i < group.length; i++) {
          vectors[together.get(i)] = group[i];
        }
      }
    }
    return vectors;
  }
}
