"""The tuning itself: the model with its heads, the loop over batches, checkpoints and loss
curves."""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from transformers import BertModel

from encoder_onnx import InputError, learn_rounded, load, pooled
from tuning_examples import Batch, Examples, Pair, Text, draw, epoch_batches, padded, shares
from tuning_logs import Logs
from tuning_options import Options
from tuning_probes import macro_f1

DROPOUT = 0.1
LABEL_SMOOTHING = 0.05
HEADS_LEARN_FASTER = 10
WARM_UP = 0.06
WEIGHT_DECAY = 0.01
MOST_GRADIENT = 1.0
# Of the in-batch contrast (van den Oord et al. 2018), as sentence encoders of this size are
# trained with.
TEMPERATURE = 0.05
SMOOTHED_STEPS = 50

# Ranks wait while the first one scores the dev texts and writes checkpoints.
PATIENCE = timedelta(hours=2)


class Tuner(nn.Module):
    """The encoder with one linear head for each task. Its value is a batch's loss."""

    def __init__(self, bert: BertModel, examples: Examples, options: Options) -> None:
        super().__init__()
        self.bert = bert
        self.size = bert.config.hidden_size
        self.tasks = examples.tuned
        self.classes = {t: len(examples.classes[t]) for t in self.tasks}
        self.heads = nn.ModuleList(nn.Linear(self.size, self.classes[t]) for t in self.tasks)
        self.options = options
        freeze(bert, options.layers)

    def vectors(self, texts: list[Text]) -> Tensor:
        """The texts' vectors, of unit length."""
        device = self.bert.device
        ids, mask = (t.to(device) for t in padded(texts))
        with self._precision(device.type):
            hidden = self.bert(ids, attention_mask=mask).last_hidden_state
        return pooled(hidden.float(), mask, self.options.pooling)

    def _precision(self, device: str) -> AbstractContextManager[Any]:
        reduced = self.options.precision == "bfloat16"
        return torch.autocast(device, torch.bfloat16, enabled=reduced)

    def scores(self, task: str, vectors: Tensor) -> Tensor:
        """The task's class scores."""
        head = self.heads[self.tasks.index(task)]
        return cast(Tensor, head(vectors * math.sqrt(self.size)))

    def forward(self, batch: Batch) -> Tensor:
        if isinstance(batch[0], Pair):
            return self.options.pair_weight * self._contrast(batch)
        return self._label_loss(batch)

    def _label_loss(self, texts: list[Text]) -> Tensor:
        """Cross entropy, summed over the tasks of each text, mean over texts."""
        vectors = F.dropout(self.vectors(texts), DROPOUT, self.training)
        loss = vectors.new_zeros(())
        for task in self.tasks:
            rows = [i for i, text in enumerate(texts) if task in text.labels]
            if rows:
                target = shares([texts[i] for i in rows], task, self.classes[task])
                entropy = F.cross_entropy(
                    self.scores(task, vectors[rows]),
                    target.to(vectors.device),
                    reduction="sum",
                    label_smoothing=LABEL_SMOOTHING,
                )
                loss = loss + self.options.task_weight.get(task, 1.0) * entropy / len(texts)
        return loss

    def _contrast(self, pairs: list[Pair]) -> Tensor:
        """InfoNCE both ways: each text's engaged one against those of the batch's other pairs."""
        nearness = (
            self.vectors([p.text for p in pairs]) @ self.vectors([p.engaged for p in pairs]).T
        )
        texts, engaged = [p.text.text for p in pairs], [p.engaged.text for p in pairs]
        # Somebody else's equal text is no negative.
        equal = torch.tensor(
            [
                [
                    i != j and (texts[i] == texts[j] or engaged[i] == engaged[j])
                    for j in range(len(pairs))
                ]
                for i in range(len(pairs))
            ]
        )
        logits = (nearness / TEMPERATURE).masked_fill(equal.to(nearness.device), float("-inf"))
        own = torch.arange(len(pairs), device=logits.device)
        return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2

    @torch.no_grad()
    def dev_scores(self, examples: Examples, most_texts: int) -> dict[str, float]:
        """Each tuned task's macro-F1 of its head on dev texts."""
        self.eval()
        scores = {}
        for task in self.tasks:
            texts = [t for t in examples.dev if task in t.labels][:most_texts]
            if texts:
                labels = shares(texts, task, self.classes[task]) > 0
                scores[task] = macro_f1(self.scores(task, self.encoded(texts)).cpu(), labels)
        self.train()
        return scores

    @torch.no_grad()
    def encoded(self, texts: list[Text]) -> Tensor:
        """The vectors of any number of texts, in their order."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i].ids))
        found = torch.zeros(len(texts), self.size, device=self.bert.device)
        for first in range(0, len(order), 64):
            rows = order[first : first + 64]
            found[rows] = self.vectors([texts[i] for i in rows])
        return found


def freeze(bert: BertModel, layers: int | None) -> None:
    """Leaves the top layers free, or all. Word and position vectors stay as they are: words that
    no example has must not drift away from those that some have."""
    free = tuple(f"encoder.layer.{i}." for i in range(bert.config.num_hidden_layers))
    if layers is None:
        free += ("embeddings.token_type_embeddings.", "embeddings.LayerNorm.")
    else:
        free = free[len(free) - min(layers, len(free)) :]
    for name, parameter in bert.named_parameters():
        parameter.requires_grad_(name.startswith(free))


class Run:
    """One process of a tuning run; several, started by torch.distributed, do a part of every step
    each."""

    def __init__(self, options: Options, examples: Examples) -> None:
        self.options, self.examples = options, examples
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        self.device = self._device()
        if self.world > 1:
            backend = "nccl" if self.device.type == "cuda" else "gloo"
            dist.init_process_group(backend, timeout=PATIENCE)
        torch.manual_seed(options.seed)
        bert = load(options.encoder, DROPOUT)
        if options.quantize:
            learn_rounded(bert)
        self.tuner = Tuner(bert, examples, options).to(self.device)
        encoder = [p for p in bert.parameters() if p.requires_grad]
        rate = options.learning_rate
        heads = {"params": list(self.tuner.heads.parameters()), "lr": rate * HEADS_LEARN_FASTER}
        self.optimizer = torch.optim.AdamW(
            [{"params": encoder, "lr": rate}, *([heads] if heads["params"] else [])],
            weight_decay=WEIGHT_DECAY,
        )
        self.epoch_steps = [len(self._batches(e)) for e in range(options.epochs)]
        self.steps = sum(self.epoch_steps)
        if self.steps == 0:
            raise InputError(
                f"{options.examples} gives {self.world} processes no full step: expected at least"
                f" as many batches of --batch-size {options.batch_size}; take fewer processes or"
                " smaller batches"
            )
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._pace)
        self.identity = options.identity(examples)
        self.step, self.curve, self.scores = 0, list[list[float]](), list[dict[str, float]]()

    def _device(self) -> torch.device:
        if self.options.device == "cpu":
            return torch.device("cpu")
        if not torch.cuda.is_available():
            raise InputError("--device cuda: PyTorch finds no GPU here; leave the option out")
        place = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(place)
        return place

    def _pace(self, step: int) -> float:
        """Linear warm-up, then linear decay to nothing."""
        return min(1.0, (step + 1) / (WARM_UP * self.steps)) * max(0.0, 1 - step / self.steps)

    def _batches(self, epoch: int) -> list[Batch]:
        """This process's share of the epoch; every process has equally many batches."""
        o = self.options
        batches = epoch_batches(self.examples, epoch, o.batch_size, o.seed, o.task_passes)
        each = len(batches) // self.world
        return batches[self.rank : each * self.world : self.world]

    @property
    def checkpoint(self) -> Path:
        """The one checkpoint: the newest."""
        return self.options.checkpoints / "checkpoint.pt"

    def tune(self) -> bool:
        """Goes on from the checkpoint, if there is one, to the last step; False when stopped
        before."""
        self._resume()
        self.unreported, self.reported = 0, time.monotonic()
        model: nn.Module = self.tuner.train()
        if self.world > 1:
            model = DistributedDataParallel(self.tuner, find_unused_parameters=True)
        logs = Logs(self.options.logs, self.step, active=self.rank == 0)
        logs.parameters(self.identity)
        first = 0
        for epoch, steps in enumerate(self.epoch_steps):
            batches = self._batches(epoch) if first + steps > self.step else []
            for place in range(max(0, self.step - first), len(batches)):
                self._take(model, batches[place], logs)
                last = place + 1 == steps
                if last:
                    self._score(epoch, logs)
                stopping = self.step == self.options.stop_at_step and self.step < self.steps
                if last or stopping or self.step % self.options.checkpoint_every == 0:
                    self._save()
                if stopping:
                    logs.close()
                    return False
            first += steps
        logs.close()
        return True

    def _take(self, model: nn.Module, batch: Batch, logs: Logs) -> None:
        # Every step's dropout follows from seed, step and process alone, so that a resumed run
        # goes the same way.
        torch.manual_seed(int(draw(self.options.seed, self.step, self.rank) * 2**62))
        loss = model(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(self.tuner.bert.parameters(), MOST_GRADIENT)
        self.optimizer.step()
        self.optimizer.zero_grad()
        rate = self.scheduler.get_last_lr()[0]
        self.scheduler.step()
        self.step += 1
        kind = "pairs" if isinstance(batch[0], Pair) else "labels"
        value = loss.item()
        if not math.isfinite(value):
            raise InputError(
                f"The loss of step {self.step} is {value}; try a smaller --learning-rate, or"
                " --precision float32"
            )
        self.curve.append([self.step, value])
        self.unreported += len(batch)
        logs.step(self.step, f"loss/{kind}", value, rate)
        if self.step % SMOOTHED_STEPS == 0 or self.step == self.steps:
            recent = [v for _, v in self.curve[-SMOOTHED_STEPS:]]
            now = time.monotonic()
            speed = self.unreported * self.world / (now - self.reported)
            self.unreported, self.reported = 0, now
            logs.say(
                f"step {self.step}/{self.steps} loss {sum(recent) / len(recent):.4f} {speed:.0f}"
                " texts/s"
            )

    def _score(self, epoch: int, logs: Logs) -> None:
        if self.rank == 0:
            scores = self.tuner.dev_scores(self.examples, self.options.probe_texts)
            self.scores.append(scores)
            logs.scores(self.step, epoch + 1, scores)

    def _save(self) -> None:
        """Writes aside and renames: a checkpoint that is there is whole."""
        if self.rank == 0:
            aside = self.checkpoint.with_suffix(".part")
            aside.parent.mkdir(parents=True, exist_ok=True)
            state = {
                "identity": json.dumps(self.identity, sort_keys=True),
                "step": self.step,
                "curve": self.curve,
                "scores": self.scores,
                "model": self.tuner.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "scheduler": self.scheduler.state_dict(),
            }
            with aside.open("wb") as stream:
                torch.save(state, stream)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(self.checkpoint)
        if self.world > 1:
            dist.barrier()

    def _resume(self) -> None:
        if not self.checkpoint.is_file():
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        found = json.loads(state["identity"])
        if found != self.identity:
            other = sorted(
                k for k in {*found, *self.identity} if found.get(k) != self.identity.get(k)
            )
            raise InputError(
                f"{self.checkpoint} belongs to a run with other {', '.join(other)}: delete it to"
                " start anew, give"
                " --checkpoints another folder, or repeat the command that made it"
            )
        self.step, self.curve, self.scores = state["step"], state["curve"], state["scores"]
        self.tuner.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        if self.rank == 0:
            print(f"going on after step {self.step} of {self.checkpoint}", flush=True)
