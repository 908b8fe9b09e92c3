"""The command line of tune_encoder.py."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from encoder_onnx import MODEL, VOCABULARY, sha256
from tuning_examples import Examples

EPILOG = """\
examples folder:
  train.jsonl   {"text": "so happy today", "task": "goemotions.ekman", "labels": ["joy"]}
                Rows of one text are merged. A text with several labels of a task spreads its
                target over them. A task's classes are the names in train.jsonl.
  dev.jsonl     The same, to score with. A task that only dev.jsonl has is not learned: its
                score, frozen and tuned, shows what the encoder forgets.
  pairs.jsonl   {"text": "…", "engaged_with": "…"}   (optional) Two texts that the same person
                engaged with. Of all pairs 5 %, at most 1,000, are held out and scored.
  Each may be a folder of part files instead, as Spark writes them: train/part-*.json[.gz].
  Texts are encoded as they come.

one process, one CPU or GPU:
  target/tuning-venv/bin/python jobs/src/main/python/tune_encoder.py \\
    --encoder target/models/e5-small-v2-q --pooling mean --prefix "query: " \\
    --examples target/tuning/en --task-passes tweeteval.emotion=3 --task-passes davidson=0.35 \\
    --to target/models/e5-small-tuned

a cluster with GPUs, 4 processes; the folders and this script are mounted paths, and the
executors' Python has the packages of requirements.lock:
  spark-submit --master yarn --conf spark.executor.resource.gpu.amount=1 \\
    --conf spark.task.resource.gpu.amount=1 \\
    jobs/src/main/python/tune_encoder.py --processes 4 --device cuda …

loss curves:
  tensorboard --logdir target/models/e5-small-tuned.logs
  With MLFLOW_TRACKING_URI set, and the package mlflow installed, they go to MLflow as well.

exit status: 0 done; 1 failed; 2 wrong options or examples; 75 stopped at --stop-at-step, run the
same command without it to go on.
"""


@dataclasses.dataclass(frozen=True)
class Options:
    """The command line; `tune_encoder.py --help` says what each means."""

    encoder: Path
    pooling: str
    prefix: str
    examples: Path
    to: Path
    layers: int | None
    epochs: int
    learning_rate: float
    batch_size: int
    seed: int
    max_tokens: int
    task_passes: dict[str, float]
    task_weight: dict[str, float]
    pair_weight: float
    forgetting_tasks: list[str]
    checkpoints: Path
    checkpoint_every: int
    stop_at_step: int | None
    logs: Path
    precision: str
    device: str
    processes: int
    quantize: bool
    probe_texts: int

    # What a run may change when it goes on from a checkpoint.
    FREE = (
        "to",
        "device",
        "checkpoints",
        "checkpoint_every",
        "stop_at_step",
        "logs",
        "probe_texts",
    )

    def identity(self, examples: Examples) -> dict[str, Any]:
        """What must be the same for a checkpoint to be this run's."""
        fixed = {k: v for k, v in dataclasses.asdict(self).items() if k not in self.FREE}
        del fixed["encoder"], fixed["examples"]
        fixed |= {"model": sha256(self.encoder / MODEL), "examples": examples.digest()}
        return cast(dict[str, Any], json.loads(json.dumps(fixed)))


def arguments(description: str, words: Sequence[str]) -> Options:
    """The command line's options."""
    parser = argparse.ArgumentParser(
        description=description, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_places(parser.add_argument_group("what to tune, and on what"))
    _add_learning(parser.add_argument_group("how to learn"))
    _add_running(parser.add_argument_group("how to run"))
    given = vars(parser.parse_args(words))
    for name, suffix in (("checkpoints", ".checkpoints"), ("logs", ".logs")):
        given[name] = given[name] or given["to"].with_name(given["to"].name + suffix)
    for name in ("task_passes", "task_weight"):
        given[name] = dict(given[name])
    return Options(**given)


def _add_places(group: Any) -> None:
    add = group.add_argument
    add(
        "--encoder",
        type=Path,
        required=True,
        metavar="FOLDER",
        help=f"model folder with {MODEL}, float or quantised to 8 bits, and {VOCABULARY}",
    )
    add(
        "--pooling",
        choices=["mean", "first"],
        default="mean",
        help="how tokens' vectors become the text's: the mean of all (E5) or the first token's"
        " (BGE); default %(default)s",
    )
    add(
        "--prefix",
        default="",
        metavar="TEXT",
        help="put before each text, as the encoder was trained with: 'query: ' for E5",
    )
    add("--examples", type=Path, required=True, metavar="FOLDER", help="see below")
    add(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help=f"the tuned model folder: {MODEL}, {VOCABULARY} and tuning.json, which says how it"
        " was made and how it scores",
    )
    add(
        "--no-quantize",
        dest="quantize",
        action="store_false",
        help="write 32-bit floats: four times the size, slower, a little nearer to the weights",
    )


def _add_learning(group: Any) -> None:
    add = group.add_argument
    add(
        "--layers",
        type=_layers,
        default=None,
        metavar="all|N",
        help="tune all layers, or only the top N: less memory and forgetting; default all",
    )
    add("--epochs", type=_positive(int), default=3, metavar="N", help="default %(default)s")
    add(
        "--learning-rate",
        type=_positive(float),
        default=1e-4,
        metavar="RATE",
        help="of the encoder, at most; heads learn 10 times as fast; default %(default)s",
    )
    add(
        "--batch-size",
        type=_positive(int),
        default=32,
        metavar="N",
        help="texts, or pairs, of one process's step; default %(default)s. A pair's negatives are"
        " the other pairs of its batch",
    )
    add(
        "--max-tokens",
        type=_positive(int),
        default=96,
        metavar="N",
        help="texts are cut to this many WordPiece tokens; default %(default)s",
    )
    add("--seed", type=int, default=42, metavar="N", help="of every draw; default %(default)s")
    add(
        "--task-passes",
        type=_by_task,
        action="append",
        default=[],
        metavar="TASK=X",
        help="how often an epoch sees the task's texts: 3 is three times, 0.35 about a third of"
        " them, drawn anew every epoch; default 1. A text of several tasks goes by the largest",
    )
    add(
        "--task-weight",
        type=_by_task,
        action="append",
        default=[],
        metavar="TASK=X",
        help="of the task's loss; default 1",
    )
    add(
        "--pair-weight",
        type=_positive(float),
        default=1.0,
        metavar="X",
        help="of the pairs' loss; default %(default)s",
    )
    add(
        "--forgetting-tasks",
        nargs="+",
        default=[],
        metavar="TASK",
        help="tasks of train.jsonl that are not learned: they only show what is forgotten",
    )
    add(
        "--precision",
        choices=["bfloat16", "float32"],
        default="bfloat16",
        help="of the encoder's arithmetic while it learns; weights stay 32-bit floats. bfloat16"
        " is faster on GPUs and on CPUs with AVX512-BF16 or AMX; default %(default)s",
    )


def _add_running(group: Any) -> None:
    add = group.add_argument
    add(
        "--checkpoints",
        type=Path,
        metavar="FOLDER",
        help="where the newest checkpoint is kept; the same command goes on from it. Default: TO"
        " with .checkpoints",
    )
    add(
        "--checkpoint-every",
        type=_positive(int),
        default=200,
        metavar="STEPS",
        help="and after every epoch; default %(default)s",
    )
    add(
        "--stop-at-step",
        type=_positive(int),
        metavar="STEP",
        help="end there with a checkpoint and status 75, for queues with a time limit",
    )
    add(
        "--logs",
        type=Path,
        metavar="FOLDER",
        help="TensorBoard's event files. Default: TO with .logs",
    )
    add(
        "--processes",
        type=_positive(int),
        default=1,
        metavar="N",
        help="started by Spark's TorchDistributor where there are several, or under spark-submit:"
        " on this machine with a local master, else as barrier tasks; default %(default)s",
    )
    add("--device", choices=["cpu", "cuda"], default="cpu", help="default %(default)s")
    add(
        "--probe-texts",
        type=_positive(int),
        default=2000,
        metavar="N",
        help="at most so many texts of a task fit a probe, and so many are scored; default"
        " %(default)s",
    )


def _positive(number: type) -> Any:
    def parse(word: str) -> Any:
        value = number(word)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{word} is not above 0")
        return value

    parse.__name__ = f"positive {number.__name__}"
    return parse


def _layers(word: str) -> int | None:
    return None if word == "all" else cast(int, _positive(int)(word))


def _by_task(word: str) -> tuple[str, float]:
    task, equals, value = word.rpartition("=")
    if not (task and equals):
        raise argparse.ArgumentTypeError(f"{word!r} is not TASK=NUMBER, such as davidson=0.35")
    return task, float(_positive(float)(value))
