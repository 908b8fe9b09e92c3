package io.nightfeed.encoders;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.Map;

/** What who changes a model's graph must know of it: where values come from, and who reads them. */
final class GraphSurroundings {
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  GraphSurroundings(GraphProto.Builder graph) {
    for (var node : graph.getNodeList()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
      node.getInputList().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    graph.getInitializerList().forEach(constant -> constants.put(constant.getName(), constant));
    graph.getOutputList().forEach(output -> uses.merge(output.getName(), 1, Integer::sum));
  }

  /** The node that gives a value; null for inputs and constants. */
  NodeProto producer(String value) {
    return producers.get(value);
  }

  /** By name; those that nodes make are not among them. */
  Map<String, TensorProto> constants() {
    return constants;
  }

  /** Whether a value is a constant, or is made of constants alone. */
  boolean isConstant(String value) {
    var node = producers.get(value);
    return constants.containsKey(value)
        || node != null && node.getInputList().stream().allMatch(this::isConstant);
  }

  /** Whether the node's work can move into the one node that reads it. */
  boolean isReadOnce(NodeProto node) {
    return uses.getOrDefault(node.getOutput(0), 0) == 1;
  }

  static boolean isA(NodeProto node, String operator) {
    return node != null && node.getOpType().equals(operator);
  }
}
