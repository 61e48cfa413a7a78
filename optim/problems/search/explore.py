"""A window, starts, and what stands still in it, for a function that nobody has described: what a typed formula is shown with.

Nothing here is proven. The window is looked at on a grid, stationary points are found by Newton's method, and what follows from
them is reported as found, not as known: see optim.core.problem.Search.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from optim.core.linalg import norm_by_squares
from optim.core.problem import Problem, Search, Stationary
from optim.core.types import Array, Box, Point
from optim.problems.search.nonsmooth import corner_points, lowest_on_border
from optim.problems.search.outside import HALVES, Outside
from optim.problems.search.poles import pole_of
from optim.problems.search.stationary import Window, resolving, smooth_points

DEFAULT: Box = ((-5.0, 5.0), (-5.0, 5.0))
MAX_LISTED = 400
FARTHEST = 1e6
"""How far from the origin a window may reach, along each axis: as far as a start may lie."""
FLAT_BORDER, NEARLY_FLAT = 0.1, 100.0
"""A share of a box's border as low as its lowest place is no line of minima but a flat; how many roundings are next to nothing."""
SMALL = 0.05
"""Where everything found fits in this share of the window, a smaller window is taken."""
_PLACES = ((0.1, 0.8), (0.88, 0.66), (0.24, 0.14), (0.7, 0.07), (0.93, 0.35), (0.37, 0.91), (0.58, 0.27), (0.16, 0.43))


FAR_STARTS, FAR_ROUNDS = 12, 120


@dataclass(frozen=True)
class _BoxSearch:
    """What was found in one box: points, lowest first, the share that is defined, the lowest value seen, what speaks against it."""

    problem: Problem
    box: Box
    window: Window
    points: tuple[Stationary, ...]
    defined: float
    seen: float
    edge: bool
    pole: Point | None
    complete: bool

    @cached_property
    def outside(self) -> Outside:
        """What the function does outside the box."""
        return Outside.of(self.problem, self.window)

    @property
    def minima(self) -> list[Stationary]:
        return [found for found in self.points if found.kind in {"minimum", "plateau"}]

    @property
    def best(self) -> list[Stationary]:
        """The minima that are equally low, as far as differences count: less than what counts as reaching one."""
        if not self.minima:
            return []
        least = self.minima[0].value
        return [found for found in self.minima if found.value <= least + 1e-9 * self.window.height + self.window.rounding(least)]

    @property
    def lowest(self) -> float:
        """The value of the lowest minimum; inf where there is none."""
        return self.minima[0].value if self.minima else math.inf

    @property
    def encloses_lowest(self) -> bool:
        """Whether the lowest place is well inside the box."""
        lowest = np.array([found.point for found in self.best]).reshape(-1, 2).T
        shares = (lowest - self.window.low) / self.window.size
        return bool(np.any(np.all(np.abs(shares - 0.5) < 0.48, axis=0))) and not self.edge and self.pole is None


def explored(problem: Problem, box: Box | None = None) -> Problem:
    """Return a two-dimensional problem with a window, starts, stationary points and the minima found in the window.

    The window is `box`, or is chosen so that it reaches the lowest minimum that is found. Deterministic; never raises or warns,
    wherever the function is undefined. `search` of the result says what is not known.
    """
    with np.errstate(all="ignore"):
        result = _search_boxes(problem) if box is None else _search_box(problem, box)
        outside = result.outside.falls_below(result.lowest)
        falls: Literal["", "outside", "pole"] = "pole" if result.pole else "outside" if outside else ""
        known = result.minima and not (falls or result.edge)
        lower = result.outside.lower_than(result.lowest) if known else None
        starts = _starts(problem, result.window)
    kinds = Counter(found.kind if found.isolated else "flat" for found in result.points)
    return replace(
        problem,
        domain=result.box,
        view=result.box,
        minima=() if falls or result.edge else tuple(found.point for found in result.best[:MAX_LISTED]),
        lowest_value=None,
        starts=starts,
        bounded=not falls,
        stationary=result.points[:MAX_LISTED],
        search=Search(
            result.box,
            tuple(sorted(kinds.items())),
            result.defined,
            result.edge,
            falls,
            result.pole,
            max(0, len(result.points) - MAX_LISTED),
            result.complete,
            lower,
        ),
    )


def explored_within(problem: Problem, box: Box) -> Problem:
    """Return a two-dimensional problem whose domain is `box`, with the lowest minimum found there, on its border too.

    What the function does outside is no concern: on a closed box it has a lowest value.
    """
    found = explored(problem, box)
    assert found.search is not None
    minima, lowest = found.minima, found.lowest
    with np.errstate(all="ignore"):
        window = Window.of(problem, box)
        interior = min((one.value for one in found.stationary if one.kind == "minimum"), default=math.inf)
        border, value = lowest_on_border(problem, window)
        if value < interior - window.rounding(value):
            minima = (border,)
        elif lowest is None:
            ties = 1e-9 * window.height + window.rounding(interior)
            minima = tuple(one.point for one in found.stationary if one.kind == "minimum" and one.value <= interior + ties)
    search = replace(found.search, edge=False, falls="", lower=None)
    return replace(found, minima=minima, bounded=True, search=search)


def _search_boxes(problem: Problem) -> _BoxSearch:
    """Search the default window, or where the function is defined; then wider ones, where it is lower outside.

    Where none has a minimum inside that is as low as what was seen before, the first window stays: there may only be a limit that
    the function comes ever nearer to, or what is lower may be too narrow for a wide window.
    """
    first = _search_box(problem, _defined_box(problem))
    enough = first.lowest if first.encloses_lowest else math.inf
    if first.pole is not None or first.outside.falls_below(enough):
        return _zoomed(problem, first)
    if first.encloses_lowest and first.outside.lower_than(first.lowest) is None:
        return _zoomed(problem, first)
    tries = 0
    for half in HALVES:
        box: Box = ((-half, half), (-half, half))
        if tries < 2 and _promising(problem, Window.of(problem, box), enough):
            tries += 1
            result = _search_box(problem, box)
            if _leads(problem, first, result):
                return _zoomed(problem, result)
    if first.encloses_lowest:
        return _zoomed(problem, first)
    far = _search_box(problem, _far_box(problem, first.window))
    return _zoomed(problem, far) if _leads(problem, first, far) else first


def _leads(problem: Problem, first: _BoxSearch, other: _BoxSearch) -> bool:
    """Whether another box has a minimum inside that is as low as anything seen in the first."""
    slack = 1e-9 * first.window.height + first.window.rounding(first.seen)
    return other.encloses_lowest and other.lowest <= first.seen + slack and not _dies_away(problem, first, other)


def _dies_away(problem: Problem, first: _BoxSearch, other: _BoxSearch) -> bool:
    """Whether the lowest place of another box is but the tail of a function that goes towards a limit, flat by rounding alone.

    There much of the border is as low, and on the way from the first window the last heights above it are next to nothing,
    as of exp(x) far on the left. The flat bottom of max(0, x + 30) is come to otherwise, all along a slope.
    """
    place = np.array(other.best[0].point)[:, None]
    lowest = other.best[0].value
    if np.mean(problem.value(other.window.border()) <= lowest + other.window.rounding(lowest)) < FLAT_BORDER:
        return False
    grid = first.window.grid(60).reshape(2, -1)
    values = problem.value(grid)
    start = grid[:, [int(np.argmin(np.where(np.isfinite(values), values, np.inf)))]]
    above = problem.value(start + (place - start) * np.geomspace(1e-6, 1.0, 2000)) - lowest
    rounding = first.window.rounding(lowest)
    higher = above[~(above <= rounding)]
    return not higher.size or bool(higher[-1] <= NEARLY_FLAT * rounding)


def _far_box(problem: Problem, window: Window) -> Box:
    """Return a box around the lowest place that steps downhill lead to from the window, doubled as long as they go down.

    Neither the place nor the box is beyond FARTHEST.
    """
    x = np.concatenate([window.grid(24).reshape(2, -1), window.border(24)], axis=1)
    values = problem.value(x)
    x = x[:, np.argsort(np.where(np.isfinite(values), values, np.inf), kind="stable")[:FAR_STARTS]]
    value, radius = problem.value(x), np.full(x.shape[1], 0.5)
    angles = np.arange(FAR_STARTS) * (2 * np.pi / FAR_STARTS)
    for turn in range(FAR_ROUNDS):
        ways = np.stack([np.cos(angles + 2.4 * turn), np.sin(angles + 2.4 * turn)])
        trials = x[..., None] + window.size[..., None] * radius[:, None] * ways[:, None, :]
        there = problem.value(trials.reshape(2, -1)).reshape(trials.shape[1:])
        there = np.where(np.isfinite(there) & np.all(np.abs(trials) <= FARTHEST, axis=0), there, np.inf)
        best, rows = np.argmin(there, axis=1), np.arange(x.shape[1])
        lower = there[rows, best] < value
        x, value = np.where(lower, trials[:, rows, best], x), np.where(lower, there[rows, best], value)
        radius = np.where(lower, 2.0 * radius, 0.6 * radius)
    place = x[:, int(np.argmin(np.where(np.isfinite(value), value, np.inf)))]
    away = float(np.max(np.abs(place[:, None] - window.low - window.size / 2)))
    half = _nice(max(10.0, away / 5))
    sides = [(_to(float(c) - half, half / 10), _to(float(c) + half, half / 10)) for c in place]
    return tuple((max(low, -FARTHEST), min(high, FARTHEST)) for low, high in sides)


def _search_box(problem: Problem, box: Box) -> _BoxSearch:
    window = Window.of(problem, box)
    cells, complete = resolving(problem, window)
    smooth = smooth_points(problem, window, cells)
    corners = corner_points(problem, window, smooth)
    points = tuple(sorted([*smooth, *corners.minima], key=lambda found: (found.value, found.point)))
    inner, border = (problem.value(x) for x in (window.grid(60).reshape(2, -1), window.border()))
    defined = float(np.mean(np.isfinite(inner)))
    lowest = min((found.value for found in points if found.kind in {"minimum", "plateau"}), default=math.inf)
    slack = window.rounding(lowest) if math.isfinite(lowest) else 0.0
    seen = min(_least(inner), _least(border))
    pole = corners.pole or pole_of(problem, window)
    return _BoxSearch(problem, box, window, points, defined, min(seen, lowest), bool(seen < lowest - slack), pole, complete)


def _least(values: Array) -> float:
    return float(np.min(values[np.isfinite(values)], initial=math.inf))


def _promising(problem: Problem, window: Window, enough: float) -> bool:
    """Whether the lowest place on a coarse grid is inside the box, not at its edge, and lower than a value."""
    return _least(problem.value(window.grid(60).reshape(2, -1))) < min(enough, _least(problem.value(window.border())))


def _defined_box(problem: Problem) -> Box:
    """Return the default window, moved along each axis to where the function is defined if it is not in most of it."""
    window = Window.of(problem, DEFAULT)
    share = np.isfinite(problem.value(window.grid(60).reshape(2, -1)))
    if np.mean(share) > 0.6:
        return DEFAULT
    wide = Window.of(problem, ((-20.0, 20.0), (-20.0, 20.0)))
    grid = wide.grid(160)
    finite = np.isfinite(problem.value(grid.reshape(2, -1))).reshape(grid.shape[1:])
    if not finite.any():
        return DEFAULT
    return tuple(
        _side(grid[axis][0] if axis == 0 else grid[axis][:, 0], finite.mean(axis=axis) > 0.02 * finite.mean()) for axis in (0, 1)
    )


def _side(middles: Array, finite: Array) -> tuple[float, float]:
    """Return ten units, as near to the origin as they can be, of where one coordinate is defined, or the little there is."""
    first, last = np.flatnonzero(finite)[[0, -1]]
    low, high = round(float(middles[first]) - 0.125, 1), round(float(middles[last]) + 0.125, 1)
    if low < -5 and high > 5:
        return -5.0, 5.0
    if low >= -5:
        return low - 0.5, min(high, low + 9.5) + (0.5 if high < low + 9.5 else 0.0)
    return max(low, high - 9.5) - (0.5 if low > high - 9.5 else 0.0), high + 0.5


def _zoomed(problem: Problem, result: _BoxSearch) -> _BoxSearch:
    """Search a window that fits what was found, where all of it lies in a small part of the box."""
    places = np.array([found.point for found in result.points if found.isolated]).reshape(-1, 2)
    if result.pole is not None or not len(places) or len(places) < len(result.points):
        return result
    window = result.window
    low, high = places.min(axis=0), places.max(axis=0)
    extent = float(np.max((high - low) / window.size[:, 0]))
    small = 0 < extent < SMALL
    if (result.box == DEFAULT and not small) or (result.box != DEFAULT and window.size[0, 0] <= 10):
        return result
    room = _nice(float(np.max(high - low)) * 2) if small else np.maximum((high - low) / 2, 5.0)
    middle, half = (low + high) / 2, (high - low) / 2 + room
    step = _nice(float(np.min(half))) / 10
    box = tuple((_to(float(m - h), step), _to(float(m + h), step)) for m, h in zip(middle, half, strict=True))
    if np.max(np.abs(box)) > FARTHEST:
        return result
    again = _search_box(problem, box)
    return again if again.encloses_lowest else result


def _to(value: float, step: float) -> float:
    return float(f"{round(value / step) * step:.12g}") + 0.0


def _nice(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(digit * power for digit in (1.0, 2.0, 5.0, 10.0) if digit * power >= value * 0.999)


def _starts(problem: Problem, window: Window) -> tuple[Point, ...]:
    """Return up to three places where the function and its slope are finite, not flat and not extreme; one where none is."""
    step = _nice(float(np.min(window.size))) / 100
    places = [tuple(_to(float(window.low[i, 0] + share[i] * window.size[i, 0]), step) for i in (0, 1)) for share in _PLACES]
    more = window.grid(8).reshape(2, -1).T
    places += [tuple(_to(float(value), step) for value in point) for point in more]
    x = np.array(places).T
    lengths = norm_by_squares(problem.gradient(window.grid(40).reshape(2, -1)) * window.size)
    typical = lengths[np.isfinite(lengths) & (lengths > 0)]
    low, high = np.quantile(typical, [0.1, 0.9]) if typical.size else (0.0, 0.0)
    length = norm_by_squares(problem.gradient(x) * window.size)
    finite = np.isfinite(problem.value(x)) & np.isfinite(length)
    good = finite & (length > 0)
    best = [places[i] for i in np.flatnonzero(good & (length >= low) & (length <= high))]
    rest = [places[i] for i in [*np.flatnonzero(good), *np.flatnonzero(finite), 0]]
    return tuple(dict.fromkeys([*best[:3], *rest[:1]][:3]))
