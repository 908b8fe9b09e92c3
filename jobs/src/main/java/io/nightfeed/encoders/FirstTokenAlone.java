package io.nightfeed.encoders;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An encoder whose pooling takes the first token's vector alone needs no other token's from its
 * last layer: there only keys and values are wanted of all tokens, while the query, the
 * feed-forward network and all between them are wanted of one. Of four layers that is a fifth of
 * all work.
 *
 * <p>Works on graphs of BERT's architecture, where every step between the last layer's query and
 * the output treats each token by itself, but for attention.
 */
final class FirstTokenAlone {
  private static final String FIRST = "first_token";
  private static final String SOFTMAX = "Softmax";
  private static final String PRODUCT = "MatMul";
  private static final Set<String> SCALING = Set.of("Add", "Div", "Mul");
  private static final Set<String> RESHAPING =
      Set.of("Add", "Cast", "Div", "Mul", "Reshape", "Transpose");

  private final GraphProto.Builder graph;
  private final GraphSurroundings surroundings;

  private FirstTokenAlone(GraphProto.Builder graph) {
    this.graph = graph;
    surroundings = new GraphSurroundings(graph);
  }

  /**
   * The model with one vector for each text instead of one for each token, the first token's; the
   * model as it is where its graph is another.
   */
  static byte[] of(byte[] model) {
    try {
      var changed = ModelProto.parseFrom(model).toBuilder();
      return new FirstTokenAlone(changed.getGraphBuilder()).cut()
          ? changed.build().toByteArray()
          : model;
    } catch (IOException e) {
      throw new UncheckedIOException("The model is no ONNX model", e);
    }
  }

  private boolean cut() {
    var softmax = lastSoftmax();
    var scores = softmax.flatMap(node -> above(node.getInput(0), SCALING, 0));
    var query = scores.flatMap(node -> above(node.getInput(0), RESHAPING, 0));
    if (query.isEmpty()) {
      return false;
    }
    var quantized = query.get().getInput(0);
    var quantizer = surroundings.producer(quantized);
    var hidden =
        GraphSurroundings.isA(quantizer, "QuantizeLinear") ? quantizer.getInput(0) : quantized;
    var below = below(query.get());
    var residuals =
        graph.getNodeList().stream()
            .filter(node -> node.getInputList().contains(hidden) && reads(node, below))
            .toList();
    if (residuals.size() != 1
        || !GraphSurroundings.isA(residuals.get(0), "Add")
        || !isTokenwise(below, Set.of(scores.get(), residuals.get(0)), softmax.get())) {
      return false;
    }
    replace(quantized, hidden, query.get(), residuals.get(0));
    return true;
  }

  private Optional<NodeProto> lastSoftmax() {
    return graph.getNodeList().stream()
        .filter(node -> GraphSurroundings.isA(node, SOFTMAX))
        .reduce((a, b) -> b);
  }

  /** The product that a value comes from, through some steps with constants or a mask. */
  private Optional<NodeProto> above(String value, Set<String> through, int depth) {
    var node = surroundings.producer(value);
    if (node == null || depth > through.size() + 2) {
      return Optional.empty();
    }
    if (node.getOpType().startsWith(PRODUCT)) {
      return Optional.of(node);
    }
    if (!through.contains(node.getOpType())) {
      return Optional.empty();
    }
    return node.getInputList().stream()
        .filter(input -> !surroundings.isConstant(input))
        .flatMap(input -> above(input, through, depth + 1).stream())
        .findFirst();
  }

  /** All values that come from a node. */
  private Set<String> below(NodeProto first) {
    var below = new HashSet<>(first.getOutputList());
    // Nodes stand after those that they read.
    for (var node : graph.getNodeList()) {
      if (reads(node, below)) {
        below.addAll(node.getOutputList());
      }
    }
    return below;
  }

  private static boolean reads(NodeProto node, Set<String> values) {
    return node.getInputList().stream().anyMatch(values::contains);
  }

  /**
   * Whether no step reads anything else of all tokens, but for keys at the scores, the mask beside
   * them, values at their sums, and the layer's own input at the residual connection.
   */
  private boolean isTokenwise(Set<String> below, Set<NodeProto> known, NodeProto softmax) {
    var foreign =
        graph.getNodeList().stream()
            .filter(node -> reads(node, below) && !known.contains(node))
            .filter(node -> !node.getInputList().stream().allMatch(in -> isOwn(in, below)))
            .toList();
    // The mask is added before the softmax; the sum of values is the first product after it.
    return foreign.size() == 2
        && GraphSurroundings.isA(foreign.get(0), "Add")
        && foreign.get(0).getOutput(0).equals(softmax.getInput(0))
        && GraphSurroundings.isA(foreign.get(1), PRODUCT)
        && foreign.get(1).getInput(0).equals(softmax.getOutput(0));
  }

  private boolean isOwn(String value, Set<String> below) {
    return below.contains(value) || surroundings.isConstant(value);
  }

  private void replace(String quantized, String hidden, NodeProto query, NodeProto residual) {
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(FIRST)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(1)
            .addInt64Data(0));
    var nodes = new ArrayList<NodeProto>();
    for (var node : graph.getNodeList()) {
      if (node.equals(query)) {
        nodes.add(first(quantized));
        if (!quantized.equals(hidden)) {
          nodes.add(first(hidden));
        }
        nodes.add(reading(node, quantized));
      } else {
        nodes.add(node.equals(residual) ? reading(node, hidden) : node);
      }
    }
    graph.clearNode().addAllNode(nodes);
    // They told the shapes of before.
    graph.clearValueInfo();
    for (int i = 0; i < graph.getOutputCount(); i++) {
      graph.getOutputBuilder(i).getTypeBuilder().getTensorTypeBuilder().clearShape();
    }
  }

  private static NodeProto first(String value) {
    return NodeProto.newBuilder()
        .setName(nameOfFirst(value))
        .setOpType("Gather")
        .addAllInput(List.of(value, FIRST))
        .addOutput(nameOfFirst(value))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.INT)
                .setI(1))
        .build();
  }

  private static NodeProto reading(NodeProto node, String value) {
    var changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (node.getInput(i).equals(value)) {
        changed.setInput(i, nameOfFirst(value));
      }
    }
    return changed.build();
  }

  private static String nameOfFirst(String value) {
    return value + "/" + FIRST;
  }
}
