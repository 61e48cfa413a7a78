"""Lowest places that no gradient shows: tips, kinks and edges of what is defined; and poles, where there is no lowest value."""

from dataclasses import dataclass

import numpy as np

from optim.core.problem import Problem, Stationary
from optim.core.types import Array, Mask
from optim.problems.search.stationary import CELLS, Window, described, distinct, local_minima

MAX_CANDIDATES, ROUNDS, SHRINK = 24, 200, 0.6
DIRECTIONS = 16
TURN = 2.399963229728653
"""The golden angle: turned by it each round, a few directions come to look everywhere."""
FINE = (np.arange(360) + 0.137) * (np.pi / 180)
CIRCLE = np.stack([np.cos(FINE), np.sin(FINE)])
"""Directions off the axes: along the axis of a pole the function is not defined."""
AXES = np.array([0.0, 0.5, 1.0, 1.5]) * np.pi
FOLLOWED, NARROWINGS = 40, 16
BETWEEN = np.array([side * part / 8 for part in range(1, 8) for side in (-1, 1)])
"""Where angles between two neighbours are tried, in shares of their distance."""
NEARER = (1e-3, 1e-5, 1e-7, 1e-9)
"""Radii at which values should come together where the function is continuous, and do not at a pole."""
SIDEWAYS = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])


@dataclass(frozen=True)
class Corners:
    """Minima found by values alone, and the first place where the function falls without end, None where there is none."""

    minima: tuple[Stationary, ...]
    pole: tuple[float, float] | None


def corner_points(problem: Problem, window: Window, known: list[Stationary]) -> Corners:
    """Return the minima that are not among `known`, by following values downhill; deterministic, never raises."""
    with np.errstate(all="ignore"):
        x = _candidates(problem, window, known)
        for _ in range(2):
            # A round number may lie on a kink exactly, and only from there the way along it is open.
            x = _new(problem, window, _descended(problem, window, x), known)
            x = _new(problem, window, _rounded(problem, window, _followed(problem, window, x)), known)
        pole = None
        low = np.zeros(x.shape[1], dtype=bool)
        for i, point in enumerate(x.T[:, :, None]):
            value = float(problem.value(point)[0])
            rings = around(problem, window, point, NEARER, CIRCLE)
            lows = [float(np.nanmin(ring)) if np.isfinite(ring).any() else np.nan for ring in rings]
            if _is_pole(lows, value):
                pole = pole or (float(point[0, 0]), float(point[1, 0]))
            else:
                low[i] = _comes_together(window, lows, value)
        found = described(problem, window, x[:, low])
        return Corners(tuple(one for one in found if one.kind in {"minimum", "plateau"}), pole)


def _candidates(problem: Problem, window: Window, known: list[Stationary]) -> Array:
    """Return grid points lower than all their neighbours, lowest first, where no minimum is known nearby."""
    grid = window.grid(CELLS)
    values = problem.value(grid.reshape(2, -1)).reshape(grid.shape[1:])
    low: Mask = local_minima(values)
    x = grid[:, low][:, np.argsort(values[low], kind="stable")]
    for found in known:
        if found.kind == "minimum":
            x = x[:, window.apart(x, np.array(found.point)[:, None]) > 3 / CELLS]
    return distinct(window, x, 2 / CELLS)[:, :MAX_CANDIDATES]


def _new(problem: Problem, window: Window, x: Array, known: list[Stationary]) -> Array:
    """Return the points in the window that are neither one another's nor a known point's neighbours."""
    x = x[:, window.inside(x)]
    x = distinct(window, x[:, np.argsort(problem.value(x), kind="stable")], 1e-4)
    for found in known:
        x = x[:, window.apart(x, np.array(found.point)[:, None]) > 1e-3]
    return x


def _descended(problem: Problem, window: Window, x: Array) -> Array:
    """Return where steps to the lowest of some directions lead, shorter ones where none is lower (compass search)."""
    radius = np.full(x.shape[1], 1.0 / CELLS)
    value = problem.value(x)
    for turn in range(ROUNDS):
        if not x.shape[1] or float(np.max(radius)) < 1e-16:
            break
        angles = (np.arange(DIRECTIONS) + 0.5) * (2 * np.pi / DIRECTIONS) + turn * TURN * (turn % 2)
        ways = _ways(np.concatenate([angles, AXES]))
        trials = x[..., None] + window.size[..., None] * radius[:, None] * ways[:, None, :]
        there = problem.value(trials.reshape(2, -1)).reshape(trials.shape[1:])
        there = _falling(there)
        best = np.argmin(there, axis=1)
        rows = np.arange(x.shape[1])
        better = there[rows, best] < value
        x = np.where(better, trials[:, rows, best], x)
        value = np.where(better, there[rows, best], value)
        radius = np.where(better, radius, radius * SHRINK) * window.inside(x)
    return x


def _followed(problem: Problem, window: Window, x: Array) -> Array:
    """Return where the points lead along kinks that are too narrow for a few directions: the lowest angle is searched for."""
    radius = np.full(x.shape[1], 1.0 / CELLS)
    value = problem.value(x)
    for _ in range(FOLLOWED if x.shape[1] else 0):
        rings = x[..., None] + window.size[..., None] * radius[:, None] * CIRCLE[:, None, :]
        around_it = _falling(problem.value(rings.reshape(2, -1))).reshape(rings.shape[1:])
        low, level = FINE[np.argmin(around_it, axis=1)], np.min(around_it, axis=1)
        width = np.full(x.shape[1], FINE[1] - FINE[0])
        for _ in range(NARROWINGS):
            sides = low + width * BETWEEN[:, None]
            trials = x[:, None, :] + window.size[:, None] * radius * _ways(sides)
            beside = _falling(problem.value(trials.reshape(2, -1)).reshape(sides.shape))
            best, lowest = np.argmin(beside, axis=0), np.min(beside, axis=0)
            apart = np.max(beside, axis=0, where=np.isfinite(beside), initial=-np.inf) - lowest
            low = np.where(lowest < level, sides[best, np.arange(x.shape[1])], low)
            level, width = np.minimum(level, lowest), width / 8
            if np.all(apart <= window.rounding(level)):
                break  # no angle between these is lower by more than rounding
        trial = x + window.size * radius * _ways(low)
        there = _falling(problem.value(trial))
        better = there < value - window.rounding(value)
        x, value = np.where(better, trial, x), np.where(better, there, value)
        radius = np.where(better, radius * 1.5, radius / 4)
        if np.all((radius < 1e-12) | (value == -np.inf)):
            break
    return x


def _rounded(problem: Problem, window: Window, x: Array) -> Array:
    """Return the points with round numbers in their place where those are as low."""
    value = problem.value(x)
    for digits in (12, 9, 6):
        tens = 10.0 ** (digits - np.ceil(np.log10(window.size)))
        rounded = np.round(x * tens) / tens + 0.0
        there = problem.value(rounded)
        take = np.isfinite(there) & (there <= value + window.rounding(value))
        x, value = np.where(take, rounded, x), np.where(take, there, value)
    return x


def _ways(angles: Array) -> Array:
    """Return unit vectors (2, ...), with an exact zero along the axes."""
    return np.round(np.stack([np.cos(angles), np.sin(angles)]), 15)


def _falling(values: Array) -> Array:
    """Return the values with those that are no way down, not a number, as infinitely high."""
    return np.where(np.isnan(values), np.inf, values)


def _is_pole(lows: list[float], value: float) -> bool:
    """Whether the values fall at least as much with every hundredth of the distance."""
    falls = -np.diff(lows)
    if value == -np.inf or lows[-1] == -np.inf:
        return True
    return bool(np.isfinite(falls).all() and np.all(falls > 0) and np.all(falls[1:] >= 0.9 * falls[:-1]) and value < lows[-2])


def _comes_together(window: Window, lows: list[float], value: float) -> bool:
    """Whether the values near come together towards this one, as they do wherever a function is continuous."""
    if not np.isfinite(value) or not np.isfinite(lows).any():
        return False
    together = value >= lows[-1] - 10 * abs(lows[-2] - lows[-1]) - window.rounding(value)
    return bool(together or np.isnan(lows[-2:]).any())


def around(problem: Problem, window: Window, point: Array, radii: tuple[float, ...], circle: Array) -> Array:
    """Return the values on circles about a point (2, 1), (radii, directions); NaN where the function is not finite."""
    rings = point[..., None] + window.size[..., None] * np.array(radii)[:, None] * circle[:, None, :]
    values = problem.value(rings.reshape(2, -1)).reshape(rings.shape[1:])
    return np.where(np.isfinite(values), values, np.nan)


def lowest_on_border(problem: Problem, window: Window, count: int = 4000) -> tuple[tuple[float, float], float]:
    """Return the lowest point of the window's border and its value: the best of `count` points per side, searched between."""
    border = window.border(count)
    values = _falling(problem.value(border))
    best = int(np.argmin(values))
    point, value = border[:, best : best + 1], float(values[best])
    high, step = window.low + window.size, window.size / count
    for _ in range(60):
        step = step / 2
        trials = point + step * SIDEWAYS
        # Only along the side: across it the point would leave the border.
        on = np.any((trials == window.low) | (trials == high), axis=0) & np.all((trials >= window.low) & (trials <= high), axis=0)
        there = np.where(on, _falling(problem.value(trials)), np.inf)
        pick = int(np.argmin(there))
        if there[pick] < value:
            point, value = trials[:, pick : pick + 1], float(there[pick])
    return (float(point[0, 0]), float(point[1, 0])), value
