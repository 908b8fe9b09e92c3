"""A tiny encoder and texts that it can learn, made from seeds."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertModel

from encoder_onnx import MODEL, VOCABULARY, export

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in "bdg"]

TOPICS = ["bdf", "gkl", "mnp", "rst"]

Row = dict[str, Any]


def tiny_encoder(folder: Path, *, quantize: bool = True) -> Path:
    """A random BERT of two layers in a model folder."""
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
        initializer_range=0.2,
    )
    bert = BertModel(config, add_pooling_layer=False)
    for name, parameter in bert.named_parameters():
        torch.nn.init.normal_(parameter, float(name.endswith("LayerNorm.weight")), 0.2)
    (folder / VOCABULARY).parent.mkdir(parents=True)
    (folder / VOCABULARY).write_text("\n".join([*SPECIAL, *WORDS]) + "\n")
    export(bert, folder / MODEL, quantize=quantize)
    return folder


def rows(seed: int, texts: int) -> list[Row]:
    """Texts of five words, three of them of the text's topic, and every ending that comes twice."""
    rng = random.Random(seed)
    found = []
    for _ in range(texts):
        topic = rng.choice(TOPICS)
        words = rng.choices([w for w in WORDS if w[0] in topic], k=3) + rng.choices(WORDS, k=2)
        rng.shuffle(words)
        text, endings = " ".join(words), [w[2] for w in words]
        found.append({"text": text, "task": "topic", "labels": [topic]})
        twice = sorted({e for e in endings if endings.count(e) > 1})
        found.append({"text": text, "task": "ending", "labels": twice})
    return found


def pairs(seed: int, number: int) -> list[Row]:
    """Texts and what was engaged with: they share their words but one."""
    rng = random.Random(seed)
    found = []
    for _ in range(number):
        words = rng.choices(WORDS, k=6)
        other = [*words[1:], rng.choice(WORDS)]
        rng.shuffle(other)
        found.append({"text": " ".join(words), "engaged_with": " ".join(other)})
    return found


def write(file: Path, found: list[Row]) -> None:
    """JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in found))


def examples(folder: Path, *, with_pairs: bool = True) -> Path:
    """An examples folder; the training texts lie in part files, as Spark writes them."""
    train = rows(1, 1200)
    write(folder / "train" / "part-00000.json", train[:900])
    write(folder / "train" / "part-00001.json", train[900:])
    write(folder / "dev.jsonl", rows(2, 300))
    if with_pairs:
        write(folder / "pairs.jsonl", pairs(3, 400))
    return folder
