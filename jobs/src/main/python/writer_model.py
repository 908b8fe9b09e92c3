"""A small decoder of Qwen2's form (RMS norms, rotary positions, gated feed-forward, tied
embeddings), its byte-pair tokens, and the files from which Spark NLP's QwenTransformer loads it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn

MODEL = "decoder_model.onnx"
VOCABULARY, MERGES, CONFIG = "assets/vocab.txt", "assets/merges.txt", "assets/config.json"
INPUTS = ["input_ids", "attention_mask", "position_ids"]
OUTPUT = "logits"
# As for encoders: what ONNX Runtime 1.19 reads.
OPSET = 13
IR_VERSION = 8

END, START_OF_TURN, END_OF_TURN = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
# How Qwen2 splits texts before byte pairs are merged.
PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclasses.dataclass(frozen=True)
class Shape:
    """Sizes of a model."""

    vocabulary: int = 2048
    width: int = 64
    layers: int = 3
    heads: int = 4
    inner: int = 160
    positions: int = 224


class Attention(nn.Module):
    """Each token looks at those before it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.queries_keys_values = nn.Linear(shape.width, 3 * shape.width, bias=True)
        self.out = nn.Linear(shape.width, shape.width, bias=False)

    def forward(self, x: Tensor, allowed: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        texts, tokens, width = x.shape
        parts = self.queries_keys_values(x).view(texts, tokens, 3, self.heads, width // self.heads)
        queries, keys, values = (parts[:, :, i].transpose(1, 2) for i in range(3))
        queries, keys = rotated(queries, cosine, sine), rotated(keys, cosine, sine)
        scores = queries @ keys.transpose(2, 3) * (width // self.heads) ** -0.5
        weights = torch.softmax(scores.masked_fill(~allowed, -1e9), dim=-1)
        return self.out((weights @ values).transpose(1, 2).reshape(texts, tokens, width))


def rotated(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions (Su et al. 2021)."""
    one, other = x.chunk(2, dim=-1)
    return torch.cat([one * cosine - other * sine, other * cosine + one * sine], dim=-1)


class Norm(nn.Module):
    """By the root of the mean square (Zhang and Sennrich 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Layer(nn.Module):
    """Attention, then a gated feed-forward network (Shazeer 2020)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention, self.before = Attention(shape), Norm(shape.width)
        self.between = Norm(shape.width)
        self.gate = nn.Linear(shape.width, shape.inner, bias=False)
        self.up = nn.Linear(shape.width, shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor, allowed: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        x = x + self.attention(self.before(x), allowed, cosine, sine)
        inner = self.between(x)
        return x + self.down(F.silu(self.gate(inner)) * self.up(inner))


class Decoder(nn.Module):
    """Token ids to the logits of what comes next, as QwenTransformer asks for them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.last = Norm(shape.width)
        half = shape.width // shape.heads // 2
        speeds = 10_000.0 ** -(torch.arange(half) / half)
        angles = torch.arange(shape.positions)[:, None] * speeds
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.05)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> Tensor:
        earlier = position_ids[:, None, :] <= position_ids[:, :, None]
        allowed = (earlier & (attention_mask[:, None, :] > 0))[:, None]
        cosine, sine = self.cosine[position_ids][:, None], self.sine[position_ids][:, None]
        x = self.words(input_ids)
        for layer in self.layers:
            x = layer(x, allowed, cosine, sine)
        return self.last(x) @ self.words.weight.T


def learn_tokens(texts: Iterable[str], size: int) -> Tokenizer:
    """Byte-pair tokens of the texts, after the control tokens and all bytes."""
    tokens = Tokenizer(models.BPE())
    tokens.normalizer = normalizers.NFC()
    tokens.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokens.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END, START_OF_TURN, END_OF_TURN],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokens.train_from_iterator(texts, trainer)
    return tokens


def write(decoder: Decoder, tokens: Tokenizer, shape: Shape, to: Path) -> None:
    """The four files of the model folder."""
    (to / VOCABULARY).parent.mkdir(parents=True, exist_ok=True)
    model = json.loads(tokens.to_str())["model"]
    in_order = sorted(model["vocab"], key=model["vocab"].__getitem__)
    (to / VOCABULARY).write_text("".join(f"{token}\n" for token in in_order))
    (to / MERGES).write_text("".join(f"{' '.join(pair)}\n" for pair in model["merges"]))
    config = {
        "vocab_size": shape.vocabulary,
        "bos_token_id": tokens.token_to_id(END),
        "eos_token_id": tokens.token_to_id(END),
        "max_position_embeddings": shape.positions,
    }
    (to / CONFIG).write_text(json.dumps(config, indent=2) + "\n")
    ids = torch.ones(1, 5, dtype=torch.int64)
    torch.onnx.export(
        decoder.eval(),
        (ids, ids, torch.arange(5)[None]),
        str(to / MODEL),
        input_names=INPUTS,
        output_names=[OUTPUT],
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in [*INPUTS, OUTPUT]},
        opset_version=OPSET,
        # Else the embeddings, which are the last layer's weights, too, stand there twice.
        do_constant_folding=False,
        dynamo=False,
    )
    graph = onnx.load(to / MODEL)
    graph.ir_version = min(graph.ir_version, IR_VERSION)
    onnx.checker.check_model(graph)
    onnx.save(graph, to / MODEL)


class OnnxDecoder:
    """The written model, as the job runs it: one text a call."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        self._end: int = json.loads((folder / CONFIG).read_text())["eos_token_id"]

    def logits(self, ids: list[int]) -> np.ndarray[Any, Any]:
        """One row for each token: what comes after it."""
        row = np.array([ids], np.int64)
        inputs = (row, np.ones_like(row), np.arange(len(ids))[None])
        return self._session.run([OUTPUT], dict(zip(INPUTS, inputs, strict=True)))[0][0]

    def line(self, prompt: list[int], most: int) -> list[int]:
        """The likeliest token after the likeliest token, without the end."""
        ids = list(prompt)
        while len(ids) - len(prompt) < most:
            following = int(self.logits(ids)[-1].argmax())
            if following == self._end:
                break
            ids.append(following)
        return ids[len(prompt) :]
