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
"""How far the eye is from the middle, sideways and up, before it comes as near as surface and floor fit the picture."""
CENTRE = -0.22
"""How far below the scene's middle the eye looks at first."""
VIEW = math.tan(math.pi / 8)
"""Half of what Plotly's eye sees upwards, at the distance 1."""
FILLED = (1.0, 0.84)
"""How much of that surface and floor may take, sideways and up; the axes' numbers stand beyond. On a phone it is nearly square."""
ROUNDS = 8
"""How often the eye comes nearer: what is near grows faster than what is far."""
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
    return dict(zip(("eye", "center"), map(_place, _framed(np.array(best), _solid(land, box))), strict=True))


def _eye(angle: float) -> tuple[float, float, float]:
    return round(AWAY * math.cos(angle), 3), round(AWAY * math.sin(angle), 3), ABOVE


def _place(point: Array) -> dict[str, float]:
    return {side: round(float(value), 3) for side, value in zip("xyz", point, strict=True)}


def _framed(eye: Array, solid: Array) -> tuple[Array, Array]:
    """Return eye and centre, in the same direction, with places (3, n) of a scene in the middle of the picture and filling it."""
    centre = np.array([0.0, 0.0, CENTRE])
    sight = centre - eye
    ahead = sight / np.linalg.norm(sight)
    right = np.array([ahead[1], -ahead[0], 0.0]) / np.hypot(*ahead[:2])
    up, distance = np.cross(right, ahead), float(np.linalg.norm(sight))
    for _ in range(ROUNDS):
        apart = solid - (centre - distance * ahead)[:, None]
        across, high = np.array([right, up]) @ apart / (ahead @ apart * VIEW)
        centre[2] += (high.max() + high.min()) / 2 * distance * VIEW / up[2]
        distance *= max(np.abs(across).max() / FILLED[0], np.ptp(high) / 2 / FILLED[1])
    return centre - distance * ahead, centre


def _solid(land: Landscape, box: Box) -> Array:
    """Return places (3, n) of the surface and of the corners of its floor, in the units of the camera."""
    tall, sides = _heights(land, box), np.array(list(aspect(land.window).values()))
    x, y = np.meshgrid(*(np.linspace(-0.5, 0.5, count) * side for count, side in zip(tall.shape[::-1], sides[:2], strict=True)))
    known = np.isfinite(tall)
    corners = np.array([[i * sides[0], j * sides[1], -sides[2]] for i in (-1, 1) for j in (-1, 1)]).T / 2
    return np.concatenate([np.array([x[known], y[known], tall[known]]), corners], axis=1)


def _heights(land: Landscape, box: Box) -> Array:
    """Return the surface's heights (y, x) in the units of the camera."""
    low, high = box[2]
    heights = np.clip(land.surface_scale.height(land.value), *land.heights)
    return np.asarray(((heights - low) / (high - low) - 0.5) * aspect(land.window)["z"])


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
    tall = _heights(land, box)
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
