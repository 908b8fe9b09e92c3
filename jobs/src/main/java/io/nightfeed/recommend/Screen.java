package io.nightfeed.recommend;

import static io.nightfeed.recommend.EmotionGroups.GROUP;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  static final int USERS = 32;

  static final int CANDIDATES = 65_536;

  private static final String USER = "users";
  private static final String USER_STEP = "user_step";
  private static final String USER_ZERO = "user_zero";
  private static final String ITEM = "items";
  private static final String ITEM_STEP = "item_step";
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
   * @param session multiplies users' vectors with theirs, which it has arranged for that
   * @param lengths by group, see {@link EightBitVectors.Item}; so are losses
   */
  record Chunk(
      int from, int count, int padded, OrtSession session, double[] lengths, double[] losses) {
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

  private static final Logger LOG = LoggerFactory.getLogger(Screen.class);
  private static final Cleaner CLEANER = Cleaner.create();

  Screen(Candidates candidates) {
    width = candidates.vectors().width();
    vectors = new EightBitVectors(candidates.vectors());
    emotions = new EmotionGroups(candidates.emotionVectors());
    var order = emotions.order();
    positions = new int[order.length];
    for (int position = 0; position < order.length; position++) {
      positions[order[position]] = position;
    }
    // Outside the heap, and closed when nobody has the screen any more.
    var made = chunks;
    CLEANER.register(this, () -> made.forEach(Screen::close));
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
    var bytes = new byte[width * padded];
    var steps = new ArrayList<Float>(Collections.nCopies(padded, 0f));
    var lengths = new double[padded / GROUP];
    var losses = new double[padded / GROUP];
    for (int i = 0; i < count; i++) {
      var item = vectors.item(emotions.order()[from + i]);
      for (int k = 0; k < width; k++) {
        bytes[k * padded + i] = item.bytes()[k];
      }
      steps.set(i, item.step());
      lengths[i / GROUP] = Math.max(lengths[i / GROUP], item.length());
      losses[i / GROUP] = Math.max(losses[i / GROUP], item.lost());
    }
    var items = constant(ITEM, DataType.INT8, width, padded).setRawData(ByteString.copyFrom(bytes));
    var session = OnnxGraphs.session(graph(items, steps));
    return new Chunk(from, count, padded, session, lengths, losses);
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
  final class Block implements AutoCloseable {
    private final int rows;
    private final OnnxTensor users;

    private Block(int rows, OnnxTensor users) {
      this.rows = rows;
      this.users = users;
    }

    Found over(Chunk chunk) {
      var found = SCRATCH.get();
      try (var products = tensor(found.products, rows, chunk.padded());
          var greatest = tensor(found.greatest, rows, chunk.groups())) {
        chunk
            .session()
            .run(Map.of(USER, users), Map.of(PRODUCTS, products, GREATEST, greatest))
            .close();
        return new Found(found.products, found.greatest);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime cannot multiply the vectors", e);
      } finally {
        // Its sessions are closed when nobody has it any more.
        Reference.reachabilityFence(Screen.this);
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

  private static void close(Chunk chunk) {
    try {
      chunk.session().close();
    } catch (OrtException e) {
      LOG.warn("ONNX Runtime cannot close a session: its memory is lost to this process.", e);
    }
  }

  private static GraphProto.Builder graph(TensorProto.Builder items, List<Float> steps) {
    return GraphProto.newBuilder()
        .setName("screen")
        .addInput(OnnxGraphs.value(USER, DataType.UINT8, 2))
        .addInitializer(items)
        .addInitializer(constant(ITEM_STEP, DataType.FLOAT, steps.size()).addAllFloatData(steps))
        .addInitializer(constant(USER_STEP, DataType.FLOAT, 1).addFloatData(1))
        .addInitializer(
            constant(USER_ZERO, DataType.UINT8, 1).addInt32Data(EightBitVectors.USER_ZERO))
        .addInitializer(
            constant("groups", DataType.INT64, 3).addAllInt64Data(List.of(0L, -1L, (long) GROUP)))
        .addNode(
            OnnxGraphs.node(
                    "MatMulIntegerToFloat", PRODUCTS, USER, ITEM, USER_STEP, ITEM_STEP, USER_ZERO)
                .setDomain(OnnxGraphs.CONTRIBUTED))
        .addNode(OnnxGraphs.node("Reshape", "grouped", PRODUCTS, "groups"))
        .addNode(OnnxGraphs.greatest(GREATEST, "grouped"))
        .addOutput(OnnxGraphs.value(PRODUCTS, DataType.FLOAT, 2))
        .addOutput(OnnxGraphs.value(GREATEST, DataType.FLOAT, 2));
  }

  private static TensorProto.Builder constant(String name, DataType type, long... shape) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addAllDims(Arrays.stream(shape).boxed().toList());
  }
}
