"""Trains the small language model with which the tests run generate's spark-nlp writer.

It learns from posts that `nightfeed writing-examples` makes up, and from nothing else: no weights
and no texts come from outside. Writes the model folder with its card, and prints how well the
written model predicts posts and lines that it has not seen, beside a model of single tokens.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

try:
    import onnxruntime
    import torch
    import torch.nn.functional as F
    import writer_model
    from tokenizers import Tokenizer
    from torch import Tensor
    from writer_model import Decoder, OnnxDecoder, Shape
except ModuleNotFoundError as missing:
    print(
        f"{sys.executable} has no package {missing.name}: run `make tuning-venv` and use"
        " target/tuning-venv/bin/python",
        file=sys.stderr,
    )
    sys.exit(1)

# What conf of the tests has as generate.spark-nlp.prompt.
PROMPT = writer_model.START_OF_TURN + "{task}: {text}" + writer_model.END_OF_TURN
NEW_TOKENS = 48
# What a token of a post counts in the loss, against one of a line: most of a post cannot be known.
POST_WEIGHT = 0.3
PEAK_RATE = 4e-3
WARM_UP_STEPS = 60
WRITTEN_LINES = 200
SHOWN_LINES = 8
# Nothing that it has learned: for the tokens.
OTHER_TEXTS = [
    "It's 12:30, isn't it?  Two  spaces,\n\nthen I'LL say: 3,000 boats!!!",
    "今天的海很平静。 caf\u00e9, cafe\u0301 \U0001f30a\u00a0#sea ___ (a|b) <b>",
    " x\t\u3000y  ",
]


@dataclasses.dataclass(frozen=True)
class Example:
    """Token ids: the prompt's, then the line's with the end."""

    text: str
    prompt: list[int]
    line: list[int]

    @property
    def ids(self) -> list[int]:
        return self.prompt + self.line


def read(file: Path) -> list[dict[str, str]]:
    with file.open() as lines:
        return [json.loads(line) for line in lines]


def encoded(rows: list[dict[str, str]], tokens: Tokenizer, positions: int) -> list[Example]:
    """Texts that are too long for the model are left out."""
    end = [tokens.token_to_id(writer_model.END)]
    examples = []
    for row in rows:
        prompt = PROMPT.format(**row)
        line = tokens.encode(" " + row["line"]).ids + end
        examples.append(Example(prompt, tokens.encode(prompt).ids, line))
    return [example for example in examples if len(example.ids) <= positions]


def batches(examples: list[Example], size: int, seed: int) -> Iterator[list[Example]]:
    """Endless; texts of much the same length go together."""
    draw = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(examples), generator=draw).tolist()
        order.sort(key=lambda i: len(examples[i].ids) // 4)
        starts = torch.randperm(len(examples) // size, generator=draw).tolist()
        for start in starts:
            yield [examples[i] for i in order[start * size : (start + 1) * size]]


def loss(decoder: Decoder, batch: list[Example]) -> Tensor:
    longest = max(len(example.ids) for example in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.int64)
    weights = torch.zeros(len(batch), longest)
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        weights[row, : len(example.ids)] = 1
        weights[row, : len(example.prompt)] = POST_WEIGHT
    positions = torch.arange(longest - 1).expand(len(batch), -1)
    logits = decoder(ids[:, :-1], (weights[:, :-1] > 0).long(), positions)
    each = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    counted = weights[:, 1:].flatten()
    return (each * counted).sum() / counted.sum()


def train(examples: list[Example], shape: Shape, steps: int, batch: int, seed: int) -> Decoder:
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    decoder = Decoder(shape)
    optimizer = torch.optim.AdamW(decoder.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(
            (step + 1) / WARM_UP_STEPS, 0.05 + 0.475 * (1 + math.cos(math.pi * step / steps))
        ),
    )
    for step, drawn in zip(range(steps), batches(examples, batch, seed), strict=False):
        optimizer.zero_grad()
        current = loss(decoder, drawn)
        current.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        rate.step()
        if step % 100 == 0:
            print(f"# step {step}: loss {current.item():.3f}", flush=True)
    return decoder


def perplexities(
    decoder: OnnxDecoder, train: list[Example], test: list[Example]
) -> dict[str, float]:
    """Of every token but the first, and of lines alone; the model's, and those of a model that
    knows how often each token comes (add-one) and nothing else."""
    counts = Counter(token for example in train for token in example.ids[1:])
    total = sum(counts.values())
    size = len(decoder.logits(test[0].ids[:1])[0])
    sums = dict.fromkeys(("", "unigram_", "line_", "unigram_line_"), 0.0)
    for example in test:
        following = torch.tensor(example.ids[1:])
        known = torch.from_numpy(decoder.logits(example.ids[:-1])).double().log_softmax(-1)
        model = -known.gather(1, following[:, None]).flatten()
        single = torch.tensor(
            [-math.log((counts[t] + 1) / (total + size)) for t in example.ids[1:]]
        )
        lines = slice(len(example.prompt) - 1, None)
        for name, losses in (("", model), ("unigram_", single)):
            sums[name] += losses.sum().item()
            sums[name + "line_"] += losses[lines].sum().item()
    tokens = sum(len(example.ids) - 1 for example in test)
    in_lines = sum(len(example.line) for example in test)
    return {
        f"writer.{name}perplexity": math.exp(value / (in_lines if "line" in name else tokens))
        for name, value in sums.items()
    }


def shown(value: float) -> str:
    """Whole numbers stay whole."""
    return f"{value:.4g}" if value % 1 else f"{value:.0f}"


def card(options: argparse.Namespace, figures: dict[str, float], versions: str) -> str:
    rows = "\n".join(f"| `{name}` | {shown(value)} |" for name, value in figures.items())
    return f"""# A small writer

A decoder of Qwen2's form, for the tests of `generate.writer = spark-nlp`: it writes a teaser, or a reason, about an English
post of a simulated platform. About other texts it writes nonsense, which the job's checks keep away.

- Data: posts made up by `nightfeed writing-examples --posts 12000 --seed 7`; no text and no weights from outside.
- Made by `make train-writer`: `train_writer.py --steps {options.steps} --batch {options.batch} --seed {options.seed}`, {versions}.
- Prompt: `{PROMPT}`; the line ends with `{writer_model.END}`.
- Licence: Apache-2.0, as the repository.

Of held-out texts (other posts, made of the same phrases), by the written model; `unigram`: a model of how often each token comes, with the same tokens.
`line`: of the lines alone, the post given. `exact_lines`: of {WRITTEN_LINES} lines, those written as expected to the letter.

| Figure | |
|---|---|
{rows}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=Path, required=True, help="of writing-examples")
    parser.add_argument("--to", type=Path, required=True, help="the model folder")
    parser.add_argument("--json", type=Path, default=Path("target/bench/writer.json"))
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shape = Shape()
    rows, held_out = read(options.examples / "train.jsonl"), read(options.examples / "test.jsonl")
    texts = (row[field] for row in rows for field in ("text", "line"))
    tokens = writer_model.learn_tokens(texts, shape.vocabulary)
    shape = dataclasses.replace(shape, vocabulary=tokens.get_vocab_size())
    examples, test = (encoded(part, tokens, shape.positions) for part in (rows, held_out))
    started = time.monotonic()
    decoder = train(examples, shape, options.steps, options.batch, options.seed)
    seconds = time.monotonic() - started
    writer_model.write(decoder, tokens, shape, options.to)
    written = OnnxDecoder(options.to)
    figures = perplexities(written, examples, test)
    others = [{"task": "teaser", "text": text, "line": ""} for text in OTHER_TEXTS]
    asked = test[:WRITTEN_LINES]
    lines = [written.line(example.prompt, NEW_TOKENS) for example in asked]
    exact = [line == example.line[:-1] for line, example in zip(lines, asked, strict=True)]
    files = [writer_model.MODEL, writer_model.VOCABULARY, writer_model.MERGES, writer_model.CONFIG]
    figures |= {
        "writer.exact_lines": sum(exact) / len(exact),
        "writer.held_out_texts": len(test),
        "writer.training_texts": len(examples),
        "writer.parameters": sum(p.numel() for p in decoder.parameters()),
        "writer.bytes": sum((options.to / file).stat().st_size for file in files),
        "writer.training_seconds": seconds,
    }
    # What the job must write, token by token, from the same prompts.
    with (options.to / "expected.jsonl").open("w") as out:
        for example in test[:SHOWN_LINES] + encoded(others, tokens, shape.positions):
            line = written.line(example.prompt, NEW_TOKENS)
            expected = {
                "prompt": example.text,
                "prompt_ids": example.prompt,
                "line_ids": line,
                "line": tokens.decode(line).strip(),
            }
            out.write(json.dumps(expected, ensure_ascii=False) + "\n")
    versions = (
        f"Python {platform.python_version()}, PyTorch {torch.__version__},"
        f" ONNX Runtime {onnxruntime.__version__}"
    )
    stable = {name: figure for name, figure in figures.items() if "seconds" not in name}
    (options.to / "CARD.md").write_text(card(options, stable, versions))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=2) + "\n")
    for name, value in figures.items():
        print(f"{name}={shown(value)}")


if __name__ == "__main__":
    main()
