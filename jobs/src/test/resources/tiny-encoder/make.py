"""Makes model.onnx, an encoder of BERT's interface in float: one layer of attention, random weights.

Run in this folder with numpy and onnx; the words are those of assets/vocab.txt.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WORDS = len(open("assets/vocab.txt", encoding="utf-8").read().split())
DIMENSION = 16
random = np.random.default_rng(1)


def weights(name, *shape):
    return numpy_helper.from_array(random.normal(size=shape).astype(np.float32), name)


def ids(name):
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])


nodes = [
    helper.make_node("Gather", ["words", "input_ids"], ["x"]),
    helper.make_node("MatMul", ["x", "wq"], ["q"]),
    helper.make_node("MatMul", ["x", "wk"], ["k"]),
    helper.make_node("MatMul", ["x", "wv"], ["v"]),
    helper.make_node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]),
    helper.make_node("MatMul", ["q", "kt"], ["scores"]),
    helper.make_node("Softmax", ["scores"], ["attention"], axis=-1),
    helper.make_node("MatMul", ["attention", "v"], ["context"]),
    helper.make_node("Add", ["x", "context"], ["last_hidden_state"]),
]
graph = helper.make_graph(
    nodes,
    "tiny-encoder",
    [ids("input_ids")],
    [helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", DIMENSION])],
    [weights("words", WORDS, DIMENSION)]
    + [weights(name, DIMENSION, DIMENSION) for name in ("wq", "wk", "wv")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, "model.onnx")
