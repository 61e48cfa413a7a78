"""Measurements of a function of two variables: its conditioning, the largest stable step, and its gradient checked."""

import math
from dataclasses import dataclass

import numpy as np

from optim.core.derivatives import central_difference, five_point_gradient, hessian
from optim.core.linalg import norm_by_squares
from optim.core.problem import Problem
from optim.core.types import Array
from optim.i18n.message import message
from optim.problems.lowest_value import surely_unbounded

POINTS = 200
"""Random places at which a gradient is checked."""
REACH = 1e-5
"""Half step between two slopes, as a share of the window."""
STEPS, AGREED = (1e-3, 1e-4, 1e-5), 1e-4
"""Steps of differences of values, as shares of the window, and up to which relative difference two of them agree."""
FLAT = 1e-3
"""A slope that changes the value by less than this share of it over the whole window counts as this steep in a comparison."""
SINGULAR = 1e-9
"""Share of the largest curvature below which another is zero."""


@dataclass(frozen=True)
class Conditioning:
    """The curvatures at the first minimum, smallest and largest; None with the reason in words where they mean nothing."""

    curvatures: tuple[float, float] | None
    reason: str = ""

    @property
    def kappa(self) -> float | None:
        """How many times steeper the steepest direction is than the flattest."""
        return None if self.curvatures is None else self.curvatures[1] / self.curvatures[0]

    @property
    def stable_step(self) -> float | None:
        """The learning rate from which plain gradient descent no longer settles at the minimum: 2 over the largest curvature."""
        return None if self.curvatures is None else 2.0 / self.curvatures[1]


def conditioning(problem: Problem) -> Conditioning:
    """Return the curvatures at the first known minimum, or why there are none."""
    if not problem.minima:
        none, unknown = message("it has no lowest point"), message("no lowest point is known")
        return Conditioning(None, none if surely_unbounded(problem) else unknown)
    minimum = np.array(problem.minima[0])
    with np.errstate(all="ignore"):
        curved = hessian(problem, minimum)
        jumps, typical = _kinked(problem, minimum, curved), _typical(problem)
        slope = float(np.linalg.norm(problem.gradient(minimum)))
    if jumps:
        return Conditioning(None, message("the lowest point is a kink: the slope jumps there, so there is no curvature to measure"))
    if slope > 1e-3 * typical:
        return Conditioning(None, message("the lowest point is on the edge of the domain, where the slope is not zero"))
    low, high = (float(value) for value in np.linalg.eigvalsh(curved))
    if high <= 0 or low <= SINGULAR * high:
        return Conditioning(
            None, message("the curvature at the lowest point is zero, so no learning rate is too large close to it")
        )
    return Conditioning((low, high))


def _kinked(problem: Problem, point: Array, curved: Array) -> bool:
    """Whether differences of the slope around a point contradict the Hessian there."""
    if not np.all(np.isfinite(curved)):
        return True
    width = min(problem.widths)
    h = REACH * width
    ways = np.array([[1.0, 0.0, 0.6, 0.8], [0.0, 1.0, 0.8, -0.6]])
    there = central_difference(problem.gradient, point[:, None], h * ways, h)
    off = np.abs(there - curved @ ways)
    # A slope that is continuous differs by less and less; one that jumps differs by about the jump over h.
    return not bool(np.all(off <= 0.01 * np.max(np.abs(curved)) + 0.01 * _typical(problem) / width))


def _typical(problem: Problem) -> float:
    """The median length of the gradient over the window."""
    length = norm_by_squares(problem.gradient(_places(problem, POINTS, 0)))
    length = length[np.isfinite(length)]
    return float(np.median(length)) if length.size else 0.0


@dataclass(frozen=True)
class GradientCheck:
    """How far a gradient is from differences of the function, relative to its length, at the worst of `points` places.

    `left_out` is at how many places there was no difference to compare with, as beside a kink or outside the domain.
    """

    difference: float
    points: int
    left_out: int


def gradient_check(problem: Problem, points: int = POINTS, seed: int = 0) -> GradientCheck:
    """Compare the gradient with five-point central differences at random places of the window, keyed by `seed`.

    At each place several steps are tried, each with its half; the pair that agrees best is taken. Where none agrees, the place is
    left out: the values alone decide that, so no wrong gradient hides there. The difference is relative to the gradient's length,
    but to no less than a slope of FLAT times the value over the window: below that a difference of values is all rounding.
    """
    x = _places(problem, points, seed)
    with np.errstate(all="ignore"):
        exact, value = problem.gradient(x), np.abs(problem.value(x))
        best, doubt = np.full_like(x, np.nan), np.full(points, np.inf)
        for share in STEPS:
            wide, narrow = (five_point_gradient(problem.value, x, part * min(problem.widths)) for part in (share, share / 2))
            apart = norm_by_squares(wide - narrow)
            better = apart < doubt
            best, doubt = np.where(better, narrow, best), np.where(better, apart, doubt)
        least = FLAT * np.maximum(value, np.median(value[np.isfinite(value)])) / min(problem.widths)
        scale = np.maximum(norm_by_squares(best), least)
        relative = norm_by_squares(exact - best) / scale
        agreed = doubt < AGREED * scale
    worst = float(np.max(relative[agreed])) if agreed.any() else math.nan
    return GradientCheck(worst, int(agreed.sum()), int(points - agreed.sum()))


def _places(problem: Problem, points: int, seed: int) -> Array:
    random = np.random.default_rng(seed)
    return np.stack([random.uniform(low, high, points) for low, high in problem.view])
