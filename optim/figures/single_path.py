"""One path on a function that is known only by asking it: no race, no formula, any Python function of one point."""

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core.derivatives import central_gradient
from optim.core.problem import Problem
from optim.core.types import Array, Box
from optim.figures.race.maps import Trail, track

HALF, FARTHEST = 10.0, 100.0
"""The picture shows -10 to 10 each way, as in the book, and more where the path goes there, up to 100."""
POINTS = 81
"""Grid lines each way: every crossing is one call of a Python function."""


def single_path(function: Callable[[Any], Any], path: Array, loss: Array, label: str, theme: str = "light") -> go.Figure:
    """Return the contour lines of `function` ([x, y] -> number) with a path (steps + 1, 2), its losses (steps + 1,), its start.

    The start is finite; what is not finite later is left out, and where the path leaves the picture it is marked.
    """
    return track(_asked(function, _window(path)), Trail(path, loss, label), theme, points=POINTS)


def _window(path: Array) -> Box:
    box = []
    for side in path.T:
        seen = side[np.abs(side) <= FARTHEST]
        low, high = float(np.min(seen, initial=0.0)), float(np.max(seen, initial=0.0))
        room = 0.05 * (high - low)
        box.append((min(-HALF, low - room), max(HALF, high + room)))
    return tuple(box)


def _asked(function: Callable[[Any], Any], window: Box) -> Problem:
    """Return the Problem of a function that is asked point by point, since nothing says that it takes whole grids."""

    def value(x: Array) -> Array:
        return np.array([_value(function, point) for point in x.reshape(2, -1).T]).reshape(x.shape[1:])

    return Problem("function", value, lambda x: central_gradient(value, x), domain=window)


def _value(function: Callable[[Any], Any], point: Array) -> float:
    try:
        return float(np.asarray(function(point.copy())).item())
    except (ArithmeticError, ValueError):  # outside the domain of, say, math.log: a gap in the picture
        return float("nan")
