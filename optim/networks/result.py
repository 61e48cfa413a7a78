"""The result of a training: arrays by entry and step or mark, and the tables made from them, in the words of a race."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.core import metrics
from optim.core.oracle import Block
from optim.core.types import Array
from optim.networks.spec import NetworkSpec
from optim.networks.status import Training, classify
from optim.networks.stretch import MEASURES, Checkpoint
from optim.races.labels import labels
from optim.races.result import LOST, losses_table, shared_places, standings_table
from optim.races.status import Status


@dataclass(frozen=True, eq=False)
class NetworkResult:
    """The result of a training, whole or `done` steps of it: `loss`, `gradient_norm`, `evaluations` are (entries, done + 1).

    Row k of `loss` and `gradient_norm` belongs to the weights after k steps, on the batch of the next step; where the spec takes
    losses after the step, `loss` is taken on the batch of the step before. At `marks` (k,), steps, each entry's weights are kept,
    `points` (entries, k, d), those that it reports, with loss and accuracy on all training and test examples (entries, k); an
    accuracy is NaN where numbers are predicted. Rows after a value that is not finite are NaN. `taken` are the steps that each
    entry took, `seconds` how long they took, `ends` where the groups of entries stand, from which a training goes on.
    """

    spec: NetworkSpec
    loss: Array
    gradient_norm: Array
    evaluations: npt.NDArray[np.int64]
    marks: tuple[int, ...]
    points: Array
    train_loss: Array
    train_accuracy: Array
    test_loss: Array
    test_accuracy: Array
    taken: tuple[int, ...]
    seconds: tuple[float, ...]
    ends: tuple[Checkpoint, ...]

    @property
    def done(self) -> int:
        """How many steps have been done."""
        return int(self.loss.shape[1]) - 1

    @property
    def complete(self) -> bool:
        """Whether all steps have been done."""
        return self.done == self.spec.steps

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The weights and biases of all layers: their names, their shapes and where they stand in a point."""
        return self.spec.network.blocks

    @property
    def target(self) -> float:
        """The training loss that counts as reached."""
        return self.spec.target

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry: its label or its optimizer's title, with the settings that tell equal ones apart."""
        return labels(self.spec.entries)

    @cached_property
    def reached(self) -> tuple[int | None, ...]:
        """Per entry the first mark, a step, from which its training loss stays within the target to the end, or None."""
        hits = (metrics.reached(loss, self.target) if len(self.marks) > 1 else None for loss in self.train_loss)
        return tuple(None if hit is None else self.marks[hit] for hit in hits)

    @cached_property
    def status(self) -> tuple[Status, ...]:
        """How each entry ended, since which step, and why."""
        return tuple(
            classify(
                Training(self.loss[i, : self.taken[i] + 1], self.train_loss[i], self.marks, self.target, self.taken[i] < self.done)
            )
            for i in range(len(self.loss))
        )

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Entries from first to last: those that reached and kept the target by evaluations, then the others by training loss."""

        def key(i: int) -> tuple[float, ...]:
            score, hit = self._score(i), self.reached[i]
            return (*score, -self.taken[i] if score == LOST else hit or 0, i)

        return tuple(sorted(range(len(self.loss)), key=key))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The place of every entry, from 1, in the spec's order; those that tie share one, as in a race."""
        return shared_places(self.order, self._score, self.target)

    def _score(self, i: int) -> tuple[float, float]:
        """Return what an entry's place goes by, the lower the better: a group, and a number in it."""
        hit, final = self.reached[i], float(self.train_loss[i, -1])
        if hit is not None:
            return 0.0, float(self.evaluations[i, hit])
        return (1.0, final) if np.isfinite(final) else LOST

    def table(self) -> pd.DataFrame:
        """Return one row per entry and step: losses on all data are there at marks, and empty between them."""
        entries, rows = self.loss.shape
        columns: dict[str, Any] = {
            "optimizer": pd.Categorical.from_codes(np.repeat(np.arange(entries), rows), pd.Index(self.labels)),
            "step": np.tile(np.arange(rows), entries),
            "epoch": np.tile(np.arange(rows), entries) * (self.spec.epochs / self.spec.steps),
        }
        for name in ("loss", "gradient_norm", "evaluations"):
            columns[name] = getattr(self, name).ravel()
        for name in MEASURES:
            spread = np.full((entries, rows), np.nan)
            spread[:, list(self.marks)] = getattr(self, name)
            columns[name] = spread.ravel()
        return pd.DataFrame(columns)

    def losses(self) -> pd.DataFrame:
        """Return the batch's loss by step, one column per entry."""
        return losses_table(self)

    def standings(self) -> pd.DataFrame:
        """Return one row per entry, winner first: rank, status, steps and evaluations to the target, how it ended, settings."""
        names = {"final_loss": "train_loss", **{name: name for name in ("test_loss", "train_accuracy", "test_accuracy")}}
        return standings_table(self, lambda i: {shown: getattr(self, name)[i, -1] for shown, name in names.items()})
