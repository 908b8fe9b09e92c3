package io.nightfeed.recommend;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All users' vectors times all posts' in single precision, and nothing done with the product: what
 * a matrix library takes at least, to compare with.
 */
final class MatrixProduct implements AutoCloseable {
  /** What is fastest: the products of one call stay near a core. */
  private static final int USERS = 256;

  private static final int POSTS = 8192;
  private static final String USER = "users";
  private static final String POST = "posts";
  private static final String PRODUCT = "product";

  private final List<OnnxTensor> users = new ArrayList<>();
  private final List<OnnxTensor> posts = new ArrayList<>();

  /**
   * @param posts as wide as the users' vectors
   */
  MatrixProduct(float[][] users, float[][] posts) throws OrtException {
    int width = users[0].length;
    for (int from = 0; from < users.length; from += USERS) {
      int count = Math.min(USERS, users.length - from);
      var block = floats(count * width);
      for (int i = 0; i < count; i++) {
        block.put(i * width, users[from + i]);
      }
      this.users.add(tensor(block, count, width));
    }
    for (int from = 0; from < posts.length; from += POSTS) {
      int count = Math.min(POSTS, posts.length - from);
      var block = floats(width * count);
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < width; k++) {
          block.put(k * count + i, posts[from + i][k]);
        }
      }
      this.posts.add(tensor(block, width, count));
    }
  }

  /** Multiplies, so many threads at once. */
  void multiply(int threads) throws Exception {
    var workers = Executors.newFixedThreadPool(threads);
    var graph =
        GraphProto.newBuilder()
            .setName("product")
            .addInput(OnnxGraphs.value(USER, DataType.FLOAT, 2))
            .addInput(OnnxGraphs.value(POST, DataType.FLOAT, 2))
            .addNode(OnnxGraphs.node("MatMul", PRODUCT, USER, POST))
            .addOutput(OnnxGraphs.value(PRODUCT, DataType.FLOAT, 2));
    try (var session = OnnxGraphs.session(graph)) {
      var next = new AtomicInteger();
      Callable<Void> work =
          () -> {
            var room = floats(USERS * POSTS);
            for (int i = next.getAndIncrement(); i < users.size(); i = next.getAndIncrement()) {
              for (var block : posts) {
                int rows = (int) users.get(i).getInfo().getShape()[0];
                try (var product = tensor(room, rows, (int) block.getInfo().getShape()[1])) {
                  session
                      .run(Map.of(USER, users.get(i), POST, block), Map.of(PRODUCT, product))
                      .close();
                }
              }
            }
            return null;
          };
      for (var done : workers.invokeAll(Collections.nCopies(threads, work))) {
        done.get();
      }
    } finally {
      workers.shutdown();
    }
  }

  private static OnnxTensor tensor(FloatBuffer values, int rows, int columns) throws OrtException {
    return OnnxTensor.createTensor(
        OnnxGraphs.ENVIRONMENT, values.slice(0, rows * columns), new long[] {rows, columns});
  }

  private static FloatBuffer floats(int count) {
    return OnnxGraphs.room(count * Float.BYTES).asFloatBuffer();
  }

  @Override
  public void close() {
    users.forEach(OnnxTensor::close);
    posts.forEach(OnnxTensor::close);
  }
}
