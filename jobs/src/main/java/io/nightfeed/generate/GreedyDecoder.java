package io.nightfeed.generate;

import com.johnsnowlabs.ml.onnx.OnnxWrapper;
import com.johnsnowlabs.nlp.Annotation;
import com.johnsnowlabs.nlp.annotators.seq2seq.QwenTransformer;
import io.nightfeed.encoders.OnnxModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Spark NLP's annotator for language models of Qwen's form, with another way through the model: one
 * prompt at a time, and after the likeliest token the likeliest token, so that a line depends on
 * its prompt alone. The annotation is the line without the prompt. Columns, params and features are
 * Spark NLP's.
 *
 * <p>Spark NLP's own way gives prompt and line, sorts all tokens at every step, and never frees
 * what the model gave: memory grows with every token. Its holder of the model cannot be sent to
 * tasks without OpenVINO's classes, which the build does not have; here the model is sent alone.
 *
 * <p>{@code maxInputLength} is of a prompt, {@code maxOutputLength} of a line, both in tokens.
 */
public final class GreedyDecoder extends QwenTransformer {
  private static final long serialVersionUID = 1L;

  /** In an annotation's metadata: tokens that were read and written, and why there is no line. */
  static final String PROMPT_TOKENS = "prompt_tokens";

  static final String ANSWER_TOKENS = "answer_tokens";
  static final String CAUSE = "cause";

  /** The prompt has too many tokens. */
  static final String TOO_LONG = "prompt_too_long";

  /** The line had not ended after as many tokens as it may have. */
  static final String UNFINISHED = "unfinished";

  private Broadcast<OnnxWrapper> model;
  private transient QwenTokens tokens;

  public GreedyDecoder() {
    this(Identifiable$.MODULE$.randomUID("greedyDecoder"));
  }

  public GreedyDecoder(String uid) {
    super(uid);
  }

  GreedyDecoder setModel(SparkSession spark, OnnxWrapper value) {
    model = JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(value);
    return this;
  }

  /** One annotation per prompt; prompts of a row in their order. */
  @Override
  public Seq<Seq<Annotation>> batchAnnotate(Seq<Annotation[]> rows) {
    var results = new ArrayList<Seq<Annotation>>();
    for (var row : JavaConverters.seqAsJavaList(rows)) {
      var lines = Arrays.stream(row).map(this::written).toList();
      results.add(JavaConverters.asScalaBuffer(lines).toSeq());
    }
    return JavaConverters.asScalaBuffer(results).toSeq();
  }

  private Annotation written(Annotation prompt) {
    var read = tokens().ids(prompt.result());
    if (read.length > (Integer) getOrDefault(maxInputLength())) {
      return annotation(prompt, "", Map.of(CAUSE, TOO_LONG));
    }
    var line = line(read);
    // With the end, which is written, too.
    int written = Math.min(line.length + 1, getMaxOutputLength());
    var metadata =
        Map.of(PROMPT_TOKENS, String.valueOf(read.length), ANSWER_TOKENS, String.valueOf(written));
    if (line.length == getMaxOutputLength()) {
      metadata = new HashMap<>(metadata);
      metadata.put(CAUSE, UNFINISHED);
    }
    return annotation(prompt, tokens().decodeTokens(line).strip(), metadata);
  }

  /** The tokens of the line that follows a prompt, without the end. */
  int[] line(long[] prompt) {
    var session = OnnxModels.session(model.value(), 1);
    var call = new DecoderCall(session._2(), session._1());
    int end = getGenerationConfig().eosId();
    var ids = prompt;
    while (ids.length - prompt.length < getMaxOutputLength()) {
      long next = call.next(ids);
      if (next == end) {
        break;
      }
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = next;
    }
    return Arrays.stream(ids).skip(prompt.length).mapToInt(id -> (int) id).toArray();
  }

  QwenTokens tokens() {
    if (tokens == null) {
      tokens = new QwenTokens(merges().getOrDefault(), vocabulary().getOrDefault());
    }
    return tokens;
  }

  private Annotation annotation(Annotation prompt, String line, Map<String, String> metadata) {
    return new Annotation(
        outputAnnotatorType(),
        0,
        Math.max(0, line.length() - 1),
        line,
        JavaConverters.mapAsScalaMap(metadata),
        new float[0]);
  }
}
