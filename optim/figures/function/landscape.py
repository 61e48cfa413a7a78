"""The function as numbers to draw: a grid over the window, heights on a linear or logarithmic scale, contour levels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.problem import Problem, widened
from optim.core.types import Array, Box, Point
from optim.figures.function.poles import apart, ends
from optim.figures.function.scale import Scale, fitted, single

FLOOR = 1e-12
"""Smallest share of the range that a logarithmic height tells apart."""
STEEP = 12.0
"""A surface is drawn on a logarithmic scale where its highest point is this many times the median height."""


@dataclass(frozen=True)
class Landscape:
    """A function over a window: `x` and `y` (n,), `value` (n, n) with y down the rows, and its two scales."""

    window: Box
    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    value: Array
    contour_scale: Scale
    surface_scale: Scale
    levels: tuple[float, float, float]
    """First level, last level and distance between levels, as heights of the contour scale."""
    heights: tuple[float, float]
    """The lowest and the highest point of the drawn surface, as heights of the surface scale; never the same."""
    cut: tuple[float, ...] = ()
    """Those of `heights` at which the surface is cut, since the function has a pole."""


def landscape(problem: Problem, start: Point, points: int = 121, surface_log: bool | None = None) -> Landscape:
    """Evaluate a two-dimensional function on a grid; `surface_log` None chooses the surface's scale by its steepness."""
    box = widened(problem.view, start)
    x, y = (np.linspace(low, high, points) for low, high in box)
    with np.errstate(all="ignore"):
        value = problem.value(np.stack(np.meshgrid(x, y)))
    value = np.where(np.isfinite(value), value, np.nan)
    finite = value[np.isfinite(value)]
    if not finite.size:
        finite = np.zeros(1)
    lowest = problem.lowest if problem.lowest is not None else float(np.min(finite))
    heights = np.sort(finite - lowest)
    top, median = float(heights[-1]), float(heights[len(heights) // 2])
    steep = problem.bounded and top > STEEP * max(median, FLOOR * top)
    # A function's own lowest level holds whatever the range: the cliff's top is 50 orders of magnitude above its valley.
    floor = problem.levels[0] if problem.log_z and problem.levels else max(1e-3 * median, FLOOR * (top or 1.0))
    base, unit = fitted(finite)
    contour = Scale(problem.log_z or (not problem.levels and steep), lowest, floor, base, unit)
    surface = Scale(steep if surface_log is None else surface_log, lowest, floor, base, unit)

    def height_at(points: Array) -> Array:
        return surface.height(problem.value(points))

    drawn, cut = ends(height_at, x, y, surface.height(value))
    return Landscape(box, single(x), single(y), value, contour, surface, _levels(problem, contour, finite), drawn, cut)


def _levels(problem: Problem, scale: Scale, values: Array) -> tuple[float, float, float]:
    if problem.levels:
        ends = np.array([problem.levels[0], problem.levels[-1]])
        low, high = (np.log10(ends) if scale.log else scale.height(ends)).tolist()
        return low, high, (high - low) / (len(problem.levels) - 1)
    low, high = np.quantile(scale.height(values), [0.01, 0.98]).tolist()
    high = apart(low, high)
    return low, high, (high - low) / 24


def downhill(problem: Problem, box: Box, columns: int = 18, rows: int = 12) -> dict[str, Any]:
    """Return the field of downhill arrows: `x` and `y` of tails and heads, NaN between, and `size` of each marker.

    The direction is minus the gradient's; the length grows with the root of its norm, so flat regions stay readable.
    """
    (x0, x1), (y0, y1) = box
    grid = np.meshgrid((np.arange(columns) + 0.5) / columns * (x1 - x0) + x0, (np.arange(rows) + 0.5) / rows * (y1 - y0) + y0)
    points = np.stack([axis.ravel() for axis in grid])
    with np.errstate(all="ignore"):
        slope = -problem.gradient(points)
        # Lengths are compared on screen, where both sides of the window are about as long.
        sides = np.array([[x1 - x0], [y1 - y0]])
        on_screen = slope / sides
        length = np.sqrt(np.sum(on_screen * on_screen, axis=0))
        good = np.isfinite(length) & (length > 0)
        longest = float(np.max(length[good])) if good.any() else 1.0
        move = np.where(good, on_screen / length * np.sqrt(length / longest), np.nan) * sides * (0.9 / columns)
    tails, heads = points - move / 2, points + move / 2
    gap = np.full_like(tails, np.nan)
    line = np.stack([tails, heads, gap], axis=-1).reshape(2, -1)
    return {"x": line[0], "y": line[1], "size": np.tile(np.array([0, 7, 0], dtype="f4"), points.shape[1])}
