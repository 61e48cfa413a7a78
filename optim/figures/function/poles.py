"""Poles: how high a surface is drawn where the function goes beyond all heights."""

import numpy as np

from optim.core.types import Array, Function

BEYOND = 0.5
"""A surface with a pole is cut this share of the range of nearly all its heights beyond that range."""
FINER, GROWTH = 8, 5.0
"""At the middles of cells this many times as fine, a pole is at least this many times as high: 1/x 16 times, log(x) twice."""
CLOSE = 1e-6
"""Heights are at least this share of themselves apart: less is lost in single precision, and no levels fit between them."""


def ends(height: Function, x: Array, y: Array, grid: Array) -> tuple[tuple[float, float], tuple[float, ...]]:
    """Return the lowest and the highest height to draw, never the same, and those of them at which the surface is cut.

    `grid` (y, x) are the values of `height` (2, ...) -> (...) on the lines `x` and `y`. How high a grid comes up a pole says only
    how near to it a line happens to pass, so there the heights of nearly all points decide.
    """
    finite = grid[np.isfinite(grid)]
    if not finite.size:
        return (0.0, 1.0), ()
    low, high = float(np.min(finite)), float(np.max(finite))
    least, middle, most = np.quantile(finite, [0.02, 0.5, 0.98]).tolist()
    room = BEYOND * (most - least)
    cut = []
    if low < least - room and _pole(lambda points: -height(points), x, y, -grid, -middle):
        low = least - room
        cut.append(low)
    if high > most + room and _pole(height, x, y, grid, middle):
        high = most + room
        cut.append(high)
    return (low, apart(low, high)), tuple(cut)


def apart(low: float, high: float) -> float:
    """Return `high`, or the next height above `low` that can be told from it in a picture."""
    return max(high, low + max(1e-9, CLOSE * abs(low)))


def _pole(height: Function, x: Array, y: Array, grid: Array, middle: float) -> bool:
    """Whether the highest point of a grid is the flank of a pole: seen more closely it is far higher above the middle."""
    row, column = np.unravel_index(np.nanargmax(grid), grid.shape)
    near = [_closer(line, int(i)) for line, i in ((x, column), (y, row))]
    with np.errstate(all="ignore"):
        seen = height(np.stack(np.meshgrid(*near)))
    top = np.max(seen, where=np.isfinite(seen), initial=grid[row, column])
    return bool(top - middle > GROWTH * (grid[row, column] - middle))


def _closer(line: Array, i: int) -> Array:
    """Places between a line's neighbours; none is on a line, where the pole itself may be."""
    low, high = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
    return np.asarray(low + (high - low) * (np.arange(2 * FINER) + 0.5) / (2 * FINER))
