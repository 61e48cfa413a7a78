"""Where a function of two variables has no slope: Newton's method from a grid, then what kind of point each one is.

Everything is deterministic and vectorised over points. Lengths are shares of the window's sides, so that a long narrow window
is treated like a square one. Points are (2, n), one per column.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optim.core.derivatives import hessian
from optim.core.linalg import norm, norm_by_squares
from optim.core.problem import Problem, Stationary, low_height
from optim.core.types import Array, Box, Mask
from optim.problems.points import NOISE, Surface, encloses_minimum, judged

CELLS, FINE_CELLS, MAX_SEEDS, ROUNDS = 80, 640, 1500, 40
LINE, LINES = 3840, (0.137, 0.381, 0.5, 0.618, 0.863)
"""Points of a line across the window, a multiple of both numbers of cells, and where the lines are."""
FACTORS = np.array([1.0, 0.5, 0.2, 0.05, 2.0, 3.0])
"""Shares of the Newton step that are tried; the last two are whole steps at double and triple zeros of the gradient."""
LONGEST = 1 / 20
"""Longest Newton step, so that a point is found from near it."""
SINGULAR = 1e-6
"""A Hessian whose curvatures differ more than this is judged by values instead."""
SAME, APART = 1e-5, 1 / 40
"""Points nearer than this are one; APART is for the points that stand for a line of them."""
MAX_LINE = 24
"""Most points that stand for lines and plateaus."""
BESIDE = 1e-3
"""Where the slope around a point is looked at, to tell a slope of nothing from a small one."""
WITHIN = (1e-4, 3e-4, 1e-3)
"""How near to a point a minimum at a cusp must lie to be taken for it."""
HEIGHT_CELLS = 48
"""Cells along each side on which a function's height is measured."""
_ANGLES = (np.arange(64) + 0.25) * (2 * np.pi / 64)
CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])


@dataclass(frozen=True)
class Window:
    """A box as arrays: `low` and `size`, (2, 1), and the function's typical `height` in it, which rounding is measured by."""

    low: Array
    size: Array
    height: float

    @classmethod
    def of(cls, problem: Problem, box: Box) -> "Window":
        """Return the window of a box ((low, high), (low, high)) of a function."""
        low, high = np.array(box, dtype=float).T[:, :, None]
        bare = cls(low, high - low, 0.0)
        return replace(bare, height=low_height(problem.value(bare.grid(HEIGHT_CELLS).reshape(2, -1))))

    def rounding(self, value: Any) -> Any:
        """Return the difference between values that may be rounding alone."""
        return NOISE * (np.abs(value) + self.height)

    def grid(self, cells: int) -> Array:
        """Return the middles of cells x cells cells, (2, cells, cells): no whole numbers and no axes, where x**y is special."""
        middles = (np.arange(cells) + 0.5) / cells
        return np.asarray(self.low[..., None] + self.size[..., None] * np.stack(np.meshgrid(middles, middles)))

    def border(self, count: int = 400) -> Array:
        """Return points on the four sides, (2, 4 count)."""
        along = np.linspace(0.0, 1.0, count)
        ends = [np.stack([along, np.full(count, side)]) for side in (0.0, 1.0)]
        return np.asarray(self.low + self.size * np.concatenate([*ends, *(end[::-1] for end in ends)], axis=1))

    def inside(self, x: Array) -> Mask:
        """Return which points lie in the window."""
        shares = (x - self.low) / self.size
        result: Mask = np.all((shares >= -1e-9) & (shares <= 1 + 1e-9), axis=0)
        return result

    def apart(self, x: Array, point: Array) -> Array:
        """Return the distance of points (2, n) to a point (2, 1), in shares of the sides."""
        return norm((x - point) / self.size)


def resolving(problem: Problem, window: Window) -> tuple[int, bool]:
    """Return how many cells along a side show the function's waves, and whether they show all that a fine line meets.

    Waves are counted as ups and downs along lines across the window, on LINE points and on as many as there are cells.
    """
    with np.errstate(all="ignore"):
        along, across = (np.arange(LINE) + 0.5) / LINE, np.array(LINES)
        lines = np.stack([np.broadcast_to(along, (len(across), LINE)), np.broadcast_to(across[:, None], (len(across), LINE))])
        shares = np.concatenate([lines, lines[::-1]], axis=1)
        values = problem.value(window.low + window.size * shares.reshape(2, -1)).reshape(shares.shape[1:])
    waves = _turns(window, values)
    for cells in (CELLS, FINE_CELLS):
        if np.all(waves <= _turns(window, values[:, LINE // (2 * cells) :: LINE // cells]) + 2):
            return cells, True
    return FINE_CELLS, False


def _turns(window: Window, values: Array) -> Array:
    """Return how often each line of values goes up and down, leaving out what rounding alone may do."""
    change = np.diff(values, axis=1)
    sign = np.where(np.abs(change) > window.rounding(values[:, 1:]), np.sign(change), 0.0)
    counts = []
    for line in sign:
        moves = line[(line != 0) & ~np.isnan(line)]
        counts.append(int(np.count_nonzero(moves[1:] != moves[:-1])))
    return np.array(counts)


def smooth_points(problem: Problem, window: Window, cells: int) -> list[Stationary]:
    """Return the points in the window where the gradient is zero, as far as they were found, lowest first.

    Newton's method starts from `cells` x `cells` cells. A line or plateau of them is represented by points some way apart.
    Never raises; undefined regions are passed over.
    """
    with np.errstate(all="ignore"):
        found = _accepted(problem, window, _newton(problem, window, _seeds(problem, window, cells)))
        # Close companions, such as two minima with a saddle between them, share one cell of the grid.
        near = found[:, :30, None] + window.size[..., None] * (CIRCLE[:, ::8] / CELLS)[:, None, :]
        found = np.concatenate([found, _accepted(problem, window, _newton(problem, window, near.reshape(2, -1)))], axis=1)
        return sorted(_classified(problem, window, found), key=lambda item: (item.value, item.point))


def local_minima(grid: Array) -> Mask:
    """Return which values (n, m) of a grid are finite and no higher than any of their eight neighbours."""
    padded = np.pad(np.where(np.isfinite(grid), grid, np.inf), 1, constant_values=np.inf)
    rows, columns = grid.shape
    around = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    return np.asarray(np.isfinite(grid) & (grid <= np.min(around, axis=0)))


def thinned(x: Array, most: int) -> Array:
    """Return at most `most` of the points (2, n), evenly picked."""
    return x if x.shape[1] <= most else x[:, np.linspace(0, x.shape[1] - 1, most).astype(int)]


def _seeds(problem: Problem, window: Window, cells: int) -> Array:
    """Return where Newton's method starts: cells in which both slopes change sign, and where the slope is least."""
    grid = window.grid(cells)
    slopes = problem.gradient(grid.reshape(2, -1)).reshape(grid.shape) * window.size[..., None]
    corners = np.stack([slopes[:, i : i + cells - 1, j : j + cells - 1] for i in (0, 1) for j in (0, 1)])
    crossing: Mask = np.all((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0), axis=0)
    middles = (grid[:, :-1, :-1] + grid[:, 1:, 1:]) / 2
    least = local_minima(np.asarray(slopes[0] ** 2 + slopes[1] ** 2))
    centre = window.low + window.size / 2
    return np.concatenate([centre, thinned(middles[:, crossing], MAX_SEEDS), thinned(grid[:, least], MAX_SEEDS // 2)], axis=1)


def _newton_step(problem: Problem, window: Window, x: Array) -> tuple[Array, Array, Array]:
    """Return the Newton step (2, n) in shares of the sides, the scaled slope's length (n,), the scaled curvatures (n, 2)."""
    slope = problem.gradient(x) * window.size
    matrix = np.moveaxis(hessian(problem, x) * window.size * window.size[:, None], -1, 0)
    good = np.asarray(np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(slope).all(axis=0))
    curvature, axes = np.linalg.eigh(np.where(good[:, None, None], matrix, 0.0))
    largest = np.max(np.abs(curvature), axis=1, keepdims=True)
    along = np.einsum("nij,in->nj", axes, slope)
    # A direction without curvature has no Newton step; the other one still has.
    move = np.where(np.abs(curvature) > 1e-13 * largest, along / curvature, 0.0)
    step = -np.einsum("nij,nj->in", axes, move)
    return np.where(good, step, np.nan), np.where(good, norm_by_squares(slope), np.inf), np.where(good[:, None], curvature, np.nan)


def _newton(problem: Problem, window: Window, x: Array) -> Array:
    """Return where damped Newton steps on the gradient lead from the points: each takes the share that leaves least slope."""
    x = x.copy()
    active = np.arange(x.shape[1])
    for _ in range(ROUNDS):
        if not active.size:
            break
        step, before, _ = _newton_step(problem, window, x[:, active])
        length = norm_by_squares(step)
        step = step * np.minimum(1.0, LONGEST / np.where(length > 0, length, 1.0))
        trials = x[:, active, None] + window.size[..., None] * step[..., None] * FACTORS
        slopes = norm_by_squares(problem.gradient(trials.reshape(2, -1)) * window.size).reshape(trials.shape[1:])
        slopes = np.where(np.isfinite(slopes), slopes, np.inf)
        best = np.argmin(slopes, axis=1)
        rows = np.arange(len(active))
        better = slopes[rows, best] < before
        moved = trials[:, rows, best]
        x[:, active[better]] = moved[:, better]
        active = active[better & (length > 1e-14) & (window.apart(moved, window.low + window.size / 2) < 1.0)]
    return x


def _accepted(problem: Problem, window: Window, x: Array) -> Array:
    """Return those of the points where the slope vanishes against that around them, at round numbers where those do as well."""
    x = x[:, window.inside(x)]
    x = x[:, np.isfinite(problem.value(x))]
    around = x[..., None] + window.size[..., None] * (BESIDE * CIRCLE[:, ::16])[:, None, :]
    nearby = norm_by_squares(problem.gradient(around.reshape(2, -1)) * window.size).reshape(around.shape[1:])
    nearby = np.max(np.where(np.isfinite(nearby), nearby, 0.0), axis=1, initial=0.0)
    _, slope, _ = _newton_step(problem, window, x)
    good = slope <= 1e-5 * nearby
    x, slope, nearby = x[:, good], slope[good], nearby[good]
    digits = 7 - np.ceil(np.log10(window.size[:, 0]))
    for fewer in (0, 3):
        tens = 10.0 ** (digits[:, None] - fewer)
        rounded = np.round(x * tens) / tens
        _, there, _ = _newton_step(problem, window, rounded)
        take = (there <= np.maximum(slope, 1e-9 * nearby)) & window.inside(rounded)
        x, slope = np.where(take, rounded, x), np.where(take, there, slope)
    return x[:, np.argsort(slope, kind="stable")] + 0.0


def _classified(problem: Problem, window: Window, x: Array) -> list[Stationary]:
    """Return what the points are; of singular ones, which may form lines and plateaus, only some that stand apart."""
    _, _, curvature = _newton_step(problem, window, x)
    sizes = np.abs(curvature)
    # Curvature that changes the value by less than rounding is that of a plateau, such as the far tail of a peak.
    felt = window.rounding(problem.value(x)) < sizes.max(axis=1, initial=0.0) * APART**2
    regular = felt & (sizes.min(axis=1, initial=np.inf) > SINGULAR * sizes.max(axis=1, initial=0.0))
    kept = distinct(window, x[:, regular], SAME)
    radius, singular = APART, distinct(window, x[:, ~regular], APART)
    while singular.shape[1] > MAX_LINE:
        radius *= 1.5
        singular = distinct(window, singular, radius)
    alone = [i for i in range(singular.shape[1]) if not np.any(window.apart(kept, singular[:, i : i + 1]) < SAME)]
    return described(problem, window, np.concatenate([kept, singular[:, alone]], axis=1))


def described(problem: Problem, window: Window, x: Array) -> list[Stationary]:
    """Return the points (2, n) that are no mere slopes, judged by the values around them."""
    surface, values = Surface(problem, window.size, window.height), problem.value(x)
    kinds = judged(surface, x)
    # In a ravine with infinite slopes rounding hides how the floor lies near the point: there a wider ring has to tell.
    sharp = [i for i, told in enumerate(kinds) if told.kind == "slope" and told.form == "cusp"]
    for i, lies_within in zip(sharp, encloses_minimum(surface, x[:, sharp], WITHIN), strict=True):
        kinds[i] = replace(kinds[i], kind="minimum") if lies_within else kinds[i]
    return [
        Stationary((float(point[0]), float(point[1])), told.kind, float(value), told.isolated, told.form)
        for point, told, value in zip(x.T, kinds, values, strict=True)
        if told.kind != "slope"
    ]


def distinct(window: Window, x: Array, radius: float) -> Array:
    """Return the points (2, n) without those nearer than `radius` to an earlier one."""
    kept: list[int] = []
    free = np.ones(x.shape[1], dtype=bool)
    for i in range(x.shape[1]):
        if free[i]:
            kept.append(i)
            free &= window.apart(x, x[:, i : i + 1]) > radius
    return x[:, kept]
