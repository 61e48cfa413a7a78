"""Where runs came to rest: the stationary point that the Newton step leads to, and what kind of point it is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optim.core.derivatives import hessian
from optim.core.linalg import norm_by_squares
from optim.core.metrics import distance, inside
from optim.core.problem import Problem
from optim.core.types import Array, Mask
from optim.problems.lowest_value import lowest_value_source
from optim.problems.points import Judgement, Surface, encloses_minimum, judged

NEAR = 1e-2
"""Largest distance, as a share of the window's sides, between a run's end and the point that it is said to be at."""
ON = 1e-6
"""Largest distance, as a share of the window's mean side, between a run's end and a maximum that it is said to rest on."""
ROUNDS = 30
"""Most Newton steps: at a double root of the gradient each halves the distance only."""


@dataclass(frozen=True)
class Rest:
    """Of B runs ending at `ends` (d, B): the stationary `point` (d, B) near by, NaN where there is none, and its `value` (B,).

    `falls` (B,) says which are on their way into the lowest minimum, or just there.
    """

    problem: Problem
    ends: Array
    point: Array
    value: Array
    falls: Mask

    @cached_property
    def kinds(self) -> list[Judgement | None]:
        """What kind of points they are, None where Newton's method led to none."""
        there = np.flatnonzero(np.isfinite(self.value))
        kinds = dict(zip(there.tolist(), judged(Surface.of(self.problem), self.point[:, there]), strict=True))
        return [kinds.get(i) for i in range(len(self.value))]

    def of(self, i: int) -> "Rest":
        """Return the same of run i alone."""
        parts: tuple[Any, ...] = (self.ends, self.point, self.value, self.falls)
        return Rest(self.problem, *(np.ascontiguousarray(part[..., i : i + 1]) for part in parts))


def resting_points(problem: Problem, ends: Array, lowest: float | None) -> Rest:
    """Return the stationary points that Newton's method leads to from the ends (d, B), none beyond NEAR nor outside the domain.

    `lowest` is the lowest value of these runs' function, where one is known.
    """
    ends = np.where(inside(ends.T, problem.domain), ends, np.nan)
    with np.errstate(all="ignore"):
        size = np.array(problem.widths)[:, None]
        point, step = ends.copy(), np.full(ends.shape[1], np.inf)
        active = np.arange(ends.shape[1])
        for _ in range(ROUNDS):
            moved, length = _newton_step(problem, size, point[:, active])
            near = norm_by_squares((moved - ends[:, active]) / size) <= NEAR
            going = near & (length < step[active])
            point[:, active[going]], step[active[going]] = moved[:, going], length[going]
            step[active[~near]] = np.inf
            active = active[going & (length > 1e-14)]
            if not active.size:
                break
        still = step <= 1e-8
        if still.any():
            still &= _without_slope(problem, size, point)
        value = np.where(still, problem.value(point), np.nan)
        return Rest(problem, ends, np.where(still, point, np.nan), value, _falls_to_lowest(problem, ends, value, lowest))


def _falls_to_lowest(problem: Problem, ends: Array, value: Array, lowest: float | None) -> Mask:
    """Return from which ends Newton's method leads to the `lowest` value, or beside which, where it leads nowhere, a minimum is."""
    if lowest is None or lowest_value_source(problem, lowest) not in {"known", "found"}:
        return np.zeros(len(value), dtype=bool)
    size, unknown = np.array(problem.widths), np.isnan(value)
    falls = np.asarray(value - lowest <= problem.target)
    falls[unknown] = distance(ends[:, unknown].T / size, [tuple(np.array(one) / size) for one in problem.minima]) <= NEAR
    return falls


def _newton_step(problem: Problem, size: Array, x: Array) -> tuple[Array, Array]:
    """Return where a Newton step leads, leaving out directions without curvature, and its length in shares of the sides."""
    slope = problem.gradient(x) * size
    matrix = np.moveaxis(hessian(problem, x) * size * size[:, None], -1, 0)
    good: Mask = np.asarray(np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(slope).all(axis=0))
    curvature, axes = np.linalg.eigh(np.where(good[:, None, None], matrix, 0.0))
    along = np.einsum("nij,in->nj", axes, slope)
    bent = np.abs(curvature) > 1e-13 * np.max(np.abs(curvature), axis=1, keepdims=True)
    step = np.einsum("nij,nj->in", axes, np.where(bent, along / curvature, 0.0))
    step[:, ~good | ~bent.any(axis=1)] = np.inf
    return x - size * step, norm_by_squares(step)


def _without_slope(problem: Problem, size: Array, x: Array) -> Mask:
    """Return at which points the slope is next to nothing against that around them; beside a cusp, no short step means that."""
    ways = np.concatenate([np.eye(len(x)), -np.eye(len(x))], axis=1)
    around = x[..., None] + size[..., None] * (1e-3 * ways)[:, None, :]
    nearby = norm_by_squares(problem.gradient(around.reshape(len(x), -1)) * size).reshape(around.shape[1:])
    largest = np.max(np.where(np.isfinite(nearby), nearby, 0.0), axis=1, initial=0.0)
    return np.asarray(norm_by_squares(problem.gradient(x) * size) <= 1e-4 * largest)


def settled(problem: Problem, swing: Array) -> Mask:
    """Return of which runs the range of the last losses, `swing`, is next to nothing."""
    return np.asarray(swing <= 10 * problem.target)


def in_minimum(rest: Rest, loss: Array) -> Mask:
    """Return which of B runs, with `loss` (B,) at their ends, rest in a minimum.

    The minimum is the point that Newton's method finds, or a kink or cusp: then a ring of higher values stands around the end.
    """
    level = np.abs(loss - rest.value) <= rest.problem.target
    found = np.array([kind is not None and kind.kind == "minimum" for kind in rest.kinds], dtype=bool) & level
    unknown = np.flatnonzero([kind is None or kind.kind == "slope" for kind in rest.kinds])
    if len(unknown):
        found[unknown] = encloses_minimum(Surface.of(rest.problem), rest.ends[:, unknown])
    return found
