"""Adapts a sentence encoder to a platform's own labelled and engaged text.

Starts from the weights in an encoder's model folder, as `nightfeed models` unpacks it, tunes
them on labelled texts (one linear head for each task) and on pairs of texts that the same
people engaged with, and writes a model folder that `nightfeed annotate` loads like any other.
Nothing is downloaded.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 75

try:
    import onnx
    import onnxruntime
    import torch
    import torch.nn.functional as F
    import transformers

    import encoder_onnx
    import tuning_examples
    import tuning_options
    import tuning_probes
except ModuleNotFoundError as missing:
    print(
        f"{sys.executable} has no package {missing.name}: run `make tuning-venv` and use"
        " target/tuning-venv/bin/python, or install jobs/src/main/python/requirements.lock",
        file=sys.stderr,
    )
    sys.exit(FAILED)

from encoder_onnx import MODEL, VOCABULARY, InputError, OnnxEncoder, sha256
from torch import Tensor
from tuning import Run
from tuning_examples import Examples
from tuning_options import Options

# A written model that agrees less with the tuned weights than this is refused: the mean cosine of
# texts' vectors after their mean is taken away, since those of some encoders all point much the
# same way.
LEAST_COSINE = 0.95
CHECKED_TEXTS = 200
CURVE_POINTS = 200


def read(options: Options) -> Examples:
    """The examples, with the options checked against them."""
    if options.to.exists():
        raise InputError(f"{options.to} is there already: delete it, or give --to another name")
    examples = tuning_examples.read(
        options.examples,
        options.encoder,
        options.prefix,
        options.max_tokens,
        options.forgetting_tasks,
    )
    for task in {**options.task_passes, **options.task_weight}:
        if task not in examples.tuned:
            raise InputError(f"No task {task} is learned: expected one of {examples.tuned}")
    return examples


def tune(options: Options, examples: Examples) -> int:
    """What each process does: a part of every step. The first one writes the result."""
    torch.use_deterministic_algorithms(options.device == "cpu")
    torch.utils.deterministic.fill_uninitialized_memory = False
    run = Run(options, examples)
    if not run.tune():
        return STOPPED
    if run.rank == 0:
        write(options, examples, run)
    return DONE


def write(options: Options, examples: Examples, run: Run) -> None:
    """Makes the model folder aside, checks and scores what it holds, and renames it into place."""
    aside = options.to.with_name(options.to.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / VOCABULARY).parent.mkdir(parents=True)
    shutil.copyfile(options.encoder / VOCABULARY, aside / VOCABULARY)
    tuner = run.tuner.cpu().eval()
    encoder_onnx.stay_rounded(tuner.bert)
    checked = examples.dev[:CHECKED_TEXTS]
    expected = tuner.encoded(checked)
    encoder_onnx.export(tuner.bert, aside / MODEL, quantize=options.quantize)
    tuned = OnnxEncoder(aside / MODEL, options.pooling)
    cosine = agreement(expected, tuned.vectors([t.ids for t in checked]))
    if cosine < LEAST_COSINE:
        raise InputError(
            f"{aside / MODEL} gives other vectors than the weights it was written from: cosine"
            f" {cosine:.4f}, expected at least {LEAST_COSINE}. Rounded activations lose too much:"
            " tune anew with --no-quantize and other --checkpoints"
        )
    frozen = OnnxEncoder(options.encoder / MODEL, options.pooling)
    rows = tuning_probes.compare(examples, frozen, tuned, options.probe_texts)
    report = provenance(options, examples, run) | {
        "model_sha256": sha256(aside / MODEL),
        "cosine_of_written_and_tuned_vectors": cosine,
        "frozen_versus_tuned": rows,
    }
    (aside / "tuning.json").write_text(
        json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n"
    )
    aside.rename(options.to)
    print(tuning_probes.table(rows))
    print(f"wrote {options.to}", flush=True)


def agreement(one: Tensor, other: Tensor) -> float:
    """The mean cosine of centred vectors."""
    return F.cosine_similarity(one - one.mean(0), other - other.mean(0)).mean().item()


def provenance(options: Options, examples: Examples, run: Run) -> dict[str, Any]:
    """What the tuned model was made of."""
    versions = {m.__name__: m.__version__ for m in (torch, transformers, onnx, onnxruntime)}
    every = -(-len(run.curve) // CURVE_POINTS)
    return {
        "base_model_sha256": sha256(options.encoder / MODEL),
        "vocabulary_sha256": sha256(options.encoder / VOCABULARY),
        "parameters": dataclasses.asdict(options),
        "examples": examples.counts(),
        "classes": examples.classes,
        "steps": run.step,
        "loss_curve": run.curve[::every],
        "dev_macro_f1_of_heads_by_epoch": run.scores,
        "versions": versions | {"python": platform.python_version()},
    }


def distribute(options: Options, words: Sequence[str]) -> int:
    """Has Spark start this script in several processes: here with a local master, else on
    executors, as barrier tasks; there it lies under the same path."""
    try:
        from pyspark.ml.torch.distributor import TorchDistributor
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as missing:
        raise InputError(
            f"--processes {options.processes} needs Spark: {sys.executable} has no package"
            f" {missing.name}; run `make tuning-venv`, or start the script with spark-submit"
        ) from None
    spark = SparkSession.builder.appName("nightfeed tune-encoder").getOrCreate()
    try:
        TorchDistributor(
            num_processes=options.processes,
            local_mode=str(spark.sparkContext.master).startswith("local"),
            use_gpu=options.device == "cuda",
        ).run(str(Path(__file__).resolve()), *words)
    finally:
        spark.stop()
    return DONE if options.to.exists() else STOPPED


def main(words: Sequence[str]) -> int:
    """Runs the command line; the value is the exit status."""
    options = tuning_options.arguments(__doc__, words)
    one_of_several = "TORCHELASTIC_RUN_ID" in os.environ
    try:
        examples = read(options)
        if one_of_several:
            # To the launcher any other status is a failure.
            tune(options, examples)
            return DONE
        if options.processes > 1 or "PYSPARK_GATEWAY_PORT" in os.environ:
            return distribute(options, words)
        return tune(options, examples)
    except InputError as problem:
        print(f"tune_encoder: {problem}", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
