package io.nightfeed.recommend;

import static io.nightfeed.recommend.EmotionGroups.GROUP;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks over all candidates faster than their vectors could be multiplied in single precision: for
 * each user and candidate the product of {@link EightBitVectors}, and the greatest of each group of
 * candidates. What it says is near the truth by a known bound, so that {@link Shortlist} need only
 * look closely at the few candidates that may matter.
 *
 * <p>One graph of ONNX Runtime. Products of bytes add up to integers, so all machines find the same
 * but for the last bits of a float.
 */
final class Screen {
  /**
   * Users and candidates per call. Its products, some megabytes, stay near the core; and candidates
   * are so many that the greatest of their groups tell nearly what a list's last place takes.
   */
  static final int USERS = 64;

  static final int CANDIDATES = 65_536;

  private static final String USER = "users";
  private static final String USER_STEP = "user_step";
  private static final String USER_ZERO = "user_zero";
  private static final String ITEM = "items";
  private static final String ITEM_STEPS = "item_steps";
  private static final String PRODUCTS = "products";
  private static final String GREATEST = "greatest";

  private final List<Chunk> chunks = new ArrayList<>();
  private final EightBitVectors vectors;
  private final EmotionGroups emotions;
  private final int[] positions;
  private final int width;

  // Some megabytes each, outside the heap: one for each thread that scores, whichever the night.
  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /**
   * The candidates at some positions, padded to whole groups.
   *
   * @param from the first position
   * @param count without the padding
   * @param padded with it
   * @param lengths by group, see {@link EightBitVectors.Item}; so are losses
   */
  record Chunk(
      int from,
      int count,
      int padded,
      OnnxTensor items,
      OnnxTensor steps,
      double[] lengths,
      double[] losses) {
    int groups() {
      return padded / GROUP;
    }

    boolean hasPadding() {
      return padded > count;
    }
  }

  /**
   * What a call found. Valid until the thread's next call.
   *
   * @param products of bytes, times the candidates' steps: users × padded candidates
   * @param greatest of these, users × groups
   */
  record Found(FloatBuffer products, FloatBuffer greatest) {}

  private static final class Scratch {
    private final FloatBuffer products =
        OnnxGraphs.room(USERS * CANDIDATES * Float.BYTES).asFloatBuffer();
    private final FloatBuffer greatest =
        OnnxGraphs.room(USERS * CANDIDATES / GROUP * Float.BYTES).asFloatBuffer();
  }

  /** One per process. */
  private static final class Session {
    static final OrtSession INSTANCE = OnnxGraphs.session(graph());
  }

  Screen(Candidates candidates) {
    width = candidates.vectors().width();
    vectors = new EightBitVectors(candidates.vectors());
    emotions = new EmotionGroups(candidates.emotionVectors());
    var order = emotions.order();
    positions = new int[order.length];
    for (int position = 0; position < order.length; position++) {
      positions[order[position]] = position;
    }
    for (int from = 0; from < order.length; from += CANDIDATES) {
      chunks.add(chunk(from, Math.min(CANDIDATES, order.length - from)));
    }
  }

  List<Chunk> chunks() {
    return chunks;
  }

  EightBitVectors vectors() {
    return vectors;
  }

  EmotionGroups emotions() {
    return emotions;
  }

  /** Position of a candidate. */
  int position(int candidate) {
    return positions[candidate];
  }

  private Chunk chunk(int from, int count) {
    int padded = (count + GROUP - 1) / GROUP * GROUP;
    var bytes = OnnxGraphs.room(width * padded);
    var steps = OnnxGraphs.room(padded * Float.BYTES).asFloatBuffer();
    var lengths = new double[padded / GROUP];
    var losses = new double[padded / GROUP];
    for (int i = 0; i < count; i++) {
      var item = vectors.item(emotions.order()[from + i]);
      for (int k = 0; k < width; k++) {
        bytes.put(k * padded + i, item.bytes()[k]);
      }
      steps.put(i, item.step());
      lengths[i / GROUP] = Math.max(lengths[i / GROUP], item.length());
      losses[i / GROUP] = Math.max(losses[i / GROUP], item.lost());
    }
    try {
      return new Chunk(
          from,
          count,
          padded,
          OnnxTensor.createTensor(
              OnnxGraphs.ENVIRONMENT, bytes, new long[] {width, padded}, OnnxJavaType.INT8),
          OnnxTensor.createTensor(OnnxGraphs.ENVIRONMENT, steps, new long[] {padded}),
          lengths,
          losses);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not take the candidates' vectors", e);
    }
  }

  /**
   * Some users, to look over chunks for.
   *
   * @param users at most {@link #USERS}
   */
  Block block(List<EightBitVectors.User> users) {
    var bytes = OnnxGraphs.room(users.size() * width);
    users.forEach(user -> bytes.put(user.bytes()));
    bytes.rewind();
    try {
      return new Block(
          users.size(),
          OnnxTensor.createTensor(
              OnnxGraphs.ENVIRONMENT, bytes, new long[] {users.size(), width}, OnnxJavaType.UINT8));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not take the users' vectors", e);
    }
  }

  /** Some users. */
  record Block(int rows, OnnxTensor users) implements AutoCloseable {
    Found over(Chunk chunk) {
      var found = SCRATCH.get();
      try (var products = tensor(found.products, rows, chunk.padded());
          var greatest = tensor(found.greatest, rows, chunk.groups())) {
        Session.INSTANCE
            .run(
                Map.of(USER, users, ITEM, chunk.items(), ITEM_STEPS, chunk.steps()),
                Map.of(PRODUCTS, products, GREATEST, greatest))
            .close();
        return new Found(found.products, found.greatest);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime cannot multiply the vectors", e);
      }
    }

    @Override
    public void close() {
      users.close();
    }
  }

  private static OnnxTensor tensor(FloatBuffer values, int rows, int columns) throws OrtException {
    return OnnxTensor.createTensor(
        OnnxGraphs.ENVIRONMENT, values.slice(0, rows * columns), new long[] {rows, columns});
  }

  private static GraphProto.Builder graph() {
    return GraphProto.newBuilder()
        .setName("screen")
        .addInput(OnnxGraphs.value(USER, DataType.UINT8, 2))
        .addInput(OnnxGraphs.value(ITEM, DataType.INT8, 2))
        .addInput(OnnxGraphs.value(ITEM_STEPS, DataType.FLOAT, 1))
        .addInitializer(constant(USER_STEP, DataType.FLOAT).addFloatData(1))
        .addInitializer(constant(USER_ZERO, DataType.UINT8).addInt32Data(EightBitVectors.USER_ZERO))
        .addInitializer(
            TensorProto.newBuilder()
                .setName("groups")
                .setDataType(DataType.INT64.getNumber())
                .addDims(3)
                .addAllInt64Data(List.of(0L, -1L, (long) GROUP)))
        .addNode(
            OnnxGraphs.node(
                    "MatMulIntegerToFloat", PRODUCTS, USER, ITEM, USER_STEP, ITEM_STEPS, USER_ZERO)
                .setDomain(OnnxGraphs.CONTRIBUTED))
        .addNode(OnnxGraphs.node("Reshape", "grouped", PRODUCTS, "groups"))
        .addNode(OnnxGraphs.greatest(GREATEST, "grouped"))
        .addOutput(OnnxGraphs.value(PRODUCTS, DataType.FLOAT, 2))
        .addOutput(OnnxGraphs.value(GREATEST, DataType.FLOAT, 2));
  }

  private static TensorProto.Builder constant(String name, DataType type) {
    return TensorProto.newBuilder().setName(name).setDataType(type.getNumber()).addDims(1);
  }
}
