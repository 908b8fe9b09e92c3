"""What an encoder's vectors can tell: linear probes and engaged pairs, before and after tuning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from encoder_onnx import OnnxEncoder
from tuning_examples import Examples, Text, shares

RIDGES = (0.003, 0.03, 0.3)
BOOTSTRAP_DRAWS = 200
PROBE_SEED = 20250608


def macro_f1(scores: Tensor, labels: Tensor) -> float:
    """The mean over classes of the F1 of each text's likeliest class.

    `labels` holds True for every class that a text has. A class that is neither present nor found
    counts as 0.
    """
    found = F.one_hot(scores.argmax(1), labels.shape[1]).bool()
    hits = (found & labels).sum(0)
    return (2 * hits / (found.sum(0) + labels.sum(0)).clamp(min=1)).mean().item()


def probe(train: Tensor, target: Tensor, scored: Tensor) -> Tensor:
    """Class scores by a logistic regression, the same at every run.

    Its ridge is the one that does best on every fifth training text, which keeps the comparison
    fair: frozen and tuned vectors want different ones.
    """
    fifth = torch.arange(len(train)) % 5 == 0
    best = max(
        RIDGES,
        key=lambda r: macro_f1(
            _regression(train[~fifth], target[~fifth], train[fifth], r), target[fifth] > 0
        ),
    )
    return _regression(train, target, scored, best)


def _regression(train: Tensor, target: Tensor, scored: Tensor, ridge: float) -> Tensor:
    """Scores by a regression on standardised vectors, fitted to the end."""
    mean, scale = train.mean(0), train.std(0).clamp(min=1e-6)
    x, scored = ((v - mean).div(scale).double() for v in (train, scored))
    weights = torch.zeros(x.shape[1] + 1, target.shape[1], dtype=torch.double, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(x @ weights[:-1] + weights[-1], target.double())
        value = value + ridge * weights[:-1].square().sum() / 2
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        return scored @ weights[:-1] + weights[-1]


def compare(
    examples: Examples, frozen: OnnxEncoder, tuned: OnnxEncoder, most_texts: int
) -> list[dict[str, Any]]:
    """The frozen-versus-tuned table: for each task a probe on either's vectors, and the engaged
    pairs.

    Tasks that the encoder did not learn show what tuning made it forget. Those without training
    texts are fitted on every other dev text and scored on the rest.
    """
    rows = []
    for task in examples.classes:
        train = [t for t in examples.train if task in t.labels][:most_texts]
        dev = [t for t in examples.dev if task in t.labels][:most_texts]
        if not train:
            train, dev = dev[::2], dev[1::2]
        if train and dev:
            rows.append(_compared(examples, task, train, dev, frozen, tuned))
    if len(examples.dev_pairs) > 1:
        rows.append(
            {
                "task": "engaged pairs",
                "measure": "mean reciprocal rank",
                "learned": True,
                "scored_texts": len(examples.dev_pairs),
                "frozen": _reciprocal_rank(examples, frozen),
                "tuned": _reciprocal_rank(examples, tuned),
            }
        )
    return rows


def _compared(
    examples: Examples,
    task: str,
    train: list[Text],
    dev: list[Text],
    frozen: OnnxEncoder,
    tuned: OnnxEncoder,
) -> dict[str, Any]:
    classes = len(examples.classes[task])
    target, labels = shares(train, task, classes), shares(dev, task, classes) > 0
    before, after = (
        probe(encoder.vectors(_ids(train)), target, encoder.vectors(_ids(dev)))
        for encoder in (frozen, tuned)
    )
    return {
        "task": task,
        "measure": "macro-F1",
        "learned": task not in examples.held_out,
        "fitted_texts": len(train),
        "scored_texts": len(dev),
        "frozen": macro_f1(before, labels),
        "tuned": macro_f1(after, labels),
        "standard_error_of_difference": _standard_error(before, after, labels),
    }


def _standard_error(before: Tensor, after: Tensor, labels: Tensor) -> float:
    """Of the difference of the two macro-F1, by a paired bootstrap over the scored texts."""
    generator = torch.Generator().manual_seed(PROBE_SEED)
    draws = []
    for _ in range(BOOTSTRAP_DRAWS):
        rows = torch.randint(len(labels), (len(labels),), generator=generator)
        draws.append(macro_f1(after[rows], labels[rows]) - macro_f1(before[rows], labels[rows]))
    return torch.tensor(draws).std().item()


def _reciprocal_rank(examples: Examples, encoder: OnnxEncoder) -> float:
    """How near each held-out text's engaged text is, among all held-out engaged texts."""
    pairs = examples.dev_pairs
    texts = encoder.vectors(_ids([p.text for p in pairs]))
    engaged = encoder.vectors(_ids([p.engaged for p in pairs]))
    nearness = texts @ engaged.T
    rank = (nearness > nearness.diagonal()[:, None]).sum(1) + 1
    return (1 / rank).mean().item()


def _ids(texts: Sequence[Text]) -> list[list[int]]:
    return [t.ids for t in texts]


def table(rows: list[dict[str, Any]]) -> str:
    """The comparison as text, a line for each task."""
    lines = [
        f"{'frozen versus tuned':<28}{'frozen':>9}{'tuned':>9}{'change':>9}{'± s.e.':>9}  texts"
    ]
    for row in rows:
        error = row.get("standard_error_of_difference")
        lines.append(
            f"{row['task']:<28}{row['frozen']:>9.4f}{row['tuned']:>9.4f}"
            f"{row['tuned'] - row['frozen']:>+9.4f}{'' if error is None else f'{error:.4f}':>9}"
            f"  {row['scored_texts']}, {row['measure']},"
            f" {'learned' if row['learned'] else 'not learned'}"
        )
    return "\n".join(lines)
