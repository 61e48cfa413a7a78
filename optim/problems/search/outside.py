"""What a function does outside a window, as far as it is looked at: whether it keeps falling, and where it is lower."""

from dataclasses import dataclass

import numpy as np

from optim.core.problem import Problem
from optim.core.types import Array, Point
from optim.problems.search.nonsmooth import CIRCLE
from optim.problems.search.stationary import Window

ONES = np.ones((2, 1))
HALVES = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Half sides of the boxes about the origin that are looked at on a grid."""
CELLS = 40
GRIDS = np.concatenate([half * Window(-ONES, 2 * ONES, 0.0).grid(CELLS).reshape(2, -1) for half in HALVES], axis=1)
FAR = 10.0 ** np.arange(1.0, 13.0)
"""Radii of circles about the window, in its widths, on which a function that falls without end keeps falling."""
LASTING = 6
"""On how many of the last circles it must fall."""
_DIAGONAL = np.sqrt(0.5)
_AXES = np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, -1.0]])
WAYS = np.concatenate([CIRCLE, _AXES, _DIAGONAL * (_AXES + np.roll(_AXES, 1, axis=1))], axis=1)
CIRCLES = FAR[:, None] * WAYS[:, None, :]
BESIDE = 1.0 + float(np.finfo(float).eps) * np.array([-12.0, -8.0, -4.0, 4.0, 8.0, 12.0])
"""Factors that lead to neighbours of a far point: what is lower by rounding alone is as often higher there."""


@dataclass(frozen=True)
class Outside:
    """What a function does outside a window: the `lows` on circles of growing radius, (radii,), and their places, (2, radii).

    `place` is the lowest place on grids of boxes about the origin, (2, 1), with its `value`; `infinite` whether a circle has -inf.
    """

    problem: Problem
    window: Window
    lows: Array
    places: Array
    infinite: bool
    place: Array
    value: float

    @classmethod
    def of(cls, problem: Problem, window: Window) -> "Outside":
        """Look at a function outside a window; never raises or warns."""
        circles = (window.low + window.size / 2)[..., None] + window.size[..., None] * CIRCLES
        x = np.concatenate([GRIDS, circles.reshape(2, -1)], axis=1)
        with np.errstate(all="ignore"):
            values = problem.value(x)
        grid, far = np.split(np.where(np.isfinite(values), values, np.inf), [GRIDS.shape[1]])
        far = far.reshape(len(FAR), -1)
        rows, best, lowest = np.arange(len(FAR)), np.argmin(far, axis=1), int(np.argmin(grid))
        infinite = bool(np.any(values[grid.size :] == -np.inf))
        return cls(problem, window, far[rows, best], circles[:, rows, best], infinite, x[:, [lowest]], float(grid[lowest]))

    def falls_below(self, lowest: float) -> bool:
        """Whether the function keeps falling, below `lowest` too, as far as the circles go."""
        if self.infinite:
            return True
        lows = self.lows[-LASTING - 1 :]
        with np.errstate(all="ignore"):
            falls = -np.diff(lows)
            steady = np.isfinite(falls).all() and np.all(falls > 0) and np.all(falls[-3:] >= 0.9 * falls[-4:-1])
            if not steady or lows[-1] >= lowest:
                return False
            return bool(np.all(_beside(self.problem, self.places[:, -LASTING:]) < lows[:-1, None]))

    def lower_than(self, lowest: float) -> Point | None:
        """Return a place where the function is lower than `lowest` by more than counts; None where the grids show none."""
        with np.errstate(all="ignore"):
            below = lowest - 1e-9 * self.window.height - self.window.rounding(lowest)
            if not self.value < below or not np.all(_beside(self.problem, self.place) < below):
                return None
        return float(self.place[0, 0]), float(self.place[1, 0])


def _beside(problem: Problem, x: Array) -> Array:
    """Return the values at neighbouring numbers of points (2, n), (n, m)."""
    return problem.value((x[..., None] * BESIDE).reshape(2, -1)).reshape(x.shape[1], -1)
