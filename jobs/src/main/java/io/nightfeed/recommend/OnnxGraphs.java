package io.nightfeed.recommend;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small graphs for ONNX Runtime, which has the fastest matrix products at hand. */
final class OnnxGraphs {
  static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  /** Domain of ONNX Runtime's own operators. */
  static final String CONTRIBUTED = "com.microsoft";

  private static final int IR_VERSION = 8;
  private static final int OPERATORS = 13;

  private OnnxGraphs() {}

  /** A session that many threads may call at once, each call taking one thread. */
  static OrtSession session(GraphProto.Builder graph) {
    var model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(CONTRIBUTED).setVersion(1))
            .setGraph(graph)
            .build();
    try (var options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      return ENVIRONMENT.createSession(model.toByteArray(), options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not take graph " + graph.getName(), e);
    }
  }

  static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  /** The greatest along the last of three axes, which goes. */
  static NodeProto.Builder greatest(String output, String input) {
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

  /** An array of any size with so many axes. */
  static ValueInfoProto value(String name, DataType type, int axes) {
    var shape = TensorShapeProto.newBuilder();
    for (int axis = 0; axis < axes; axis++) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + "_" + axis));
    }
    var tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** Room outside the heap, where ONNX Runtime reads and writes without copying. */
  static ByteBuffer room(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
