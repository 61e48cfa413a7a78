"""Online reductions of many runs: gaps, hits of the target and end points are accumulated step by step, and no path is kept."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core import metrics
from optim.core.optimizer import Optimizer
from optim.core.oracle import CountingOracle
from optim.core.problem import Problem
from optim.core.types import Array, Mask, State
from optim.problems.lowest_value import lowest_value_source
from optim.races.claims.run import DIVERGED_WIDTHS
from optim.races.stationarity import in_minimum, resting_points, settled

STATUS_KINDS = ("converged", "local minimum", "left the window", "diverged", "unsettled")
"""The kinds of end that a sweep distinguishes, by code. The first four are a race's status, judged by the same rules;
"unsettled" runs are finite and in the domain but in no minimum: a race says whether such a run is still moving, cycling, stalled or
at a saddle."""
CONVERGED, LOCAL, LEFT, DIVERGED, UNSETTLED = range(5)
NOT_RUN = -1
_ROWS = 16
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Criteria:
    """The criteria that runs are evaluated by: `lowest` is what gaps are measured from, `target` the gap that counts as reached
    (None: the default), `budget` the evaluations after which a run stops; `search` says whether to record the lowest value.
    `starts` (d, B) are where the runs start: a window that was only searched is widened to hold each run's own.
    """

    problem: Problem
    steps: int
    lowest: float | None
    target: float | None
    budget: int | None
    search: bool = False
    starts: Array | None = None

    def window(self, which: Whole | slice = slice(None)) -> Problem:
        """Return the problem in the windows of those runs, whose sides are then arrays."""
        if self.starts is None:
            return self.problem
        return self.problem.holding(tuple(self.starts[:, which]))

    @property
    def levels(self) -> list[float]:
        """The gaps that count as reached: the target that was asked for, and last the default, NaN where nothing is lowest."""
        default = np.nan if self.lowest is None else self.problem.target
        return [default] if self.target is None else [self.target, default]


@dataclass(frozen=True, eq=False)
class Ends:
    """What was kept of B runs: each one's `last` step, its `end` (d, B), whether it was `lost` as not finite, its last `loss`.

    `low` and `high` are the lowest and highest loss of its tail, `least` and `most` those of the tail and the step before it; where
    it was lost they mean nothing. `since` (levels, B) is the first step from which it was within each level up to its last;
    `paid(row)` is the price that each run had paid by a step of its own.
    """

    last: Whole
    end: Array
    lost: Mask
    loss: Array
    low: Array
    high: Array
    least: Array
    most: Array
    since: Whole
    met: float
    paid: Callable[[Whole], Whole]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The reductions of B runs, each (B,), as in SweepResult; `end` (d, B) is the answer after step `taken`, `met` one number,
    inf where it was not looked for.
    """

    end_gap: Array
    reached_step: Whole
    reached_evaluations: Whole
    evaluations: Whole
    taken: Whole
    status: npt.NDArray[np.int8]
    end: Array
    met: float


class Reducer:
    """Reduces one block of runs: pass `watch` to `simulate`, then call `outcome`.

    A step costs a handful of array passes: a run's last numbers are stored when it ends, and the rows that were within the
    target are looked through once, afterwards.
    """

    def __init__(self, criteria: Criteria, optimizer: Optimizer, runs: int) -> None:
        self._criteria, self._answer, self._runs = criteria, optimizer.answer, runs
        shape, tail = (criteria.problem.dimension, runs), metrics.tail(criteria.steps) + 1
        self._prices: list[Any] = []
        self._point: Array = np.empty(shape)
        self._recent: deque[Array] = deque(maxlen=tail)
        self._going: Mask = np.ones(runs, dtype=bool)
        self._count = runs
        self._lost: Mask = np.zeros(runs, dtype=bool)
        self._some_lost = False
        self._last, self._end, self._tail = np.zeros(runs, dtype=np.int64), np.full(shape, np.nan), np.full((tail, runs), np.nan)
        self._met = np.inf
        self._lowest = np.nan if criteria.lowest is None else criteria.lowest
        self._levels = criteria.levels
        self._good = np.empty((criteria.steps + 1, len(self._levels), runs), dtype=bool)
        self._gap, self._sound, self._finite = (
            np.empty(runs),
            np.empty(runs, dtype=bool),
            np.empty((shape[0] + 1, runs), dtype=bool),
        )

    def watch(self, x: Array, state: State, oracle: CountingOracle) -> bool:
        """Process the points after one step; return True once every run has stopped."""
        value, gradient, hessian = oracle.counts()
        price = value + gradient + self._criteria.problem.dimension * hessian
        if self._criteria.budget is not None and self._prices and np.any(price > self._criteria.budget):
            self._end_runs(self._going & (price > self._criteria.budget))
            if not self._count:
                return True
        self._prices.append(price)
        self._point = x if self._answer is None else self._answer(x, state)
        loss = self._criteria.problem.value(self._point)
        if self._criteria.budget is not None or len(self._prices) > self._criteria.steps - len(self._tail):
            self._recent.append(loss)  # without a budget only a lost run ends before its time, and it has no tail
        self._update_lowest(self._point, loss)
        gap = loss if self._lowest == 0.0 else np.subtract(loss, self._lowest, out=self._gap)
        for level, good in zip(self._levels, self._good[len(self._prices) - 1], strict=True):
            np.less_equal(gap, level, out=good)
        if self._some_lost or not _surely_finite(x, loss) or self._answer is not None:
            self._end_lost_runs(x, loss)
        return not self._count

    def _end_lost_runs(self, x: Array, loss: Array) -> None:
        """End the runs whose points or losses are no longer finite."""
        np.isfinite(x, out=self._finite[:-1])
        np.isfinite(loss, out=self._finite[-1])
        sound = np.logical_and.reduce(self._finite, axis=0, out=self._sound)
        if self._answer is not None:
            own = self._criteria.problem.value(x)
            sound &= np.isfinite(own)
            self._update_lowest(x, own)
        sound &= self._going
        if np.count_nonzero(sound) < self._count:
            lost = self._going & ~sound
            self._lost |= lost
            self._some_lost = True
            self._end_runs(lost)

    def _end_runs(self, ended: Mask) -> None:
        """Store the last row of the runs that have just ended."""
        which = np.flatnonzero(ended)
        self._going &= ~ended
        self._count -= len(which)
        self._last[which] = len(self._prices) - 1
        self._end[:, which] = self._point[:, which]
        for back, loss in enumerate(reversed(self._recent)):
            self._tail[back, which] = loss[which]

    def _update_lowest(self, points: Array, loss: Array) -> None:
        """Update the lowest value of all runs, as a race does: in the domain where a lowest minimum was found, else anywhere."""
        if not self._criteria.search:
            return
        lower = np.flatnonzero((loss < self._met) & np.isfinite(loss) & self._going)
        if len(lower) and self._criteria.problem.lowest is not None:
            lower = lower[metrics.inside(points[:, lower].T, self._criteria.window(lower).domain)]
        if len(lower):
            self._met = float(np.min(loss[lower]))

    def outcome(self) -> Outcome:
        """Return the reductions of the runs so far."""
        self._end_runs(self._going.copy())
        tails = _tails(self._last)
        with np.errstate(all="ignore"):
            (low, high), (least, most) = (self._extremes(count) for count in (tails, np.minimum(tails, self._last) + 1))
        since = self._within_since()
        ends = Ends(self._last, self._end, self._lost, self._tail[0], low, high, least, most, since, met=self._met, paid=self._paid)
        return judged(self._criteria, ends)

    def _extremes(self, count: Whole) -> tuple[Array, Array]:
        """Return the lowest and the highest loss of each run's last steps, so many of them."""
        counted = np.arange(len(self._tail))[:, None] < count
        low = np.min(self._tail, axis=0, where=counted, initial=np.inf)
        return low, np.max(self._tail, axis=0, where=counted, initial=-np.inf)

    def _within_since(self) -> Whole:
        """Return the first step from which each run was within each target up to its last step, (targets, B); last + 1 if none."""
        after = np.arange(1, len(self._prices) + 1, dtype=np.min_scalar_type(-1 - len(self._prices)))[:, None, None]
        since = np.zeros(self._good.shape[1:], dtype=after.dtype)
        whole = (self._last == len(after) - 1).all()
        for first in range(0, len(after), _ROWS):  # a few rows at a time stay in the cache
            rows = after[first : first + _ROWS]
            late = ~self._good[first : first + len(rows)] * rows
            np.maximum(since, np.max(late if whole else late * (rows <= self._last + 1), axis=0), out=since)
        return since.astype(np.int64)

    def _paid(self, row: Whole) -> Whole:
        """Return the price that each run had paid by a row of its own, (B,)."""
        if all(isinstance(price, int) for price in self._prices):
            return np.array(self._prices, dtype=np.int64)[row]
        whole: Whole = np.stack([np.broadcast_to(price, self._runs) for price in self._prices])
        return np.asarray(whole[row, np.arange(self._runs)])


def _tails(last: Whole) -> Whole:
    """Return the length of the tail of runs that took so many steps."""
    return np.minimum(20, np.maximum(1, last // 10))


def judged(criteria: Criteria, ends: Ends) -> Outcome:
    """Return the reductions of runs that have ended."""
    lowest = np.nan if criteria.lowest is None else criteria.lowest
    with np.errstate(all="ignore"):
        here = metrics.inside(ends.end.T, criteria.window().domain) & ~ends.lost
        deepest, latest = ends.low - lowest, ends.last - _tails(ends.last) + 1
        kept = [
            np.where(here & (since <= latest) & (deepest >= -level), since, -1)
            for since, level in zip(ends.since, criteria.levels, strict=True)
        ]
        gap = ends.high - lowest
        gap[ends.lost] = np.inf
        return Outcome(
            end_gap=gap,
            reached_step=kept[0],
            reached_evaluations=np.where(kept[0] >= 0, ends.paid(kept[0]), -1),
            evaluations=ends.paid(ends.last),
            taken=ends.last,
            status=_status(criteria, ends, here, kept[-1] >= 0),
            end=ends.end,
            met=ends.met,
        )


def _status(criteria: Criteria, ends: Ends, here: Mask, low: Mask) -> npt.NDArray[np.int8]:
    """Return how the runs ended; `here` are those in the domain, `low` those that reached and kept the lowest value."""
    problem, lowest = criteria.problem, criteria.lowest
    converged = low & (lowest_value_source(problem, lowest) in {"known", "found"})
    still = np.flatnonzero(here & ~converged & (ends.last > 0) & settled(problem, ends.most - ends.least))
    rest = resting_points(problem, np.ascontiguousarray(ends.end[:, still]), lowest)
    local = still[in_minimum(rest, ends.loss[still]) & ~rest.falls]
    status = np.full(len(ends.last), UNSETTLED, dtype=np.int8)
    status[local] = LOCAL
    status[converged] = CONVERGED
    status[~here] = LEFT
    status[ends.lost | (metrics.window_widths(ends.end.T, criteria.window()) > DIVERGED_WIDTHS)] = DIVERGED
    return status


def _surely_finite(x: Array, loss: Array) -> bool:
    """Whether every number is finite, in a third of the time that looking at each takes; False may also mean a very large one."""
    return all(math.isfinite(row.dot(row)) for row in (*x, loss))
