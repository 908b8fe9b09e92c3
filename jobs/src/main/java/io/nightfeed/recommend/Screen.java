package io.nightfeed.recommend;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks over all candidates at the speed of a matrix product: for each user and candidate the
 * exponent of behaviour, {@code user · item}, in single precision, the greatest of each group of
 * {@value #GROUP} candidates, and the greatest exponent of emotion. What it says is near the truth
 * by {@link #error}, so that {@link TopN} need only look closely at the few candidates that may
 * matter.
 *
 * <p>One graph of ONNX Runtime, which has the fastest single-precision product at hand. Results may
 * differ in the last bits from machine to machine; lists do not.
 */
final class Screen {
  /** Users and candidates per call: the products of one call stay near a core. */
  static final int USERS = 256;

  static final int CANDIDATES = 8192;
  static final int GROUP = 32;

  /** Half a unit in the last place of a float, relative to the number. */
  private static final double ROUNDING = Math.ulp(1f) / 2.0;

  static final String USER = "users";
  static final String ITEM = "items";
  private static final String EMOTION_USER = "emotion_users";
  private static final String EMOTION_ITEM = "emotion_items";
  static final String EXPONENTS = "exponents";
  private static final String EMOTIONS = "emotions";
  private static final String GREATEST = "greatest";
  private static final String GREATEST_EMOTION = "greatest_emotion";

  private final List<Chunk> chunks = new ArrayList<>();
  private final int width;
  private final int emotionWidth;
  private final double longest;
  private final double longestEmotion;

  // Some megabytes each, outside the heap: one for each thread that scores, whichever the night.
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /**
   * Some candidates, side by side, padded with zeros to whole groups.
   *
   * @param from index of the first
   * @param count without the padding
   * @param padded with it
   */
  record Chunk(int from, int count, int padded, OnnxTensor items, OnnxTensor emotionItems) {
    boolean hasPadding() {
      return padded > count;
    }
  }

  /**
   * What a call found. Valid until the thread's next call.
   *
   * @param exponents of behaviour, users × padded candidates
   * @param emotions exponents of emotion, likewise
   * @param greatest of behaviour, users × groups
   * @param greatestEmotion of emotion, likewise
   */
  record Found(
      FloatBuffer exponents,
      FloatBuffer emotions,
      FloatBuffer greatest,
      FloatBuffer greatestEmotion) {}

  private static final class Scratch {
    private final FloatBuffer exponents = floats(USERS * CANDIDATES);
    private final FloatBuffer emotions = floats(USERS * CANDIDATES);
    private final FloatBuffer greatest = floats(USERS * CANDIDATES / GROUP);
    private final FloatBuffer greatestEmotion = floats(USERS * CANDIDATES / GROUP);
  }

  /** One per process. It may be called by many threads at once; each call takes one thread. */
  private static final class Session {
    static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();
    static final OrtSession INSTANCE = open();

    private static OrtSession open() {
      try (var options = new SessionOptions()) {
        options.setIntraOpNumThreads(1);
        return ENVIRONMENT.createSession(graph().toByteArray(), options);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime does not take the graph of Screen", e);
      }
    }
  }

  Screen(Candidates candidates) {
    width = candidates.vectors().width();
    emotionWidth = candidates.emotionVectors().width();
    longest = longest(candidates.vectors());
    longestEmotion = longest(candidates.emotionVectors());
    for (int from = 0; from < candidates.size(); from += CANDIDATES) {
      int count = Math.min(CANDIDATES, candidates.size() - from);
      int padded = (count + GROUP - 1) / GROUP * GROUP;
      chunks.add(
          new Chunk(
              from,
              count,
              padded,
              byCoordinate(candidates.vectors(), from, count, padded),
              byCoordinate(candidates.emotionVectors(), from, count, padded)));
    }
  }

  List<Chunk> chunks() {
    return chunks;
  }

  /**
   * By how much an exponent of the user, of either kind, may be off, at most: the products'
   * rounding errors add up to about {@code width · 2⁻²⁴ · |user| · |item|} at most (Higham 2002,
   * section 3.1), here doubled and more.
   */
  double error(float[] user, float[] emotionUser) {
    return 2
        * ROUNDING
        * Math.max(
            (width + 2) * length(user, 0, user.length) * longest,
            (emotionWidth + 2) * length(emotionUser, 0, emotionUser.length) * longestEmotion);
  }

  /**
   * Some users, to look over chunks for.
   *
   * @param users and emotionUsers: at most {@link #USERS}
   */
  Block block(VectorBlock users, VectorBlock emotionUsers) {
    try {
      return new Block(
          users.count(),
          tensor(users.values(), users.count(), width),
          tensor(emotionUsers.values(), users.count(), emotionWidth));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not take the users' vectors", e);
    }
  }

  /** Some users. */
  record Block(long rows, OnnxTensor users, OnnxTensor emotionUsers) implements AutoCloseable {

    Found over(Chunk chunk) {
      var found = SCRATCH.get();
      try (var exponents = tensor(found.exponents, rows, chunk.padded());
          var emotions = tensor(found.emotions, rows, chunk.padded());
          var greatest = tensor(found.greatest, rows, chunk.padded() / GROUP);
          var greatestEmotion = tensor(found.greatestEmotion, rows, chunk.padded() / GROUP)) {
        var inputs =
            Map.of(
                USER,
                users,
                ITEM,
                chunk.items(),
                EMOTION_USER,
                emotionUsers,
                EMOTION_ITEM,
                chunk.emotionItems());
        var outputs =
            Map.of(
                EXPONENTS,
                exponents,
                EMOTIONS,
                emotions,
                GREATEST,
                greatest,
                GREATEST_EMOTION,
                greatestEmotion);
        Session.INSTANCE.run(inputs, outputs).close();
        return new Found(found.exponents, found.emotions, found.greatest, found.greatestEmotion);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime cannot multiply the vectors", e);
      }
    }

    @Override
    public void close() {
      users.close();
      emotionUsers.close();
    }
  }

  static OnnxTensor tensor(float[] values, long rows, int width) throws OrtException {
    return OnnxTensor.createTensor(
        Session.ENVIRONMENT, FloatBuffer.wrap(values), new long[] {rows, width});
  }

  static OnnxTensor tensor(FloatBuffer values, long rows, long columns) throws OrtException {
    return OnnxTensor.createTensor(
        Session.ENVIRONMENT,
        values.slice(0, Math.toIntExact(rows * columns)),
        new long[] {rows, columns});
  }

  private static OnnxTensor byCoordinate(VectorBlock vectors, int from, int count, int padded) {
    int width = vectors.width();
    var values = floats(width * padded);
    for (int k = 0; k < width; k++) {
      for (int i = 0; i < count; i++) {
        values.put(k * padded + i, vectors.values()[(from + i) * width + k]);
      }
    }
    try {
      return OnnxTensor.createTensor(Session.ENVIRONMENT, values, new long[] {width, padded});
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not take the candidates' vectors", e);
    }
  }

  static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static double longest(VectorBlock vectors) {
    double longest = 0;
    for (int i = 0; i < vectors.count(); i++) {
      longest = Math.max(longest, length(vectors.values(), i * vectors.width(), vectors.width()));
    }
    return longest;
  }

  private static double length(float[] values, int from, int count) {
    double squares = 0;
    for (int k = from; k < from + count; k++) {
      squares += (double) values[k] * values[k];
    }
    return Math.sqrt(squares);
  }

  private static ModelProto graph() {
    var groups =
        TensorProto.newBuilder()
            .setName("groups")
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(3)
            .addAllInt64Data(List.of(0L, -1L, (long) GROUP));
    var graph =
        GraphProto.newBuilder()
            .setName("screen")
            .addInput(value(USER))
            .addInput(value(ITEM))
            .addInput(value(EMOTION_USER))
            .addInput(value(EMOTION_ITEM))
            .addInitializer(groups)
            .addNode(node("MatMul", EXPONENTS, USER, ITEM))
            .addNode(node("Reshape", "grouped", EXPONENTS, "groups"))
            .addNode(greatest(GREATEST, "grouped"))
            .addNode(node("MatMul", EMOTIONS, EMOTION_USER, EMOTION_ITEM))
            .addNode(node("Reshape", "grouped_emotions", EMOTIONS, "groups"))
            .addNode(greatest(GREATEST_EMOTION, "grouped_emotions"))
            .addOutput(value(EXPONENTS))
            .addOutput(value(EMOTIONS))
            .addOutput(value(GREATEST))
            .addOutput(value(GREATEST_EMOTION));
    return model(graph);
  }

  /** The users' matrix times the posts' and nothing else, to compare with. */
  static ModelProto productGraph() {
    return model(
        GraphProto.newBuilder()
            .setName("product")
            .addInput(value(USER))
            .addInput(value(ITEM))
            .addNode(node("MatMul", EXPONENTS, USER, ITEM))
            .addOutput(value(EXPONENTS)));
  }

  private static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build();
  }

  /** Over the last of three axes. */
  private static NodeProto.Builder greatest(String output, String input) {
    return node("ReduceMax", output, input)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axes")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(2))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("keepdims")
                .setType(AttributeProto.AttributeType.INT)
                .setI(0));
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  /** A matrix of floats of any size. */
  private static ValueInfoProto value(String name) {
    var shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_rows"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_columns"));
    var type =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
