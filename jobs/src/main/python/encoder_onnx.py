"""Sentence encoders of BERT's architecture: from ONNX to PyTorch and back."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn.utils import parametrize
from transformers import BertConfig, BertModel

MODEL = "model.onnx"
VOCABULARY = "assets/vocab.txt"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUT = "last_hidden_state"

# ONNX Runtime 1.19, which Spark NLP 5.5.3 brings, reads up to opset 21 and IR version 10.
# With 13 the exported graph has the shape that the runtime optimises best.
OPSET = 13
IR_VERSION = 8

# The weights do not tell the number of attention heads: of these head sizes, the one with which
# PyTorch agrees with the ONNX model is the model's. Quantised activations leave a difference.
HEAD_SIZES = (8, 16, 32, 64, 128)
LEAST_AGREEMENT = 0.97

QUANTIZED = "_quantized"
MOST_WEIGHT = 64
SMALLEST_WEIGHT = 1e-12


class InputError(Exception):
    """Something given cannot be used: the message says what, where, and what was expected."""


def sha256(file: Path) -> str:
    """The file's digest, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pooled(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """The texts' vectors, of unit length, as `annotate` computes them from the tokens' vectors."""
    if pooling == "first":
        return F.normalize(hidden[:, 0], dim=1)
    summed = (hidden * mask[..., None]).sum(1)
    return F.normalize(summed, dim=1)


class OnnxEncoder:
    """The model file as `annotate` runs it: one text a call, so that no neighbour changes its
    vector."""

    def __init__(self, file: Path, pooling: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        self._pooling = pooling

    def hidden(self, ids: list[int]) -> np.ndarray[Any, Any]:
        """The tokens' vectors of one text."""
        row = np.array([ids], np.int64)
        values = dict(zip(INPUTS, (row, np.ones_like(row), np.zeros_like(row))))
        wanted = {node.name: values[node.name] for node in self._session.get_inputs()}
        return cast("np.ndarray[Any, Any]", self._session.run([OUTPUT], wanted)[0]).astype(
            np.float32
        )

    def vectors(self, texts: list[list[int]]) -> Tensor:
        """The unit vector of each text of token ids."""
        with ThreadPoolExecutor(torch.get_num_threads()) as calls:
            return torch.cat(list(calls.map(self._vector, texts)))

    def _vector(self, ids: list[int]) -> Tensor:
        hidden = torch.from_numpy(self.hidden(ids))
        return pooled(hidden, torch.ones(hidden.shape[:2]), self._pooling)


def load(folder: Path, dropout: float) -> BertModel:
    """The folder's model.onnx as a PyTorch BERT; weights of 8 bits become floats again."""
    file = folder / MODEL
    for needed in (file, folder / VOCABULARY):
        if not needed.is_file():
            raise InputError(
                f"{needed} is missing; --encoder expects a model folder as `make models` makes"
                f" them: {MODEL} and {VOCABULARY}"
            )
    try:
        weights = _weights(onnx.load(file).graph)
    except DecodeError as problem:
        raise InputError(f"{file} is no ONNX model: {problem}") from None
    if "embeddings.word_embeddings.weight" not in weights:
        raise InputError(f"{file} holds no BERT: it has no word embeddings by that name")
    return _agreeing(file, weights, dropout)


def _weights(graph: onnx.GraphProto) -> dict[str, Tensor]:
    """The parameters by their PyTorch names. Matrices of linear layers have lost theirs in the
    export: each is found as what is multiplied before the bias of that name is added."""
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    producers = {output: node for node in graph.node for output in node.output}

    def value(name: str) -> np.ndarray[Any, Any] | None:
        if name.endswith(QUANTIZED):
            name = name.removesuffix(QUANTIZED)
        if name + QUANTIZED in constants:
            scale, zero = constants[name + "_scale"], constants[name + "_zero_point"]
            return (constants[name + QUANTIZED].astype(np.float32) - zero) * scale
        if name in constants:
            return constants[name].astype(np.float32)
        producer = producers.get(name)
        return (
            value(producer.input[0])
            if producer is not None and producer.op_type == "Identity"
            else None
        )

    def matrix(name: str) -> np.ndarray[Any, Any] | None:
        node = producers.get(name)
        if node is None:
            return None
        if node.op_type in ("MatMul", "MatMulInteger"):
            return value(node.input[1])
        if node.op_type in ("Cast", "Mul"):
            found = (matrix(i) for i in node.input if i not in constants)
            return next((m for m in found if m is not None), None)
        return None

    weights = {}
    for stored in [*constants, *producers]:
        name = stored.removesuffix(QUANTIZED)
        if _is_parameter(name) and (parameter := value(name)) is not None:
            weights[name] = parameter
    for node in graph.node:
        for bias, product in (node.input[:2], node.input[1::-1]) if node.op_type == "Add" else ():
            if _is_parameter(bias) and (factor := matrix(product)) is not None:
                weights[bias.removesuffix("bias") + "weight"] = factor.T.copy()
    return {name: torch.from_numpy(np.array(w, np.float32)) for name, w in weights.items()}


def _is_parameter(name: str) -> bool:
    return name.startswith(("embeddings.", "encoder.layer.")) and name.endswith(("weight", "bias"))


def _agreeing(file: Path, weights: dict[str, Tensor], dropout: float) -> BertModel:
    words, size = weights["embeddings.word_embeddings.weight"].shape
    rng = np.random.default_rng(0)
    sample = rng.integers(0, words, 24).tolist()
    ids = torch.tensor([sample])
    expected = torch.from_numpy(OnnxEncoder(file, "mean").hidden(sample))
    tried: dict[int, float] = {}
    for head in (h for h in HEAD_SIZES if size % h == 0):
        model = _bert(file, weights, size // head, dropout)
        with torch.no_grad():
            found = model.eval()(ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        tried[head] = F.cosine_similarity(found, expected, dim=-1).mean().item()
        if tried[head] == max(tried.values()):
            best = model
    if not tried or max(tried.values()) < LEAST_AGREEMENT:
        raise InputError(
            f"{file} is no BERT that can be tuned: PyTorch with its weights gives other vectors"
            f" (cosine by head size {tried}, expected at least {LEAST_AGREEMENT})"
        )
    return best


def _bert(file: Path, weights: dict[str, Tensor], heads: int, dropout: float) -> BertModel:
    words, size = weights["embeddings.word_embeddings.weight"].shape
    config = BertConfig(
        vocab_size=words,
        hidden_size=size,
        num_hidden_layers=len({k.split(".")[2] for k in weights if k.startswith("encoder.")}),
        num_attention_heads=heads,
        intermediate_size=len(weights["encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(weights["embeddings.position_embeddings.weight"]),
        type_vocab_size=len(weights["embeddings.token_type_embeddings.weight"]),
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        attn_implementation="sdpa",
    )
    model = BertModel(config, add_pooling_layer=False)
    unplaced = model.load_state_dict(weights, strict=False)
    if unplaced.missing_keys or unplaced.unexpected_keys:
        raise InputError(f"{file} is no plain BERT: {unplaced}")
    return model


class _Rounded(nn.Module):
    """A linear layer's weights as the written model will hold them: 7 bits and a scale per output.
    Gradients pass through the rounding (Bengio et al. 2013)."""

    def forward(self, weight: Tensor) -> Tensor:
        with torch.no_grad():
            scale = weight.abs().amax(1).clamp(min=SMALLEST_WEIGHT) / MOST_WEIGHT
            zero = torch.zeros(len(weight), dtype=torch.int32, device=weight.device)
        return torch.fake_quantize_per_channel_affine(
            weight, scale, zero, 0, -MOST_WEIGHT, MOST_WEIGHT
        )


def learn_rounded(bert: BertModel) -> None:
    """Has the model compute with rounded weights while it learns: its steps are smaller than the
    rounding, which would otherwise undo most of what was learned."""
    for layer in _linear_layers(bert):
        parametrize.register_parametrization(layer, "weight", _Rounded())


def stay_rounded(bert: BertModel) -> None:
    """Replaces weights by their rounded values, where they were learned so."""
    for layer in _linear_layers(bert):
        if parametrize.is_parametrized(layer, "weight"):
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)


def _linear_layers(bert: BertModel) -> list[nn.Module]:
    return [m for m in bert.encoder.modules() if isinstance(m, nn.Linear)]


class _Exported(nn.Module):
    """BERT with the inputs and the output of the encoders that ship."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        # The runtime knows attention that is written out in plain products.
        config = BertConfig(**bert.config.to_dict() | {"attn_implementation": "eager"})
        plain = BertModel(config, add_pooling_layer=False)
        plain.load_state_dict(bert.state_dict())
        self.embeddings, self.encoder = plain.embeddings, plain.encoder

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        # Masked tokens get the least attention that a float can say; BertModel's own masks cannot
        # be traced for every length.
        hidden_mask = (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        embedded = self.embeddings(input_ids=ids, token_type_ids=types)
        return cast(Tensor, self.encoder(embedded, attention_mask=hidden_mask)[0])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leaves out what the exporter and the quantiser say at every call, whatever the model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def export(bert: BertModel, to: Path, *, quantize: bool) -> None:
    """Writes a single ONNX file; matrices of 8 bits and a scale per channel where `quantize`."""
    ids = torch.arange(6).reshape(2, 3)
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in [*INPUTS, OUTPUT]}
    with tempfile.TemporaryDirectory(dir=to.parent) as folder, _quiet():
        plain = Path(folder) / "float.onnx"
        torch.onnx.export(
            _Exported(bert).eval(),
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            str(plain),
            input_names=INPUTS,
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        _stamp(plain)
        if quantize:
            # 7 of the 8 bits (reduce_range), as in the encoders that ship: processors without VNNI
            # overflow on 8, and vectors would depend on the machine.
            small = Path(folder) / "int8.onnx"
            quantize_dynamic(
                plain, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
            )
            plain = small
        plain.replace(to)


def _stamp(file: Path) -> None:
    """Checks the model and marks it with an IR version that older runtimes accept."""
    model = onnx.load(file)
    model.ir_version = min(model.ir_version, IR_VERSION)
    onnx.checker.check_model(model)
    onnx.save(model, file)
