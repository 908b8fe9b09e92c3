"""The command: learning, resuming, refusing, several processes."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import encoder_onnx
import tune_encoder
import tuning_examples
from encoder_onnx import MODEL, VOCABULARY
from platform_texts import examples, rows, tiny_encoder, write


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder to start from."""
    return tiny_encoder(tmp_path_factory.mktemp("encoder") / "base")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An examples folder."""
    return examples(tmp_path_factory.mktemp("examples"))


def tune(base: Path, data: Path, to: Path, *words: str) -> int:
    places = ["--encoder", str(base), "--examples", str(data), "--to", str(to)]
    learning = ["--learning-rate", "3e-3", "--probe-texts", "300"]
    return tune_encoder.main([*places, *learning, *words])


def report(to: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((to / "tuning.json").read_text())
    return found


def losses(to: Path) -> list[float]:
    return [loss for _, loss in report(to)["loss_curve"]]


def weights(to: Path) -> dict[str, torch.Tensor]:
    checkpoint = to.with_name(to.name + ".checkpoints") / "checkpoint.pt"
    found: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=True)["model"]
    return found


@pytest.fixture(scope="session")
def tuned(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a whole run, which did not learn the task `ending`."""
    to = tmp_path_factory.mktemp("models") / "tuned"
    words = ("--epochs", "10", "--forgetting-tasks", "ending")
    assert tune(base, data, to, *words) == tune_encoder.DONE
    return to


def test_loss_falls_and_probes_rise(tuned: Path) -> None:
    made = report(tuned)
    curve = losses(tuned)
    third = len(curve) // 3
    assert sum(curve[-third:]) < 0.8 * sum(curve[:third])
    table = {row["task"]: row for row in made["frozen_versus_tuned"]}
    assert table["topic"]["tuned"] > table["topic"]["frozen"] + 0.03
    assert table["engaged pairs"]["tuned"] > table["engaged pairs"]["frozen"]
    assert [table["topic"]["learned"], table["ending"]["learned"]] == [True, False]
    by_epoch = made["dev_macro_f1_of_heads_by_epoch"]
    assert by_epoch[-1]["topic"] > by_epoch[0]["topic"]


def test_result_is_a_model_folder_with_its_provenance(base: Path, tuned: Path) -> None:
    made = report(tuned)
    assert made["base_model_sha256"] == encoder_onnx.sha256(base / MODEL)
    assert made["model_sha256"] == encoder_onnx.sha256(tuned / MODEL)
    assert made["model_sha256"] != made["base_model_sha256"]
    assert (tuned / VOCABULARY).read_bytes() == (base / VOCABULARY).read_bytes()
    assert made["cosine_of_written_and_tuned_vectors"] > 0.95
    assert made["examples"]["distinct_train_texts"] == 1200
    assert made["examples"]["pairs"] + made["examples"]["held_out_pairs"] == 400


def test_curves_are_event_files(tuned: Path) -> None:
    events = EventAccumulator(str(tuned.with_name("tuned.logs"))).Reload()
    tags = events.Tags()["scalars"]
    assert {"loss/labels", "loss/pairs", "learning_rate", "dev_macro_f1/topic"} <= set(tags)
    steps = [e.step for t in ("loss/labels", "loss/pairs") for e in events.Scalars(t)]
    assert sorted(steps) == list(range(1, report(tuned)["steps"] + 1))


def test_resumed_run_equals_an_uninterrupted_one(base: Path, data: Path, tmp_path: Path) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    assert tune(base, data, whole, "--epochs", "2") == tune_encoder.DONE
    words = ("--epochs", "2", "--checkpoint-every", "10")
    for stop in ("25", "70"):
        status = tune(base, data, halves, *words, "--stop-at-step", stop)
        assert status == tune_encoder.STOPPED
        assert not halves.exists()
    assert tune(base, data, halves, *words) == tune_encoder.DONE
    expected = weights(whole)
    for name, weight in weights(halves).items():
        torch.testing.assert_close(weight, expected[name], atol=1e-6, rtol=1e-5)
    assert losses(halves) == pytest.approx(losses(whole))
    assert report(halves)["frozen_versus_tuned"] == report(whole)["frozen_versus_tuned"]


def test_checkpoint_of_another_run_is_refused(
    base: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "out"
    assert tune(base, data, to, "--stop-at-step", "3") == tune_encoder.STOPPED
    assert tune(base, data, to, "--seed", "7") == tune_encoder.USAGE
    assert "belongs to a run with other seed" in capsys.readouterr().err


def test_top_layers_alone_change(base: Path, data: Path, tmp_path: Path) -> None:
    to = tmp_path / "top"
    assert tune(base, data, to, "--layers", "1", "--epochs", "1", "--no-quantize") == 0
    before = encoder_onnx.load(base, 0.0).state_dict()
    after = encoder_onnx.load(to, 0.0).state_dict()
    changed = {name for name in before if not torch.allclose(before[name], after[name], atol=1e-6)}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_passes_say_how_often_an_epoch_sees_a_task(base: Path, tmp_path: Path) -> None:
    found = rows(1, 200)
    write(tmp_path / "train.jsonl", [r for r in found[:200] if r["task"] == "topic"])
    write(tmp_path / "dev.jsonl", rows(2, 10))
    read = tuning_examples.read(tmp_path, base, "", 96, [])
    for passes, least, most in ((3.0, 300, 300), (0.5, 35, 65)):
        batches = tuning_examples.epoch_batches(read, 0, 16, 42, {"topic": passes})
        assert least <= sum(map(len, batches)) <= most
    assert read.held_out == ["ending"]


BROKEN = {
    '{"text": "bab", "task": "topic", "labels": "bdf"}': '"labels": "bdf"',
    '{"text": " ", "task": "topic", "labels": ["bdf"]}': "none of them empty",
    '{"text": "bab", "task": "topic"': "no JSON object",
}


@pytest.mark.parametrize("line", BROKEN)
def test_broken_line_is_named(
    base: Path, tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = examples(tmp_path / "examples", with_pairs=False)
    with (folder / "train" / "part-00001.json").open("a") as part:
        part.write(line + "\n")
    assert tune(base, folder, tmp_path / "out") == tune_encoder.USAGE
    said = capsys.readouterr().err
    last = len((folder / "train" / "part-00001.json").read_text().splitlines())
    assert f"{folder / 'train' / 'part-00001.json'}:{last}: " in said
    assert BROKEN[line] in said
    assert not (tmp_path / "out").exists()


def test_unknown_class_in_dev_is_named(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = examples(tmp_path / "examples", with_pairs=False)
    write(folder / "dev.jsonl", [{"text": "bab", "task": "topic", "labels": ["sport"]}])
    assert tune(base, folder, tmp_path / "out") == tune_encoder.USAGE
    assert f"{folder / 'dev.jsonl'}:1: task topic has no class ['sport']" in capsys.readouterr().err


@pytest.mark.skipif(not importlib.util.find_spec("pyspark"), reason="pyspark is not installed")
def test_two_processes_of_spark_learn_together(base: Path, data: Path, tmp_path: Path) -> None:
    to = tmp_path / "two"
    assert tune(base, data, to, "--processes", "2", "--epochs", "2") == tune_encoder.DONE
    made = report(to)
    one = tmp_path / "one"
    assert tune(base, data, one, "--epochs", "1") == tune_encoder.DONE
    assert made["steps"] == pytest.approx(report(one)["steps"], abs=1)
    assert sum(losses(to)[-10:]) < sum(losses(to)[:10])
