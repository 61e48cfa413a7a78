"""From where a surface is looked at: the side from which what matters on it is not hidden by its hills."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from optim.core.types import Array, Box, Point
from optim.figures.function.landscape import Landscape

ASPECT = (1.25, 1.25, 0.75)
"""Sides of a scene with a square window, in the units of the camera."""
FIRST, TURN, TURNS = 205.0, 30.0, 12
"""Degrees round the surface: the side that is taken unless another shows more, and how far apart the others are."""
AWAY, ABOVE = 2.1, 1.6
"""How far the eye is from the middle, sideways and up."""
CENTRE = -0.22
"""How far below the scene's middle the eye looks."""
STEPS = 12
"""Places on a way that are looked for."""
RAY = 60
"""Places at which a line of sight is compared with the surface."""
CLEAR = 0.02
"""Lines of sight begin this far above the surface, in the units of the camera."""


def aspect(window: Box) -> dict[str, float]:
    """Return the sides of a scene over a window: its shorter side is not drawn below 0.6 of the longer one."""
    (x0, x1), (y0, y1) = window
    ratio = (y1 - y0) / (x1 - x0)
    x, y, z = ASPECT
    wide = min(max(ratio, 0.6), 1.0)
    return {"x": x * min(1.0, max(1.0 / ratio, 0.6)), "y": y * wide, "z": z}


def camera(land: Landscape, box: Box, seen: Sequence[Point]) -> dict[str, Any]:
    """Return Plotly's camera on a surface drawn in `box`, from the side that shows most of the ways between the points `seen`.

    The first of them is where a race starts. Of sides that show as much the one nearest to the usual one is taken, so that the
    camera depends on the function and the start only, and stays where it is while rates are tried.
    """
    sides = sorted(range(TURNS), key=lambda turn: min(turn, TURNS - turn))
    eyes = [_eye(math.radians(FIRST + TURN * side)) for side in sides]
    shown = [_share_seen(land, box, np.array(eye), _places(land, seen)) for eye in eyes]
    best = next(eye for eye, share in zip(eyes, shown, strict=True) if share >= max(shown) - 0.02)
    return {"eye": dict(zip("xyz", best, strict=True)), "center": {"x": 0, "y": 0, "z": CENTRE}}


def _eye(angle: float) -> tuple[float, float, float]:
    return round(AWAY * math.cos(angle), 3), round(AWAY * math.sin(angle), 3), ABOVE


def _places(land: Landscape, seen: Sequence[Point]) -> Array:
    """Return places (2, n) in the window: the points, which count as much as the straight ways from the first to each of them."""
    points = np.array(seen or [tuple((low + high) / 2 for low, high in land.window)], dtype=float)
    ways = points[:1, :, None] + (points[:, :, None] - points[:1, :, None]) * np.linspace(0.0, 1.0, STEPS)
    places = np.concatenate([np.moveaxis(ways, 1, 0).reshape(2, -1), points.T.repeat(STEPS, axis=1)], axis=1)
    low, high = np.array(land.window).T[..., None]
    return np.asarray(places[:, ((places >= low) & (places <= high)).all(axis=0)])


def _share_seen(land: Landscape, box: Box, eye: Array, places: Array) -> float:
    """Return which share of places (2, n) on the surface the eye sees, the surface's other parts being in the way of the rest."""
    if not places.shape[1]:
        return 1.0
    sides = np.array(list(aspect(land.window).values()))[:, None]
    low, high = np.array(box).T[..., None]
    heights = np.clip(land.surface_scale.height(land.value), *land.heights)
    tall = ((heights - low[2]) / (high[2] - low[2]) - 0.5) * sides[2]
    begin = (places - low[:2]) / (high[:2] - low[:2])
    foot = np.concatenate([(begin - 0.5) * sides[:2], (_at(tall, begin) + CLEAR)[None]])
    along = np.linspace(0.02, 1.0, RAY)
    ray = foot[:, :, None] + (eye[:, None, None] - foot[:, :, None]) * along
    share = ray[:2] / sides[:2, :, None] + 0.5
    over = ((share >= 0.0) & (share <= 1.0)).all(axis=0)
    hidden = over & (_at(tall, np.clip(share, 0.0, 1.0)) > ray[2])
    return float(np.mean(~hidden.any(axis=1)))


def _at(grid: Array, share: Array) -> Array:
    """Return the grid's values (y, x) nearest to places (2, ...) in shares of its sides."""
    rows, columns = (np.rint(part * (count - 1)).astype(int) for part, count in zip(share[::-1], grid.shape, strict=True))
    return np.asarray(np.nan_to_num(grid[rows, columns], nan=-np.inf))
