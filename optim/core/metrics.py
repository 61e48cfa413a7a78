"""Measures of a recorded run: tail, gap, target, distance, and how straight the way was. Rows are steps, row 0 the start.

Below them is what a tie is, and the places of runs in an order.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim.core.linalg import point_norms
from optim.core.problem import Problem
from optim.core.types import Array, Box, Mask, Point

SAME = 1e-9
"""Scores that differ by less, relative to their size, are a tie: rounding makes no order."""


def tail(steps: int) -> int:
    """Return over how many last steps "kept" is judged."""
    return min(20, max(1, steps // 10))


def inside(points: Array, box: Box) -> Mask:
    """Return which of the points (..., d) lie in the box, its border included; its sides may be arrays (...)."""
    result: Mask = np.ones(points.shape[:-1], dtype=bool)
    for axis, (low, high) in enumerate(box):
        result &= (points[..., axis] >= low) & (points[..., axis] <= high)
    return result


def window_widths(points: Array, problem: Problem) -> Array:
    """Return how many window widths the points (..., d) are from the window's middle, in the farthest coordinate."""
    widths: Array = np.zeros(points.shape[:-1])
    for axis, (low, high) in enumerate(problem.view):
        away = np.abs(points[..., axis] - (low + high) / 2) / (high - low)
        widths = np.where(away > widths, away, np.where(np.isnan(away), np.nan, widths))
    return widths


def distance(points: Array, targets: Sequence[Point]) -> Array:
    """Return the distance of the points (..., d) to the nearest of `targets`; NaN where there are none."""
    if not targets:
        return np.full(points.shape[:-1], np.nan)
    nearest: Array = np.full(points.shape[:-1], np.inf)
    with np.errstate(all="ignore"):
        for target in targets:  # one at a time: there may be hundreds, and a race has many points
            nearest = np.minimum(nearest, point_norms(points - np.array(target)))
        return nearest


def nearest(point: Array, targets: Sequence[Point]) -> Point:
    """Return which of `targets` the point (d,) is nearest to."""
    return min(targets, key=lambda target: float(distance(point, [target])))


def kept_from(good: Mask) -> int | None:
    """Return the first step from which `good` (steps + 1,) holds to the end, or None where it does not hold at the end."""
    if not good[-1]:
        return None
    bad = np.flatnonzero(~good)
    return int(bad[-1]) + 1 if len(bad) else 0


def reached(gap: Array, target: float) -> int | None:
    """Return the first step from which the gap (steps + 1,) stays within `target`, None unless the whole tail does.

    A tail that goes below the lowest value by more than the target has found a lower one: it is no success.
    """
    if not np.all(np.abs(gap[-tail(len(gap) - 1) :]) <= target):
        return None
    return kept_from(gap <= target)


@dataclass(frozen=True)
class Travel:
    """How a run moved: `length` of its way, `detour` = length / straight line from start to end, `reversals` = share of steps
    that turn back by more than 90 degrees, `covered` = the share of the start's distance to the nearest minimum that it covered.
    """

    length: float
    detour: float
    reversals: float
    covered: float


def travel(path: Array, minima: Sequence[Point]) -> Travel:
    """Measure one run's path (steps + 1, d); only its finite rows count."""
    path = path[np.isfinite(path).all(axis=-1)]
    with np.errstate(all="ignore"):
        moves = np.diff(path, axis=0)
        lengths = point_norms(moves)
        straight = float(point_norms(path[-1] - path[0])) if len(path) else 0.0
        turns = np.sum(moves[1:] * moves[:-1], axis=-1) < 0 if len(moves) > 1 else np.zeros(1)
        gone = distance(path[[0, -1]], minima) if len(path) else np.full(2, np.nan)
        length = float(np.sum(lengths))
        return Travel(
            length=length,
            detour=length / straight if straight > 0 else float("inf") if length > 0 else 1.0,
            reversals=float(np.mean(turns)),
            covered=float(1.0 - gone[1] / gone[0]) if gone[0] > 0 else float("nan"),
        )


def largest_curvature(hessians: Array) -> Array:
    """Return the largest eigenvalue of each Hessian (d, d, ...); NaN where one is not finite."""
    matrices: npt.NDArray[np.float64] = np.moveaxis(hessians, (0, 1), (-2, -1))
    finite = np.isfinite(matrices).all(axis=(-2, -1))
    result = np.full(matrices.shape[:-2], np.nan)
    result[finite] = np.linalg.eigvalsh(matrices[finite])[..., -1]
    return result


def same(one: float, other: float, size: float = 0.0) -> bool:
    """Return whether two scores tie: they differ by less than `SAME` of the larger one, or of `size` where that is larger still."""
    return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME * size)


def places(order: Sequence[int], tie: Callable[[int, int], bool]) -> tuple[int, ...]:
    """Return the place of every entry, from 1, of an order; those that `tie` with the first at a place share it, as in 1, 1, 3."""
    shared, first, place = [0] * len(order), -1, 0
    for rank, entry in enumerate(order, start=1):
        if rank == 1 or not tie(first, entry):
            first, place = entry, rank
        shared[entry] = place
    return tuple(shared)
