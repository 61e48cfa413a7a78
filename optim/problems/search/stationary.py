"""Where a function of two variables has no slope: Newton's method from a grid, then what kind of point each one is.

Everything is deterministic and vectorised over points. Lengths are shares of the window's sides, so that a long narrow window
is treated like a square one. Points are (2, n), one per column.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optim.core.derivatives import hessian
from optim.core.linalg import norm_by_squares
from optim.core.problem import Problem, Stationary
from optim.core.types import Array, Box, Mask

CELLS, MAX_SEEDS, ROUNDS = 80, 1500, 40
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
RADII = (1e-3, 1e-2)
"""Where values around a point are looked at."""
_ANGLES = (np.arange(64) + 0.25) * (2 * np.pi / 64)
CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])


@dataclass(frozen=True)
class Window:
    """A box as arrays: `low` and `size`, (2, 1)."""

    low: Array
    size: Array

    @classmethod
    def of(cls, box: Box) -> "Window":
        """Return the window of a box ((low, high), (low, high))."""
        low, high = np.array(box, dtype=float).T[:, :, None]
        return cls(low, high - low)

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
        return norm_by_squares((x - point) / self.size)


def smooth_points(problem: Problem, window: Window) -> list[Stationary]:
    """Return the points in the window where the gradient is zero, as far as they were found, lowest first.

    A line or plateau of them is represented by points some way apart. Never raises; undefined regions are passed over.
    """
    with np.errstate(all="ignore"):
        found = _accepted(problem, window, _newton(problem, window, _seeds(problem, window)))
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


def _seeds(problem: Problem, window: Window) -> Array:
    """Return where Newton's method starts: cells in which both slopes change sign, and where the slope is least."""
    grid = window.grid(CELLS)
    slopes = problem.gradient(grid.reshape(2, -1)).reshape(grid.shape) * window.size[..., None]
    corners = np.stack([slopes[:, i : i + CELLS - 1, j : j + CELLS - 1] for i in (0, 1) for j in (0, 1)])
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
    around = x[..., None] + window.size[..., None] * (RADII[0] * CIRCLE[:, ::16])[:, None, :]
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


def _classified(problem: Problem, window: Window, x: Array) -> Iterator[Stationary]:
    _, _, curvature = _newton_step(problem, window, x)
    sizes = np.abs(curvature)
    # Curvature that changes the value by less than rounding is that of a plateau, such as the far tail of a peak.
    felt = 1e-13 * np.maximum(1.0, np.abs(problem.value(x))) < sizes.max(axis=1, initial=0.0) * RADII[1] ** 2
    regular = felt & (sizes.min(axis=1, initial=np.inf) > SINGULAR * sizes.max(axis=1, initial=0.0))
    x_regular = distinct(window, x[:, regular], SAME)
    _, _, curvatures = _newton_step(problem, window, x_regular)
    values = problem.value(x_regular)
    for i in range(x_regular.shape[1]):
        kind = "minimum" if curvatures[i, 0] > 0 else "maximum" if curvatures[i, 1] < 0 else "saddle"
        yield Stationary(_point(x_regular[:, i]), kind, float(values[i]))  # type: ignore[arg-type]
    radius, singular = APART, distinct(window, x[:, ~regular], APART)
    while singular.shape[1] > MAX_LINE:
        radius *= 1.5
        singular = distinct(window, singular, radius)
    for point in singular.T[:, :, None]:
        if not np.any(window.apart(x_regular, point) < SAME):
            yield _by_values(problem, window, point)


def _by_values(problem: Problem, window: Window, point: Array) -> Stationary:
    """Judge a point whose curvature vanishes one way by the values around it, and by whether its neighbours are such points too."""
    value = float(problem.value(point)[0])
    differences = around(problem, window, point, RADII) - value
    tolerance = rounding(value)
    higher, lower = bool(np.any(differences > tolerance)), bool(np.any(differences < -tolerance))
    kind = "degenerate" if higher and lower else "maximum" if lower else "minimum"
    _, _, curvature = _newton_step(problem, window, point)
    slack = np.linalg.eigh(np.moveaxis(hessian(problem, point) * window.size * window.size[:, None], -1, 0))[1][0]
    flat = slack[:, np.abs(curvature[0]) <= SINGULAR * max(np.max(np.abs(curvature)), 1e-300)]
    beside = np.concatenate([point + window.size * RADII[1] * side * flat for side in (-1, 1)], axis=1)
    followed = _accepted_plateau(problem, window, _newton(problem, window, beside))
    isolated = not np.any((window.apart(followed, point) > RADII[1] / 2) & (np.abs(problem.value(followed) - value) <= tolerance))
    return Stationary(_point(point[:, 0]), kind, value, isolated)  # type: ignore[arg-type]


def _accepted_plateau(problem: Problem, window: Window, x: Array) -> Array:
    _, slope, _ = _newton_step(problem, window, x)
    return np.concatenate([_accepted(problem, window, x), x[:, slope == 0.0]], axis=1)


def around(problem: Problem, window: Window, point: Array, radii: tuple[float, ...], circle: Array = CIRCLE) -> Array:
    """Return the values on circles about a point (2, 1), (radii, directions); NaN where the function is not finite."""
    rings = point[..., None] + window.size[..., None] * np.array(radii)[:, None] * circle[:, None, :]
    values = problem.value(rings.reshape(2, -1)).reshape(rings.shape[1:])
    return np.where(np.isfinite(values), values, np.nan)


def rounding(value: float) -> float:
    """Return the difference between values that may be rounding alone."""
    return 1e-13 * max(1.0, abs(value))


def distinct(window: Window, x: Array, radius: float) -> Array:
    """Return the points (2, n) without those nearer than `radius` to an earlier one."""
    kept: list[int] = []
    free = np.ones(x.shape[1], dtype=bool)
    for i in range(x.shape[1]):
        if free[i]:
            kept.append(i)
            free &= window.apart(x, x[:, i : i + 1]) > radius
    return x[:, kept]


def _point(x: Array) -> tuple[float, float]:
    return float(x[0]), float(x[1])
