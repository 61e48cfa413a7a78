"""The result of a race: arrays by entry and step, and the tables made from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.core import metrics
from optim.core.problem import Problem
from optim.core.types import Array
from optim.races.labels import labels, settings
from optim.races.spec import RaceSpec
from optim.races.status import Status

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOST = (3.0, 0.0)
"""The score of an entry without a final loss."""


class Ranked(Protocol):
    """A result whose entries have a loss by step, a price, a status and an order: that of a race, or of a training."""

    @property
    def spec(self) -> Any: ...
    @property
    def loss(self) -> Array: ...
    @property
    def evaluations(self) -> npt.NDArray[np.int64]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def reached(self) -> tuple[int | None, ...]: ...
    @property
    def status(self) -> tuple[Status, ...]: ...
    @property
    def order(self) -> tuple[int, ...]: ...
    @property
    def places(self) -> tuple[int, ...]: ...


def shared_places(order: Sequence[int], score: Callable[[int], tuple[float, float]], target: float) -> tuple[int, ...]:
    """Return the places in an order by `score`, a group and a number in it; those that cannot be told apart share one.

    In group 0, of those that reached the target, that is the same price; in the others the same final loss to nine digits. Digits
    are those of the loss, or of the target where the loss is smaller: a tie stays one on another scale.
    """

    def tie(i: int, j: int) -> bool:
        (group, one), (other_group, other) = score(i), score(j)
        return group == other_group and metrics.same(one, other, target if group else 0.0)

    return metrics.places(order, tie)


def losses_table(result: Ranked) -> pd.DataFrame:
    """Return the loss by step, one column per entry."""
    return pd.DataFrame(result.loss.T, columns=list(result.labels), index=pd.RangeIndex(result.loss.shape[1], name="step"))


def standings_table(result: Ranked, ended: Callable[[int], dict[str, Any]]) -> pd.DataFrame:
    """Return one row per entry, winner first, those that tie with one rank.

    `ended` gives for each, by its place in the spec, how it ended in numbers.
    """
    rows = [
        {
            "rank": result.places[i],
            "optimizer": result.labels[i],
            "status": result.status[i].kind,
            "reason": result.status[i].reason,
            "steps_to_target": result.reached[i],
            "evaluations_to_target": None if (hit := result.reached[i]) is None else int(result.evaluations[i, hit]),
            **ended(i),
            "evaluations": int(result.evaluations[i, -1]),
            "settings": settings(result.spec.entries[i]),
            "origin": result.spec.entries[i].origin,
        }
        for i in result.order
    ]
    return pd.DataFrame(rows).astype({"steps_to_target": "Int64", "evaluations_to_target": "Int64"})


@dataclass(frozen=True, eq=False)
class RaceResult:
    """The result of a race: `path` and `answer` (entries, steps + 1, d), the rest (entries, steps + 1), row 0 the start.

    `path` are the points that each entry moved, where it looked at the function; `answer` those that it reports, with
    `answer_loss`. They differ for optimizers that report an average (Schedule-Free); status, order and standings judge the answer.
    Rows after a value that is not finite are NaN; a run stopped by its budget keeps its last row. `taken` is the number of
    steps each entry took, `lowest` the f* that gaps are measured from (None where the function is unbounded),
    `counts` the evaluations by kind, `evaluations` their total price so far, `states` per entry a history of each state variable.
    """

    spec: RaceSpec
    problem: Problem
    path: Array
    loss: Array
    gradient_norm: Array
    answer: Array
    answer_loss: Array
    evaluations: npt.NDArray[np.int64]
    counts: dict[str, npt.NDArray[np.int64]]
    taken: tuple[int, ...]
    states: tuple[dict[str, Array], ...] | None
    status: tuple[Status, ...]
    lowest: float | None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry: its label or its optimizer's title, with the settings that tell equal ones apart."""
        return labels(self.spec.entries)

    @property
    def target(self) -> float:
        """The gap that counts as reached; NaN where there is no lowest value to measure from."""
        return self.spec.target_from(self.lowest)

    @cached_property
    def gap(self) -> Array:
        """Loss above the lowest value, (entries, steps + 1); NaN where the function is unbounded."""
        return self.loss - (float("nan") if self.lowest is None else self.lowest)

    @cached_property
    def answer_gap(self) -> Array:
        """The answer's loss above the lowest value, (entries, steps + 1); NaN where the function is unbounded."""
        return self.answer_loss - (float("nan") if self.lowest is None else self.lowest)

    @cached_property
    def distance(self) -> Array:
        """Distance to the nearest known global minimum, (entries, steps + 1); NaN where none is known or they form lines."""
        return metrics.distance(self.path, self.problem.targets)

    @cached_property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Whether each entry's answer ended inside the domain, (entries,)."""
        return metrics.inside(self.answer[:, -1], self.problem.domain)

    @cached_property
    def reached(self) -> tuple[int | None, ...]:
        """Per entry the first step from which it stays within the target and in the domain at the end, or None."""
        hits = (metrics.reached(gap[: last + 1], self.target) for gap, last in zip(self.answer_gap, self.taken, strict=True))
        return tuple(hit if here else None for hit, here in zip(hits, self.inside, strict=True))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Entries from first to last: those that reached and kept the target by evaluations, then the others by final loss.

        A run that is lower than the lowest value only because it left the domain stands behind those that stayed.
        """

        def key(i: int) -> tuple[float, ...]:
            score, hit = self._score(i), self.reached[i]
            return (*score, -self.taken[i] if score == LOST else hit or 0, i)

        return tuple(sorted(range(len(self.loss)), key=key))

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The place of every entry, from 1, in the spec's order; those that tie share one, as in 1, 1, 3.

        They tie that reached and kept the target for the same price, that end at the same loss, or that have no final loss at all.
        """
        return shared_places(self.order, self._score, self.target)

    def _score(self, i: int) -> tuple[float, float]:
        """Return what an entry's place goes by, the lower the better: a group, and a number in it."""
        hit, final = self.reached[i], float(self.answer_loss[i, -1])
        if hit is not None:
            return 0.0, float(self.evaluations[i, hit])
        if not np.isfinite(final):
            return LOST
        fled = not self.inside[i] and self.answer_gap[i, -1] < 0
        return (2.0 if fled else 1.0), final

    def table(self) -> pd.DataFrame:
        """Return one row per entry and step: optimizer, step, coordinates, loss, gap, gradient_norm, distance, evaluations."""
        entries, rows, dimension = self.path.shape
        names = ["x", "y"] if dimension == 2 else [f"x{axis + 1}" for axis in range(dimension)]
        columns: dict[str, Any] = {
            "optimizer": pd.Categorical.from_codes(np.repeat(np.arange(entries), rows), pd.Index(self.labels)),
            "step": np.tile(np.arange(rows), entries),
            **{name: self.path[:, :, axis].ravel() for axis, name in enumerate(names)},
        }
        for name in ("loss", "gap", "gradient_norm", "distance", "evaluations"):
            columns[name] = getattr(self, name).ravel()
        return pd.DataFrame(columns)

    def losses(self) -> pd.DataFrame:
        """Return the loss by step, one column per entry."""
        return losses_table(self)

    def standings(self) -> pd.DataFrame:
        """Return one row per entry, winner first: rank, status, steps and evaluations to the target, how it ended, settings."""
        return standings_table(
            self,
            lambda i: {
                "final_loss": self.answer_loss[i, -1],
                "final_gap": self.answer_gap[i, -1],
                "distance": metrics.distance(self.answer[i, -1], self.problem.targets),
            },
        )

    def figure(self, theme: str = "light") -> "go.Figure":
        """Return a Plotly figure of the race: the contour map with every path beside the loss curves."""
        from optim.figures.race.overview import overview  # noqa: PLC0415 - plotly only when a figure is wanted

        return overview(self, theme)
