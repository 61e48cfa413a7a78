"""Where runs came to rest: the stationary point that the Newton step leads to, and what kind of point it is."""

from dataclasses import dataclass

import numpy as np

from optim.core.derivatives import hessian
from optim.core.linalg import norm_by_squares
from optim.core.metrics import distance
from optim.core.problem import Problem
from optim.core.types import Array, Mask
from optim.problems.lowest_value import lowest_value_source
from optim.problems.points import Judgement, Surface, encloses_minimum, judged

NEAR = 1e-2
"""Largest distance, as a share of the window's sides, between a run's end and the point that it is said to be at."""
ROUNDS = 30
"""Most Newton steps: at a double root of the gradient each halves the distance only."""


@dataclass(frozen=True)
class Rest:
    """Of B runs: `point` (d, B) the stationary point near their end, NaN where there is none, and the `value` (B,) there."""

    point: Array
    value: Array


def resting_points(problem: Problem, ends: Array) -> Rest:
    """Return the stationary points that Newton's method leads to from the ends (d, B), none beyond NEAR."""
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
        return Rest(np.where(still, point, np.nan), np.where(still, problem.value(point), np.nan))


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


def what_rests(problem: Problem, rest: Rest) -> list[Judgement | None]:
    """Return what kind of points runs rest at, None where Newton's method led to none."""
    there = np.flatnonzero(np.isfinite(rest.value))
    kinds = dict(zip(there.tolist(), judged(Surface.of(problem), rest.point[:, there]), strict=True))
    return [kinds.get(i) for i in range(len(rest.value))]


def in_minimum(problem: Problem, ends: Array, loss: Array, swing: Array) -> Mask:
    """Return which of B runs, at `ends` (d, B) with `loss` (B,) and `swing` (B,) the range of their last losses, rest in a minimum.

    The minimum is the point that Newton's method finds, or a kink or cusp: then a ring of higher values stands around the end.
    """
    small, found = problem.target, np.zeros(len(loss), dtype=bool)
    still = np.flatnonzero(swing <= 10 * small)
    if not len(still):
        return found
    rest = resting_points(problem, ends[:, still])
    kinds = what_rests(problem, rest)
    level = np.abs(loss[still] - rest.value) <= small
    found[still] = [kind is not None and kind.kind == "minimum" and good for kind, good in zip(kinds, level.tolist(), strict=True)]
    unknown = still[[kind is None or kind.kind == "slope" for kind in kinds]]
    found[unknown] = encloses_minimum(Surface.of(problem), ends[:, unknown])
    return found


def falls_to_lowest(problem: Problem, lowest: float | None, ends: Array) -> Mask:
    """Return which of B runs, at `ends` (d, B), are on their way into the lowest minimum, or just there."""
    if lowest is None or lowest_value_source(problem, lowest) not in {"known", "found"}:
        return np.zeros(ends.shape[1], dtype=bool)
    with np.errstate(all="ignore"):
        rest, size = resting_points(problem, ends), np.array(problem.widths)
        sharp = np.isnan(rest.value) & (distance(ends.T / size, [tuple(np.array(one) / size) for one in problem.minima]) <= NEAR)
        return np.asarray((rest.value - lowest <= problem.target) | sharp)
