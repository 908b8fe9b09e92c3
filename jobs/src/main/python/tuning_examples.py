"""Examples to tune an encoder with: labelled texts and engaged pairs, read, encoded and put into
batches."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from tokenizers import BertWordPieceTokenizer
from tokenizers.models import WordPiece
from torch import Tensor

from encoder_onnx import VOCABULARY, InputError

# Texts of so many batches are sorted by length together: batches have little padding and still
# mix.
SORTED_BATCHES = 50

# One pair in so many is held out, at most so many in all.
HELD_OUT_ONE_IN = 20
MOST_HELD_OUT_PAIRS = 1000


@dataclass
class Text:
    """A text with its token ids and, by task, the indexes of its classes."""

    text: str
    labels: dict[str, list[int]] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)


@dataclass
class Pair:
    """A text and one that somebody engaged with beside it."""

    text: Text
    engaged: Text

    @property
    def key(self) -> str:
        """What the pair's place among the others is drawn from."""
        return self.text.text + "\n" + self.engaged.text


Batch = list[Text] | list[Pair]
Row = TypeVar("Row")


@dataclass
class Examples:
    """Texts and pairs in the order of their hashes, whatever files they came from.

    A task of `held_out` is only probed: the encoder never learns its labels.
    """

    classes: dict[str, list[str]]
    held_out: list[str]
    train: list[Text]
    dev: list[Text]
    pairs: list[Pair]
    dev_pairs: list[Pair]
    train_texts_also_in_dev: int

    @property
    def tuned(self) -> list[str]:
        """The tasks that the encoder learns."""
        return sorted(set(self.classes) - set(self.held_out))

    def digest(self) -> str:
        """Tells two sets of examples apart."""
        rows = [[t.ids, t.labels] for t in [*self.train, *self.dev]]
        pairs = [[p.text.ids, p.engaged.ids] for p in [*self.pairs, *self.dev_pairs]]
        everything = json.dumps([self.classes, self.held_out, rows, pairs])
        return hashlib.sha256(everything.encode()).hexdigest()

    def counts(self) -> dict[str, Any]:
        """How many texts each task has, and the rest."""
        return {
            "train_texts": {t: sum(t in r.labels for r in self.train) for t in self.classes},
            "dev_texts": {t: sum(t in r.labels for r in self.dev) for t in self.classes},
            "distinct_train_texts": len(self.train),
            "distinct_dev_texts": len(self.dev),
            "train_texts_left_out_because_also_in_dev": self.train_texts_also_in_dev,
            "pairs": len(self.pairs),
            "held_out_pairs": len(self.dev_pairs),
        }


def read(
    folder: Path, encoder: Path, prefix: str, max_tokens: int, forgetting: Iterable[str]
) -> Examples:
    """Reads the folder's train, dev and, where it has them, pairs.

    Raises InputError with file and line for a row that breaks the format.
    """
    train_rows = list(_rows(folder, "train", required=True))
    dev_rows = list(_rows(folder, "dev", required=True))
    trained = _classes(train_rows)
    for task in forgetting:
        if task not in trained and task not in _classes(dev_rows):
            raise InputError(
                f"--forgetting-tasks names {task}, which {folder} does not have; it has"
                f" {sorted(trained)}"
            )
    only_dev = [row for row in dev_rows if row[1]["task"] not in trained]
    classes = trained | _classes(only_dev)
    train, dev = _merged(train_rows, classes), _merged(dev_rows, classes)
    dev_texts = {t.text for t in dev}
    kept = [t for t in train if t.text not in dev_texts]
    pairs = _pairs(folder)
    held_out = [p for p in pairs if draw("pair", p.key) < 1 / HELD_OUT_ONE_IN]
    held_out = held_out[:MOST_HELD_OUT_PAIRS]
    kept_pairs = {p.key for p in pairs} - {p.key for p in held_out}
    examples = Examples(
        classes=dict(sorted(classes.items())),
        held_out=sorted({*forgetting, *classes} - ({*trained} - {*forgetting})),
        train=kept,
        dev=dev,
        pairs=[p for p in pairs if p.key in kept_pairs],
        dev_pairs=held_out,
        train_texts_also_in_dev=len(train) - len(kept),
    )
    if not examples.tuned and not examples.pairs:
        raise InputError(f"{folder} has neither a task to tune on nor {folder}/pairs.jsonl")
    _encode(examples, encoder / VOCABULARY, prefix, max_tokens)
    return examples


def draw(*key: object) -> float:
    """A number from 0 to 1 that depends on the key alone."""
    digest = hashlib.sha256(" ".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2.0**64


def epoch_batches(
    examples: Examples, epoch: int, batch_size: int, seed: int, passes: dict[str, float]
) -> list[Batch]:
    """What one epoch sees, in order.

    `passes` says by task how often an epoch sees its texts: 3 is three times, 0.35 about a third
    of them, drawn anew every epoch. A text of several tasks goes by the largest.
    """
    tuned = set(examples.tuned)
    texts: list[Text] = []
    for text in examples.train:
        if tasks := tuned & set(text.labels):
            wanted = max(passes.get(task, 1.0) for task in tasks)
            extra = draw(seed, epoch, text.text) < wanted - int(wanted)
            texts += [text] * (int(wanted) + extra)
    rng = random.Random(f"{seed} {epoch}")
    batches: list[Batch] = []
    batches += _bucketed(texts, [len(t.ids) for t in texts], batch_size, rng)
    lengths = [len(p.text.ids) + len(p.engaged.ids) for p in examples.pairs]
    batches += _bucketed(examples.pairs, lengths, batch_size, rng)
    rng.shuffle(batches)
    return batches


def _bucketed(
    rows: Sequence[Row], lengths: Sequence[int], batch_size: int, rng: random.Random
) -> list[list[Row]]:
    order = list(range(len(rows)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), batch_size * SORTED_BATCHES):
        part = sorted(order[start : start + batch_size * SORTED_BATCHES], key=lambda i: lengths[i])
        for first in range(0, len(part), batch_size):
            batches.append([rows[i] for i in part[first : first + batch_size]])
    return batches


def padded(texts: Sequence[Text]) -> tuple[Tensor, Tensor]:
    """Token ids and mask of texts of several lengths."""
    longest = max(len(t.ids) for t in texts)
    ids = torch.zeros(len(texts), longest, dtype=torch.long)
    mask = torch.zeros(len(texts), longest, dtype=torch.long)
    for row, text in enumerate(texts):
        ids[row, : len(text.ids)] = torch.tensor(text.ids)
        mask[row, : len(text.ids)] = 1
    return ids, mask


def shares(texts: Sequence[Text], task: str, classes: int) -> Tensor:
    """One row for each text: its classes of the task share a mass of 1."""
    target = torch.zeros(len(texts), classes)
    for row, text in enumerate(texts):
        target[row, text.labels[task]] = 1.0 / len(text.labels[task])
    return target


def _parts(folder: Path, name: str) -> list[Path]:
    """`train.jsonl`, or the part files that Spark leaves in a folder `train` or `train.jsonl`."""
    for place in (folder / f"{name}.jsonl", folder / name):
        if place.is_file():
            return [place]
        if place.is_dir():
            return sorted(p for p in place.glob("part-*") if not p.name.endswith(".crc"))
    return []


def _lines(folder: Path, name: str) -> Iterator[tuple[str, Any]]:
    for file in _parts(folder, name):
        opened = gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")
        with opened as lines:
            for number, line in enumerate(lines, 1):
                where = f"{file}:{number}"
                try:
                    yield where, json.loads(line.decode())
                except (UnicodeDecodeError, json.JSONDecodeError) as problem:
                    raise InputError(
                        f"{where}: no JSON object in UTF-8 but {line[:80]!r} ({problem})"
                    ) from None


def _rows(folder: Path, name: str, *, required: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    found = False
    for where, row in _lines(folder, name):
        found = True
        if not (
            isinstance(row, dict)
            and _is_text(row.get("text"))
            and _is_text(row.get("task"))
            and isinstance(row.get("labels"), list)
            and row["labels"]
            and all(map(_is_text, row["labels"]))
        ):
            raise InputError(
                f"{where}: found {json.dumps(row, ensure_ascii=False)[:200]}, expected"
                ' {"text": "…", "task": "…", "labels": ["…"]}, none of them empty'
            )
        yield where, row
    if required and not found:
        raise InputError(
            f"{folder / name}.jsonl is missing or empty; --examples expects a folder with"
            " train.jsonl and dev.jsonl, or folders `train` and `dev` of part files as Spark writes them"
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _classes(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[str]]:
    seen: dict[str, set[str]] = {}
    for _, row in rows:
        seen.setdefault(row["task"], set()).update(row["labels"])
    return {task: sorted(labels) for task, labels in seen.items()}


def _merged(
    rows: Iterable[tuple[str, dict[str, Any]]], classes: dict[str, list[str]]
) -> list[Text]:
    places = {t: {label: i for i, label in enumerate(names)} for t, names in classes.items()}
    texts: dict[str, Text] = {}
    for where, row in rows:
        task, unknown = row["task"], set(row["labels"]) - set(classes[row["task"]])
        if unknown:
            raise InputError(
                f"{where}: task {task} has no class {sorted(unknown)} among its training rows,"
                " which have"
                f" {classes[task]}"
            )
        text = texts.setdefault(row["text"], Text(row["text"]))
        known = text.labels.setdefault(task, [])
        text.labels[task] = sorted({*known, *(places[task][label] for label in row["labels"])})
    return sorted(texts.values(), key=lambda t: (draw("text", t.text), t.text))


def _pairs(folder: Path) -> list[Pair]:
    pairs: dict[str, Pair] = {}
    for where, row in _lines(folder, "pairs"):
        if not (
            isinstance(row, dict)
            and _is_text(row.get("text"))
            and _is_text(row.get("engaged_with"))
        ):
            raise InputError(
                f"{where}: found {json.dumps(row, ensure_ascii=False)[:200]}, expected"
                ' {"text": "…", "engaged_with": "…"}, none of them empty'
            )
        pair = Pair(Text(row["text"]), Text(row["engaged_with"]))
        pairs[pair.key] = pair
    return sorted(pairs.values(), key=lambda p: (draw("order", p.key), p.key))


def _encode(examples: Examples, vocabulary: Path, prefix: str, max_tokens: int) -> None:
    tokenizer = BertWordPieceTokenizer(WordPiece.read_file(str(vocabulary)), lowercase=True)
    tokenizer.enable_truncation(max_tokens)
    texts = [*examples.train, *examples.dev]
    for pair in [*examples.pairs, *examples.dev_pairs]:
        texts += [pair.text, pair.engaged]
    for text, encoded in zip(texts, tokenizer.encode_batch([prefix + t.text for t in texts])):
        text.ids = encoded.ids
