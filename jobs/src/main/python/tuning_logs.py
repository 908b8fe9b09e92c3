"""Loss curves and scores: on the terminal, for TensorBoard, and for MLflow where it is set up."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter


class Logs:
    """Writes what a run measures; an inactive one writes nothing, as all processes but the first
    do.

    Points of steps after `step` that a run wrote before it was interrupted are purged.
    """

    def __init__(self, folder: Path, step: int, *, active: bool) -> None:
        self._active = active
        self._writer = SummaryWriter(str(folder), purge_step=step + 1) if active else None
        self._mlflow: Any = _mlflow() if active else None
        if self._mlflow:
            self._mlflow.set_experiment("nightfeed tune-encoder")
            self._mlflow.start_run(run_name=folder.name)

    def say(self, line: str) -> None:
        """A line for the terminal."""
        if self._active:
            print(line, flush=True)

    def parameters(self, values: dict[str, Any]) -> None:
        """The run's parameters, once."""
        if self._mlflow:
            self._mlflow.log_params(values)

    def step(self, step: int, name: str, loss: float, rate: float) -> None:
        """One step's loss and learning rate."""
        self._write(step, {name: loss, "learning_rate": rate})

    def scores(self, step: int, epoch: int, scores: dict[str, float]) -> None:
        """An epoch's dev scores by task."""
        self._write(step, {f"dev_macro_f1/{task}": value for task, value in scores.items()})
        for task, value in scores.items():
            self.say(f"epoch {epoch} dev macro-F1 {task} {value:.4f}")

    def _write(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            if self._writer:
                self._writer.add_scalar(name, value, step)
        if self._mlflow:
            self._mlflow.log_metrics(values, step=step)

    def close(self) -> None:
        """Ends the files and the MLflow run."""
        if self._writer:
            self._writer.close()
        if self._mlflow:
            self._mlflow.end_run()


def _mlflow() -> Any:
    """MLflow's client, or nothing."""
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        return None
    if importlib.util.find_spec("mlflow") is None:
        print(
            "MLFLOW_TRACKING_URI is set, and Python has no package mlflow: curves go to"
            " TensorBoard files alone."
            " Install mlflow beside the other packages to have both.",
            file=sys.stderr,
        )
        return None
    import mlflow

    return mlflow
