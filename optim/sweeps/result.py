"""The result of a sweep: a few numbers per run, arrays shaped (entries, axes, starts, seeds), whole or as far as it went."""

import threading
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from optim.core import metrics
from optim.core.problem import Problem
from optim.core.types import Array, Mask, Point
from optim.races.labels import labels
from optim.races.stationarity import resting_points
from optim.sweeps import scores
from optim.sweeps.grid import Lattice, Places
from optim.sweeps.reductions import CONVERGED, LOCAL, NOT_RUN, STATUS_KINDS, Outcome
from optim.sweeps.spec import SweepSpec

NOBODY, TIE = -1, -2
"""Codes of a winner map: no entry can be compared, as where none reached the target; several are first."""
APART = 1e-3
"""Minima closer to each other than this share of the window count as one."""


@dataclass(frozen=True, eq=False)
class SweepResult:
    """The outcome of every run of a sweep; arrays are (entries, *axes, starts, seeds), read-only, with a race's numbers.

    `status`: codes into `kinds`, -1 where the run has not been done yet. `end_gap`: the largest gap over the last
    min(20, max(1, steps // 10)) steps, inf where it stopped being finite, NaN where there is no lowest value.
    `reached_step`: the first step from which it stays within the target, in the domain at the end; -1 where it does not.
    `reached_evaluations`: the price paid by then, else -1. `evaluations`: the price of the whole run. `taken`: steps taken.
    `end`: the answer after step `taken`, (..., d), which may be finite where its value is not: a race's row `taken`, whose later
    rows are NaN where the run was lost. `met`: the lowest value that a run met, looked for where the function's own is
    not proven, else inf; `spec.lowest` is what gaps are measured from then.
    """

    spec: SweepSpec
    status: npt.NDArray[np.int8]
    end_gap: Array
    reached_step: npt.NDArray[np.int32]
    reached_evaluations: Places
    evaluations: Places
    taken: npt.NDArray[np.int32]
    end: Array
    met: float

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the codes in `status` stand for."""
        return STATUS_KINDS

    @property
    def problem(self) -> Problem:
        """The problem that was swept, its dials applied."""
        return self.spec.problem

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry."""
        return labels(self.spec.race.entries)

    @property
    def lowest(self) -> float | None:
        """What gaps are measured from; None where there is no such value."""
        return self.spec.measured_from

    @property
    def target(self) -> float:
        """The gap that counts as reached; NaN where there is no lowest value."""
        return self.spec.race.target_from(self.lowest)

    @cached_property
    def done(self) -> Mask:
        """Which runs have been done."""
        return np.asarray(self.status != NOT_RUN)

    @property
    def complete(self) -> bool:
        """Whether every run has been done."""
        return bool(self.done.all())

    @cached_property
    def reached(self) -> Mask:
        """Which runs reached and kept the target inside the domain."""
        return np.asarray(self.reached_step >= 0)

    @cached_property
    def _ends(self) -> "_Ends":
        return _found(self)

    @property
    def minima(self) -> tuple[Point, ...]:
        """The minima that runs may have ended in: the known global ones, then the others that runs found, lowest first.

        One point stands for a line of them, and for all the lowest ones where those are too many to be told apart.
        """
        return self._ends.minima

    @property
    def lowest_minima(self) -> int:
        """How many of `minima`, the first ones, are the known global ones."""
        return len(_lowest(self.problem))

    @property
    def lines(self) -> frozenset[int]:
        """Which of `minima`, by index, stand for many: a line or a ring of them, or all the lowest ones."""
        return self._ends.lines

    @property
    def minimum(self) -> npt.NDArray[np.int16]:
        """The index in `minima` of the minimum each run ended in, -1 where its status is neither converged nor local minimum."""
        return self._ends.index

    @cached_property
    def winner(self) -> npt.NDArray[np.int8]:
        """Who wins, (*axes, starts, seeds): the entry with the fewest evaluations to the target, -1 nobody, -2 a tie."""
        return _first(np.where(self.reached, self.reached_evaluations.astype(float), np.inf))

    @cached_property
    def ends_lowest(self) -> npt.NDArray[np.int8]:
        """Who ends lowest, (*axes, starts, seeds): the entry with the smallest end gap, -1 nobody has one, -2 a tie."""
        return _first(np.where(np.isnan(self.end_gap), np.inf, self.end_gap), self.target)

    def standings(self) -> pd.DataFrame:
        """Return one row per entry, best first, each at its best place on the axes; see optim.sweeps.scores.standings."""
        return scores.standings(self)

    def fill_from_coarse(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return `values` (..., starts, seeds) of a lattice with the coarse start's value where a run is still to be done."""
        starts = self.spec.starts
        if self.complete or not isinstance(starts, Lattice):
            return values
        done = self.done if values.shape == self.done.shape else self.done.all(axis=0)
        return np.where(done, values, np.take(values, starts.coarse_stand_ins(), axis=-2))


def _first(cost: npt.NDArray[np.float64], size: float = 0.0) -> npt.NDArray[np.int8]:
    """Return the entry of least cost in each place of (entries, ...): NOBODY where none is finite, TIE where several share it.

    Costs are told apart as in a race: down to `metrics.SAME` of their size, or of `size` where that is larger.
    """
    best: npt.NDArray[np.int8] = np.argmin(cost, axis=0).astype(np.int8)
    least = np.min(cost, axis=0)
    best[np.sum(cost <= least + metrics.SAME * np.fmax(least, size), axis=0) > 1] = TIE
    best[np.isinf(least)] = NOBODY
    return best


ARRAYS = tuple(field.name for field in fields(SweepResult) if field.name not in {"spec", "end", "met"})


class ResultBuilder:
    """Collects the outcomes of a sweep's blocks; other threads may take snapshots."""

    def __init__(self, given: SweepResult) -> None:
        self._lock = threading.Lock()
        self._spec, self._met = given.spec, given.met
        self._arrays: dict[str, npt.NDArray[Any]] = {name: getattr(given, name).copy() for name in (*ARRAYS, "end")}

    @property
    def done(self) -> int:
        """How many runs have been done."""
        return int(np.count_nonzero(self._arrays["status"] != NOT_RUN))

    @property
    def total(self) -> int:
        """How many runs there are."""
        return int(self._arrays["status"].size)

    def has(self, entry: int, cells: Places) -> bool:
        """Whether all these cells of an entry have been done."""
        return bool((self._runs("status", entry)[self._places(entry, cells)] != NOT_RUN).all())

    def take(self, entry: int, cells: Places, outcome: Outcome) -> None:
        """Store the outcome of these cells of an entry; one without an axis' parameter stands at all of its values."""
        with self._lock:
            places = self._places(entry, cells)
            for name in ARRAYS:
                self._runs(name, entry)[places] = getattr(outcome, name)
            for axis, coordinate in enumerate(outcome.end):
                self._runs("end", entry, axis)[places] = coordinate
            self._met = min(self._met, outcome.met)

    def snapshot(self) -> SweepResult:
        """Return the result so far."""
        with self._lock:
            arrays = {name: array.copy() for name, array in self._arrays.items()}
            met = self._met
        for array in arrays.values():
            array.setflags(write=False)
        return SweepResult(self._spec, **arrays, met=float(met))

    def _runs(self, name: str, entry: int, axis: int | None = None) -> npt.NDArray[Any]:
        """Return a view of an entry's array, axes that it has nothing to vary on in front."""
        array = self._arrays[name][entry]
        idle = self._idle(entry)
        return np.moveaxis(array if axis is None else array[..., axis], idle, range(len(idle)))

    def _places(self, entry: int, cells: Places) -> tuple[Any, ...]:
        """Return where cells of an entry are on the axes that it varies on, starts and seeds, at all values of the others."""
        shape = (size for number, size in enumerate(self._spec.own_shape(entry)) if number not in self._idle(entry))
        return (..., *np.unravel_index(cells, tuple(shape)))

    def _idle(self, entry: int) -> list[int]:
        return [number for number, (parameter, _) in enumerate(self._spec.own_axes(entry)) if not parameter]


def blank(spec: SweepSpec) -> SweepResult:
    """Return the result of a sweep of which nothing has been run."""
    nothing = {"status": NOT_RUN, "end_gap": np.nan, "reached_step": -1, "reached_evaluations": -1}
    kinds = {"status": np.int8, "end_gap": float, "reached_step": np.int32, "taken": np.int32}
    arrays = {name: np.full(spec.shape, nothing.get(name, 0), dtype=kinds.get(name, np.int64)) for name in ARRAYS}
    return SweepResult(spec, **arrays, end=np.full((*spec.shape, len(spec.race.start)), np.nan), met=float("inf"))


@dataclass(frozen=True, eq=False)
class _Ends:
    """The minima that runs ended in, the index of each run's own, and which of them stand for many."""

    minima: tuple[Point, ...]
    index: npt.NDArray[np.int16]
    lines: frozenset[int]


def _lowest(problem: Problem) -> tuple[Point, ...]:
    """Return the known global minima, one of them alone where they are no places to measure a distance to."""
    return problem.targets or problem.minima[:1]


def _found(result: SweepResult) -> _Ends:
    """Assign the end points of all runs that converged to minima."""
    problem, index = result.problem, np.full(result.status.shape, -1, dtype=np.int16)
    known, targets = _lowest(problem), problem.targets
    settled = np.isin(result.status, (CONVERGED, LOCAL))
    converged = result.status == CONVERGED
    ends = result.end[converged]
    if targets and len(ends):
        away = np.stack([metrics.distance(ends, [target]) for target in targets])
        index[converged] = np.argmin(away, axis=0)
    elif len(ends):
        index[converged] = 0
    places = result.end[settled & ~converged]
    names = np.full(len(places), -1)
    others: list[Point] = []
    reach = 10 * APART * float(np.mean(problem.widths))
    while (names < 0).any():
        first = places[np.argmax(names < 0)]
        near = (metrics.distance(places, [tuple(first)]) <= reach) & (names < 0)
        names[near] = len(others)
        others.append(tuple(float(c) for c in np.median(places[near], axis=0)))
    lines = set() if targets or not known else {0}
    if others:
        group = _grouped(problem, others, 3 * reach)
        places_of = [np.flatnonzero(group == number) for number in range(group.max() + 1)]
        others = [others[members[0]] for members in places_of]
        order = np.lexsort((np.arange(len(others)), problem.value(np.array(others).T)))
        rank = np.argsort(order)
        index[settled & ~converged] = len(known) + rank[group[names]]
        lines |= {len(known) + int(rank[number]) for number, members in enumerate(places_of) if len(members) > 1}
        others = [others[i] for i in order]
    return _Ends((*known, *others), index, frozenset(lines))


def _grouped(problem: Problem, places: list[Point], reach: float) -> npt.NDArray[np.int64]:
    """Return the number of the line that each of the places belongs to, one of its own for a minimum that stands alone.

    Neighbours on a line are equally low, and no minimum of a line is isolated.
    """
    rest = resting_points(problem, np.array(places).T, problem.lowest)
    touching = np.array([told is not None and not told.isolated for told in rest.kinds])
    group, count = np.full(len(places), -1), 0
    for first in range(len(places)):
        if group[first] >= 0:
            continue
        waiting, group[first] = [first] if touching[first] else [], count
        while waiting:
            i = waiting.pop()
            near = touching & (group < 0) & (np.abs(rest.value - rest.value[i]) <= problem.target)
            joined = np.flatnonzero(near & (metrics.distance(np.array(places), [places[i]]) <= reach))
            group[joined] = count
            waiting.extend(joined.tolist())
        count += 1
    return group
