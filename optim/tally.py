"""Reductions of many runs while they run: a block's gaps, targets and ends are tallied step by step, and no path is kept."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim import metrics
from optim.bend import bend, falls_to_lowest, in_minimum
from optim.known import source
from optim.model import Array, Mask, Optimizer, Problem, State
from optim.oracle import CountingOracle
from optim.status import FAR

KINDS = ("converged", "local minimum", "left the window", "diverged", "unsettled")
"""What a sweep tells apart, by code. The first four are a race's status, judged by the same rules; "unsettled" runs are finite
and in the domain but in no minimum: a race says whether such a run is still moving, cycling, stalled or at a saddle."""
CONVERGED, LOCAL, LEFT, DIVERGED, UNSETTLED = range(5)
NOT_RUN = -1
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Terms:
    """What runs are judged by: `lowest` is what gaps are measured from, `target` the gap that counts as reached (both NaN where
    there is none), `budget` the evaluations after which a run stops.
    """

    problem: Problem
    steps: int
    lowest: float | None
    target: float | None
    budget: int | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is kept of B runs, each (B,): see SweepResult; `end` (d, B) is the answer after the last step, `met` one number."""

    end_gap: Array
    reached_step: Whole
    reached_evaluations: Whole
    evaluations: Whole
    taken: Whole
    status: npt.NDArray[np.int8]
    end: Array
    met: float


class Tally:
    """Watches one block of runs; `watch` goes to the engine, `outcome` is what is left of them."""

    def __init__(self, terms: Terms, optimizer: Optimizer, runs: int) -> None:
        self._terms, self._answer, self._runs = terms, optimizer.answer, runs
        self._row = -1
        self._ring = np.full((metrics.tail(terms.steps) + 1, runs), np.nan)
        self._lost: Mask = np.zeros(runs, dtype=bool)
        self._stopped: Mask = np.zeros(runs, dtype=bool)
        self._last = np.zeros(runs, dtype=np.int64)
        self._spent = np.zeros(runs, dtype=np.int64)
        self._end = np.empty((terms.problem.dimension, runs))
        self._met = np.inf
        default = np.nan if terms.lowest is None else metrics.default_target(terms.lowest)
        self._levels = [default] if terms.target is None else [terms.target, default]
        self._above = [np.full(runs, -1) for _ in self._levels]
        self._hit = np.zeros(runs, dtype=np.int64)

    def watch(self, x: Array, state: State, oracle: CountingOracle) -> bool:
        """Take in the points after one step; True once every run has stopped."""
        self._row += 1
        value, gradient, hessian = oracle.counts()
        price = np.broadcast_to(value + gradient + self._terms.problem.dimension * hessian, (self._runs,))
        if self._terms.budget is not None and self._row:
            self._stopped |= price > self._terms.budget
        going = ~(self._stopped | self._lost)
        if not going.any():
            return True
        point = x if self._answer is None else self._answer(x, state)
        loss = self._terms.problem.value(point)
        sound = np.isfinite(loss)
        for coordinate in x:
            sound &= np.isfinite(coordinate)
        if self._answer is not None:
            sound &= np.isfinite(self._terms.problem.value(x))
        np.copyto(self._last, self._row, where=going)
        np.copyto(self._spent, price, where=going)
        np.copyto(self._end, point, where=going)
        self._ring[self._row % len(self._ring)] = np.where(going, loss, self._ring[self._row % len(self._ring)])
        self._lost |= going & ~sound
        gap = loss - (np.nan if self._terms.lowest is None else self._terms.lowest)
        for i, (level, above) in enumerate(zip(self._levels, self._above, strict=True)):
            good = gap <= level
            if i == 0:
                np.copyto(self._hit, price, where=going & good & (above == self._row - 1))
            np.copyto(above, self._row, where=going & ~good)
        return False

    def outcome(self) -> Outcome:
        """Return the reductions of the runs so far."""
        terms, last = self._terms, self._last
        tails = np.minimum(20, np.maximum(1, last // 10))
        back = np.arange(len(self._ring))[:, None]
        recent = np.take_along_axis(self._ring, (last - back) % len(self._ring), axis=0)
        kept, more = back < tails, back < np.minimum(tails, last) + 1
        highest = np.max(recent, axis=0, where=kept, initial=-np.inf)
        end_gap = highest - (np.nan if terms.lowest is None else terms.lowest)
        end_gap[self._lost] = np.inf
        with np.errstate(all="ignore"):
            end = np.moveaxis(self._end, 0, -1)
            here = metrics.inside(end, terms.problem.domain) & ~self._lost
            kept_from = [np.where(here & (above <= last - tails), above + 1, -1) for above in self._above]
            reached = kept_from[0]
            status = np.full(self._runs, UNSETTLED, dtype=np.int8)
            lowest_there = source(terms.problem, terms.lowest) in {"known", "found"}
            converged = (kept_from[-1] >= 0) & lowest_there
            swing = np.max(recent, axis=0, where=more, initial=-np.inf) - np.min(recent, axis=0, where=more, initial=np.inf)
            open_ = np.flatnonzero(here & ~converged & (last > 0))
            losses = recent[0]
            bent = bend(terms.problem, np.ascontiguousarray(self._end[:, open_]))
            local = in_minimum(bent, losses[open_], swing[open_])
            local &= ~falls_to_lowest(terms.problem, terms.lowest, bent, losses[open_])
            status[open_[local]] = LOCAL
            status[converged] = CONVERGED
            status[~here] = LEFT
            status[self._lost | (metrics.window_widths(end, terms.problem) > FAR)] = DIVERGED
        inside_losses = losses[here & np.isfinite(losses)]
        met = float(np.min(inside_losses)) if inside_losses.size else np.inf
        return Outcome(end_gap, reached, np.where(reached >= 0, self._hit, -1), self._spent, last, status, self._end, met)
