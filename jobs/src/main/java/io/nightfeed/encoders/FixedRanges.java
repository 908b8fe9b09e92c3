package io.nightfeed.encoders;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.nightfeed.config.Settings.Encoder;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Ranges of a quantised model's activations, measured once on example texts. {@code nightfeed
 * calibrate-encoder} makes them. Those of the shipped encoders are resources; those of another
 * encoder lie beside its model, as {@value #FILE}.
 *
 * <p>A model quantised dynamically (ONNX's {@code DynamicQuantizeLinear}) rounds activations to 256
 * steps between the least and the greatest of the call: what else is in the call moves a text's
 * vector. Between fixed bounds (static quantisation, Jacob et al. 2018) it does not, so that texts
 * can share calls; activations beyond them are cut off.
 *
 * @param encoder whose activations they are
 * @param modelSha256 digest of its model file
 * @param texts that they were measured on
 * @param ranges least and greatest value by the name of the activation
 */
public record FixedRanges(
    String encoder, String modelSha256, int texts, TreeMap<String, Range> ranges) {

  /** Of ranges that lie beside an encoder's model. */
  static final String FILE = "ranges.json";

  /**
   * Of an activation.
   *
   * @param least at most 0
   * @param greatest at least 0
   */
  public record Range(float least, float greatest) {
    private static final Range ZERO = new Range(0, 0);
    private static final int STEPS = 255;

    private Range with(float value) {
      return new Range(Math.min(least, value), Math.max(greatest, value));
    }

    private Range with(Range other) {
      return with(other.least).with(other.greatest);
    }

    private float step() {
      return Math.max(greatest - least, Float.MIN_NORMAL * STEPS) / STEPS;
    }

    private int zero() {
      return Math.round(-least / step());
    }
  }

  private static final String PER_CALL = "DynamicQuantizeLinear";

  /** ONNX Runtime's optimiser makes other steps of it, which look at the whole call, too. */
  private static final String ANY_PER_CALL = "DynamicQuantize";

  private static final String FIXED = "QuantizeLinear";
  private static final String PRODUCT = "MatMulInteger";
  private static final String SCALED_PRODUCT = "MatMulIntegerToFloat";
  private static final String MICROSOFT = "com.microsoft";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The encoder's ranges: beside its model, or shipped; nothing where it has none.
   *
   * @param folder the encoder's folder
   * @throws JobFailure when they were measured with another model file
   */
  static Optional<FixedRanges> load(Encoder encoder, Path folder) {
    var beside = folder.resolve(FILE);
    try (var stream =
        Files.exists(beside)
            ? Files.newInputStream(beside)
            : FixedRanges.class.getResourceAsStream("/encoders/" + encoder.name() + ".json")) {
      if (stream == null) {
        return Optional.empty();
      }
      var found = JSON.readValue(stream, FixedRanges.class);
      if (!found.modelSha256().equals(encoder.modelSha256())) {
        throw new JobFailure(
            ExitCode.FAILED,
            "The ranges of encoder %s (%s) were measured with model %s, but the settings name %s. Run"
                    .formatted(
                        encoder.name(),
                        Files.exists(beside) ? beside : "shipped",
                        found.modelSha256(),
                        encoder.modelSha256())
                + " `nightfeed calibrate-encoder` for it.");
      }
      return Optional.of(found);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the ranges of encoder " + encoder.name(), e);
    }
  }

  /** Whether what else is in a call of the model would move a text's vector. */
  static boolean isQuantizedPerCall(byte[] model) {
    try {
      return ModelProto.parseFrom(model).getGraph().getNodeList().stream()
          .anyMatch(node -> node.getOpType().startsWith(ANY_PER_CALL));
    } catch (IOException e) {
      throw new UncheckedIOException("The model is no ONNX model", e);
    }
  }

  /**
   * The least and greatest value of each activation that the model quantises, over all texts, each
   * in a call of its own.
   *
   * @param texts token ids of each
   */
  static FixedRanges measured(Encoder encoder, Path model, List<long[]> texts) {
    var watched = read(model).toBuilder();
    var names =
        watched.getGraph().getNodeList().stream()
            .filter(FixedRanges::isPerCall)
            .map(node -> node.getInput(0))
            .distinct()
            .sorted()
            .toList();
    var outputs = watched.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
    names.stream()
        .filter(name -> !outputs.contains(name))
        .forEach(name -> watched.getGraphBuilder().addOutput(output(name)));
    var ranges = new TreeMap<String, Range>();
    names.forEach(name -> ranges.put(name, Range.ZERO));
    var environment = OrtEnvironment.getEnvironment();
    try (var options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (var session = environment.createSession(watched.build().toByteArray(), options)) {
        var call = new EncoderCall(environment, session, UnpaddedEmbeddings.MEAN);
        for (var text : texts) {
          call.outputs(
              List.of(text),
              found -> {
                names.forEach(
                    name ->
                        ranges.merge(
                            name, range((OnnxTensor) found.get(name).orElseThrow()), Range::with));
                return null;
              });
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot load " + model, e);
    }
    return new FixedRanges(encoder.name(), encoder.modelSha256(), texts.size(), ranges);
  }

  /**
   * The model with these ranges.
   *
   * @throws JobFailure when the model quantises an activation that has none
   */
  byte[] applied(Path model) {
    var fixed = read(model).toBuilder();
    var graph = fixed.getGraphBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (isPerCall(graph.getNode(i))) {
        fix(graph, graph.getNodeBuilder(i));
      }
    }
    joinProducts(graph);
    if (fixed.getOpsetImportList().stream().noneMatch(set -> set.getDomain().equals(MICROSOFT))) {
      fixed.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1));
    }
    return fixed.build().toByteArray();
  }

  /**
   * Each product of integers with its cast, its scaling and its bias becomes one step, as ONNX
   * Runtime itself makes of models that quantise per call; constant scales hide them from it.
   */
  private static void joinProducts(GraphProto.Builder graph) {
    replace(graph, FixedRanges::withScale);
    replace(graph, FixedRanges::withBias);
  }

  /**
   * @param step to stand for a node
   * @param gone nodes before it whose work it does
   */
  private record Replacement(NodeProto step, List<NodeProto> gone) {}

  private static void replace(
      GraphProto.Builder graph,
      BiFunction<NodeProto, GraphSurroundings, Optional<Replacement>> rule) {
    var surroundings = new GraphSurroundings(graph);
    var steps = new ArrayList<NodeProto>();
    var gone = new HashSet<NodeProto>();
    for (var node : graph.getNodeList()) {
      var replacement =
          rule.apply(node, surroundings)
              .filter(made -> made.gone().stream().allMatch(surroundings::isReadOnce));
      steps.add(replacement.map(Replacement::step).orElse(node));
      replacement.ifPresent(made -> gone.addAll(made.gone()));
    }
    steps.removeIf(gone::contains);
    graph.clearNode().addAllNode(steps);
  }

  /** Of {@code Mul(Cast(MatMulInteger(…)), Mul(step, scale of the weights))}. */
  private static Optional<Replacement> withScale(NodeProto node, GraphSurroundings graph) {
    var parts = node.getInputList().stream().map(graph::producer).toList();
    if (parts.size() != 2
        || !GraphSurroundings.isA(parts.get(0), "Cast")
        || !GraphSurroundings.isA(parts.get(1), "Mul")) {
      return Optional.empty();
    }
    var product = graph.producer(parts.get(0).getInput(0));
    var scales = parts.get(1).getInputList();
    if (!GraphSurroundings.isA(product, PRODUCT)
        || product.getInputCount() != 4
        || !graph.constants().keySet().containsAll(scales)
        || graph.constants().get(scales.get(0)).getDimsCount() != 0) {
      return Optional.empty();
    }
    var operands = product.getInputList();
    var step =
        NodeProto.newBuilder()
            .setName(product.getName())
            .setDomain(MICROSOFT)
            .setOpType(SCALED_PRODUCT)
            .addAllInput(operands.subList(0, 2))
            .addAllInput(scales)
            .addAllInput(operands.subList(2, 4))
            .addAllOutput(node.getOutputList())
            .build();
    return Optional.of(new Replacement(step, List.of(product, parts.get(0), parts.get(1))));
  }

  /** Of {@code Add(bias, product)} or {@code Add(product, bias)}. */
  private static Optional<Replacement> withBias(NodeProto node, GraphSurroundings graph) {
    if (!GraphSurroundings.isA(node, "Add")) {
      return Optional.empty();
    }
    for (int bias = 0; bias < 2; bias++) {
      var product = graph.producer(node.getInput(1 - bias));
      var vector = graph.constants().get(node.getInput(bias));
      if (GraphSurroundings.isA(product, SCALED_PRODUCT)
          && product.getInputCount() == 6
          && vector != null
          && vector.getDimsCount() == 1
          && vector.getDims(0) > 1) {
        var step =
            product.toBuilder()
                .addInput(node.getInput(bias))
                .clearOutput()
                .addAllOutput(node.getOutputList())
                .build();
        return Optional.of(new Replacement(step, List.of(product)));
      }
    }
    return Optional.empty();
  }

  /** Step and zero become constants under the names that the rest of the graph knows. */
  private void fix(GraphProto.Builder graph, NodeProto.Builder node) {
    var range = ranges.get(node.getInput(0));
    if (range == null) {
      throw new JobFailure(
          ExitCode.FAILED,
          "The ranges of encoder %s know no activation %s, which its model quantises. Run"
                  .formatted(encoder, node.getInput(0))
              + " `nightfeed calibrate-encoder` for it.");
    }
    var quantized = node.getOutput(0);
    var step = node.getOutput(1);
    var zero = node.getOutput(2);
    var stepBytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    stepBytes.putFloat(range.step()).flip();
    graph.addInitializer(
        constant(step, TensorProto.DataType.FLOAT, ByteString.copyFrom(stepBytes)));
    graph.addInitializer(
        constant(
            zero,
            TensorProto.DataType.UINT8,
            ByteString.copyFrom(new byte[] {(byte) range.zero()})));
    node.setOpType(FIXED).addInput(step).addInput(zero).clearOutput().addOutput(quantized);
  }

  private static TensorProto constant(String name, TensorProto.DataType type, ByteString bytes) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .setRawData(bytes)
        .build();
  }

  /** Other ranges, another digest. */
  String digest() {
    return DigestUtils.sha256Hex(ranges.toString());
  }

  void write(Path file) {
    try {
      writeAside(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the ranges of encoder " + encoder, e);
    }
  }

  private void writeAside(Path file) throws IOException {
    var folder = Files.createDirectories(file.toAbsolutePath().getParent());
    // Aside first: what is there is whole.
    var aside = Files.createTempFile(folder, "ranges", ".tmp");
    JSON.writerWithDefaultPrettyPrinter().writeValue(aside.toFile(), this);
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isPerCall(NodeProto node) {
    return node.getOpType().equals(PER_CALL);
  }

  private static ValueInfoProto output(String name) {
    var floats = TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(floats))
        .build();
  }

  private static Range range(OnnxTensor activation) {
    var values = activation.getFloatBuffer();
    var range = Range.ZERO;
    while (values.hasRemaining()) {
      range = range.with(values.get());
    }
    return range;
  }

  private static ModelProto read(Path model) {
    try (var stream = Files.newInputStream(model)) {
      return ModelProto.parseFrom(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read ONNX model " + model, e);
    }
  }
}
