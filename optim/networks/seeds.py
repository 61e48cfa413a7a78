"""One training with several seeds: other first weights and other batches each time, and what all of them say together."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from optim.core.errors import SpecError
from optim.core.parameter import of_kind, takes, whole
from optim.core.types import Array
from optim.i18n.message import message
from optim.networks.result import NetworkResult
from optim.networks.run import train
from optim.networks.spec import WORK, NetworkSpec
from optim.races.spec import MAX_SEED

MOST = 10
"""How many seeds there may be."""
Progress = Callable[[int, int, Callable[[], "SeedsResult"]], None]


@dataclass(frozen=True)
class NetworkSeeds:
    """A training with its own seed and those after it, `seeds` in all. Raises SpecError naming the field."""

    training: NetworkSpec
    seeds: int = 1

    def __post_init__(self) -> None:
        of_kind("training", self.training, NetworkSpec)
        object.__setattr__(self, "seeds", whole("seeds", self.seeds, 1, MOST))
        most = int(WORK / self.training.work)
        if self.seeds > most:
            expected = message("at most {most} with so many weights, entries, steps and examples in a batch", most=most)
            raise SpecError("seeds", self.seeds, expected)

    @property
    def each(self) -> tuple[NetworkSpec, ...]:
        """The training with every seed."""
        first = self.training.seed
        return tuple(replace(self.training, seed=(first + i) % (MAX_SEED + 1)) for i in range(self.seeds))


@dataclass(frozen=True, eq=False)
class SeedsResult:
    """The results of a training with every seed so far, in order; all but the first keep no points, which take most of the room."""

    spec: NetworkSeeds
    runs: tuple[NetworkResult, ...]

    @property
    def complete(self) -> bool:
        """Whether every seed has been trained to the end."""
        return len(self.runs) == self.spec.seeds and self.runs[-1].complete

    @property
    def first(self) -> NetworkResult:
        """The result with the first seed, whole or so far."""
        return self.runs[0]

    @cached_property
    def whole(self) -> tuple[NetworkResult, ...]:
        """The results that are complete, or the first one until it is: what can be compared."""
        return tuple(run for run in self.runs if run.complete) or self.runs[:1]

    def ends(self, what: str) -> Array:
        """Return a measure such as "test_accuracy" in the end, (seeds, entries), of the seeds that are whole."""
        return np.stack([getattr(run, what)[:, -1] for run in self.whole])

    def table(self) -> pd.DataFrame:
        """Return one row per seed, entry and step; without a column for the seed where there is one."""
        if self.spec.seeds == 1:
            return self.first.table()
        tables = []
        for run in self.runs:
            tables.append(run.table())
            tables[-1].insert(0, "seed", run.spec.seed)
        return pd.concat(tables, ignore_index=True)


@takes(spec=NetworkSeeds, resume=SeedsResult)
def train_seeds(
    spec: NetworkSeeds,
    progress: Progress | None = None,
    cancel: Any = None,
    executor: Executor | None = None,
    resume: SeedsResult | None = None,
) -> SeedsResult:
    """Train with one seed after the other; all arguments are those of `train`, steps are counted over all seeds."""
    if resume is not None and resume.spec != spec:
        raise SpecError("resume", resume.spec, message("the result of the same spec"))
    runs = list(resume.runs) if resume else []
    for i, one in enumerate(spec.each):
        begun = runs[i] if i < len(runs) else None
        if begun is not None and begun.complete:
            continue
        report = _reported(spec, tuple(runs[:i]), progress) if progress else None
        run = train(one, report, cancel, executor, begun)
        runs[i:] = [_without_points(run) if i and run.complete else run]
        if not run.complete:
            break
    return SeedsResult(spec, tuple(runs))


def _reported(spec: NetworkSeeds, before: tuple[NetworkResult, ...], progress: Progress) -> Any:
    """Return the progress of one seed as that of all."""
    steps = spec.training.steps

    def report(done: int, _: int, snapshot: Callable[[], NetworkResult]) -> None:
        progress(len(before) * steps + done, spec.seeds * steps, lambda: SeedsResult(spec, (*before, snapshot())))

    return report


def _without_points(run: NetworkResult) -> NetworkResult:
    return replace(run, points=run.points[:, :0].copy(), ends=())
