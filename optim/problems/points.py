"""What a point is, told from the values around it: one judge for the search of a formula, for a race's status and for a sweep.

Values decide, since the Hessian of a kink or cusp says nothing: around a minimum everything is higher, around a saddle higher and
lower places change more than once. Where the values agree with the Hessian, its eigenvalues are believed, which is faster.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.derivatives import hessian
from optim.core.linalg import norm_by_squares
from optim.core.problem import Form, PointKind, Problem
from optim.core.types import Array, Mask

RADII = (1e-5, 1e-4, 1e-3, 1e-2)
"""Radii at which the values around a point are looked at, as shares of the window's sides."""
SMOOTH = 1e-4
"""Radius at which the Hessian must foretell the values, to be believed."""
ANGLES = 64
HALVINGS = 48
"""Rounds in which an extreme direction is searched for: a wedge of lower values beside a kink may be narrower than 1e-9."""
TURNED = 2e-15
"""An angle that is nothing against the rounding of directions."""
WIDER = 4.0
"""Ratio of the two radii whose values tell how the function rises: with their square where it is smooth, linearly at a kink."""
NOISE = 16 * float(np.finfo(float).eps)
"""Differences that may be rounding alone, as a share of the value and of the function's height."""
NEARER = (1e-7, 1e-6)
"""Smaller radii at which the growth of values is looked at too: typed functions may wave within 1e-5 of a wide window."""
CLEAR = 100.0
"""How many times rounding differences must be, so that their growth says with which power of the radius the function rises."""
_DEGENERATE = 1e-6
"""Ratio of curvatures below which the smaller one is not believed but looked at."""


@dataclass(frozen=True)
class Judgement:
    """What a point is: its kind, its form, and whether no other point of that kind and value touches it."""

    kind: PointKind
    form: Form = "smooth"
    isolated: bool = True


@dataclass(frozen=True)
class Surface:
    """A function with what lengths and heights are measured by: `size` (d, 1) the window's sides, `height` its typical height."""

    problem: Problem
    size: Array
    height: float

    @classmethod
    def of(cls, problem: Problem) -> "Surface":
        """Return the function with its own view and height."""
        return cls(problem, np.array(problem.widths)[:, None], problem.height)

    def rounding(self, points: Array, value: Array) -> Array:
        """Return the differences to the `value` at the points (d, n) that may be rounding alone, of values or of coordinates."""
        result: Array = NOISE * (np.abs(value) + self.height)
        for axis, coordinate in enumerate(points):
            for side in (-np.inf, np.inf):
                beside = points.copy()
                beside[axis] = np.nextafter(coordinate, side)
                apart = np.abs(self.problem.value(beside) - value)
                result = np.where(apart > result, 4.0 * apart, result)
        return result


def judged(surface: Surface, points: Array) -> list[Judgement]:
    """Return what each of the points (d, n) is; points must be stationary, or tips, to about 1e-8 of the window."""
    with np.errstate(all="ignore"):
        result = _by_hessian(surface, points)
        rest = [i for i, judgement in enumerate(result) if judgement is None]
        by_values = _by_values(surface, points[:, rest])
        return [judgement or by_values[rest.index(i)] for i, judgement in enumerate(result)]


def encloses_minimum(surface: Surface, points: Array, radii: tuple[float, ...] = RADII) -> Mask:
    """Return around which of the points (d, n) a ring stands that is higher than the point itself: a minimum lies within."""
    with np.errstate(all="ignore"):
        found = np.zeros(points.shape[1], dtype=bool)
        for radius in radii:
            left = np.flatnonzero(~found)
            if len(left):
                around = _Ring.about(surface, points[:, left], radius)
                found[left] = around.defined & ~np.any(around.signs <= 0, axis=1)
        return found


def _by_hessian(surface: Surface, points: Array) -> list[Judgement | None]:
    """Return what the points are where their Hessian foretells the values around them, None elsewhere."""
    size = surface.size
    matrix = np.moveaxis(hessian(surface.problem, points) * size * size[:, None], -1, 0)
    finite: Mask = np.asarray(np.isfinite(matrix).all(axis=(1, 2)))
    curvature, axes = np.linalg.eigh(np.where(finite[:, None, None], matrix, 0.0))
    ways = np.concatenate([np.moveaxis(axes, 1, 0), _directions(len(points))[:, None, ::4].repeat(len(finite), axis=1)], axis=2)
    foretold = np.einsum("ink,nij,jnk->nk", ways, matrix, ways) * (SMOOTH * SMOOTH / 2)
    value = surface.problem.value(points)
    ahead, behind = (_values(surface, points, side * SMOOTH * ways) - value[:, None] for side in (1.0, -1.0))
    mean = (ahead + behind) / 2
    least = SMOOTH * SMOOTH / 2 * np.min(np.abs(curvature), axis=1)
    largest = np.max(np.abs(foretold), axis=1)
    good = finite & (np.min(np.abs(curvature), axis=1) > _DEGENERATE * np.max(np.abs(curvature), axis=1))
    good &= np.all(np.abs(mean - foretold) <= 0.1 * largest[:, None], axis=1)
    principal = slice(0, len(points))
    good &= np.all(np.abs(mean - foretold)[:, principal] <= 0.2 * np.abs(foretold)[:, principal], axis=1)
    good &= least > 10 * surface.rounding(points, value)
    # At a stationary point what is odd in the direction is small against what is even.
    good &= np.all(np.abs(ahead - behind) <= 0.1 * largest[:, None], axis=1)
    up, down = np.all(curvature > 0, axis=1), np.all(curvature < 0, axis=1)
    kinds: list[PointKind] = ["minimum" if u else "maximum" if d else "saddle" for u, d in zip(up, down, strict=True)]
    return [Judgement(kind) if sure else None for kind, sure in zip(kinds, good, strict=True)]


def _by_values(surface: Surface, points: Array) -> list[Judgement]:
    """Return what the points are from the first radius at which every direction is clearly higher or lower."""
    result: list[Judgement | None] = [None] * points.shape[1]
    powers = _powers(surface, points)
    for radius in RADII:
        left = [i for i, judgement in enumerate(result) if judgement is None]
        if not left:
            break
        around = _Ring.about(surface, points[:, left], radius)
        clear = [place for place in range(len(left)) if radius == RADII[-1] or not around.touches(place)]
        wide = _Ring.about(surface, points[:, [left[place] for place in clear]], WIDER * radius)
        for beside, place in enumerate(clear):
            result[left[place]] = _told(around, place, wide.differences[beside], float(powers[left[place]]))
    return [judgement for judgement in result if judgement is not None]


def _powers(surface: Surface, points: Array) -> Array:
    """Return with which power of the radius the values grow around each of the points (d, n); NaN where nothing shows it.

    The smallest radius that shows it counts: far out a wave is no parabola any more. Nearer than a point is known to, values
    rise on one side and fall on the other, as on a slope.
    """
    powers = np.full(points.shape[1], np.nan)
    ways, value = _directions(len(points))[:, None, :], surface.problem.value(points)
    least = np.maximum(CLEAR * surface.rounding(points, value), np.finfo(float).tiny)  # below it a float has fewer digits
    for radius in (*NEARER, *RADII):
        near, far = (_values(surface, points, share * radius * ways) - value[:, None] for share in (1.0, WIDER))
        opposite = np.roll(near, near.shape[1] // 2, axis=1)
        shows = (_mean_size(near) > least) & (_mean_size(near + opposite) >= _mean_size(near - opposite))
        powers = np.where(np.isnan(powers) & shows, _power(_mean_size(near), _mean_size(far)), powers)
    return powers


def _told(around: "_Ring", place: int, farther: Array, power: float) -> Judgement:
    """Return what a point is, from a ring about it, the differences on a farther one and the power of their growth.

    Where that is NaN values rise on one side and fall on the other: a slope, which is no kink, but may be infinite.
    """
    signs, differences = around.signs[place], around.differences[place]
    known = np.isfinite(differences) | np.isinf(differences)
    level = around.touches(place)
    form: Form = "smooth"
    with np.errstate(all="ignore"):
        if not known.all():
            form = "edge"
        elif (_power(_mean_size(differences), _mean_size(farther)) if np.isnan(power) else power) < 0.9:
            form = "cusp"
        elif power < 1.5:
            form = "kink"
        higher, lower = bool(np.any(signs > 0)), bool(np.any(signs < 0))
        if not lower:
            return Judgement("minimum" if higher else "plateau", form if higher else "smooth", higher and not level)
        if not higher:
            return Judgement("maximum", form, not level)
        if around.changes(place) > 2:
            return Judgement("saddle", form, not level)
        falling = _power(-_least(differences), -_least(farther))
        return Judgement("inflection" if falling > 1.5 else "slope", form, not level)


def _mean_size(values: Array) -> Array:
    """Return the mean size of the values (..., m) that there are; NaN where there is none, as far out on a ring."""
    there = ~np.isnan(values)
    mean: Array = np.sum(np.abs(values), axis=-1, where=there) / np.count_nonzero(there, axis=-1)
    return mean


def _least(values: Array) -> float:
    """Return the least of the values that there are; NaN where there is none."""
    return float(np.nanmin(values)) if not np.isnan(values).all() else np.nan


def _power(near: Any, far: Any) -> Array:
    """Return with which power of the radius the values grow from the near ring to the far one; 2 where they do not differ."""
    differ = (near > 0) & (far > 0)
    return np.where(differ, np.log(np.where(differ, far, 1.0) / np.where(differ, near, 1.0)) / np.log(WIDER), 2.0)


@dataclass(frozen=True)
class _Ring:
    """Values on a ring about n points less the values there, (n, directions), with extreme directions searched for, and signs.

    A sign is 0 where the difference may be rounding alone or where the function is not defined.
    """

    differences: Array
    signs: npt.NDArray[np.int8]
    defined: Mask

    @classmethod
    def about(cls, surface: Surface, points: Array, radius: float) -> "_Ring":
        value = surface.problem.value(points)
        noise = surface.rounding(points, value)
        ways = _directions(len(points))[:, None, :]
        differences = _values(surface, points, radius * ways) - value[:, None]
        if len(points) == 2:
            for side in (1.0, -1.0):
                _refine(surface, points, radius, differences, side)
        largest = np.nanmax(np.where(np.isinf(differences), np.nan, np.abs(differences)), axis=1, initial=0.0)
        sure = np.abs(differences) > np.maximum(noise, 1e-13 * largest)[:, None]
        signs = np.where(sure & ~np.isnan(differences), np.sign(differences), 0).astype(np.int8)
        return cls(differences, signs, np.isfinite(value) & ~np.isnan(differences).any(axis=1))

    def touches(self, place: int) -> bool:
        """Return whether a direction is neither higher nor lower and no mere crossing from higher to lower places."""
        signs = self.signs[place][~np.isnan(self.differences[place])]
        if not signs.any():
            return True
        level = signs == 0
        if len(self.signs[place]) != ANGLES:
            return bool(level.any())
        return bool(np.any(level & ((np.roll(signs, 1) * np.roll(signs, -1)) != -1)))

    def changes(self, place: int) -> int:
        """Return how often higher and lower places change around a point; beyond two coordinates 4 where a line falls both ways."""
        signs = self.signs[place]
        if len(signs) == ANGLES:
            signs = signs[signs != 0]
            return int(np.count_nonzero(signs != np.roll(signs, 1)))
        ahead, behind = np.split(signs, 2)
        return 4 if bool(np.any((ahead < 0) & (behind < 0))) else 2


def _directions(dimension: int) -> Array:
    """Return unit vectors (d, m): around the circle; beyond two coordinates axes, others, and their opposites."""
    if dimension == 2:
        return _unit(np.linspace(0.0, 2.0 * np.pi, ANGLES, endpoint=False, dtype=float))
    axes = np.eye(dimension)
    mixed = np.cos(np.outer(np.arange(1.0, dimension + 1), np.arange(1.0, 4 * dimension + 1)) * 2.399963229728653)
    ways = np.concatenate([axes, mixed / norm_by_squares(mixed)], axis=1)
    return np.concatenate([ways, -ways], axis=1)


def _unit(angles: Array) -> Array:
    """Return unit vectors (2, ...), with an exact zero along the axes."""
    return np.round(np.stack([np.cos(angles), np.sin(angles)]), 15)


def _values(surface: Surface, points: Array, offsets: Array) -> Array:
    """Return the values (n, m) at points (d, n) plus offsets (d, n or 1, m) in shares of the sides; NaN where not defined."""
    places = points[:, :, None] + surface.size[:, :, None] * offsets
    return surface.problem.value(places.reshape(len(points), -1)).reshape(places.shape[1:])


def _refine(surface: Surface, points: Array, radius: float, differences: Array, side: float) -> None:
    """Replace local extremes along the ring (lowest where `side` is 1, highest where -1) by what a search of the angle finds."""
    down = np.where(np.isnan(differences), np.inf, side * differences)
    rises = np.maximum(np.roll(down, 1, axis=1), np.roll(down, -1, axis=1)) - down
    extreme = (down <= np.roll(down, 1, axis=1)) & (down <= np.roll(down, -1, axis=1)) & np.isfinite(down)
    # An extreme that is far from the point's own value, against its neighbours, keeps its sign however it is refined.
    rows, columns = np.nonzero(extreme & (down > 0) & ~(down > 3 * rises))
    if not len(rows):
        return
    centre, value = points[:, rows], surface.problem.value(points[:, rows])
    best = down[rows, columns]
    angle, width = columns * (2 * np.pi / ANGLES), np.full(len(rows), np.pi / ANGLES)
    for _ in range(HALVINGS):
        width = width / 2
        sides = np.stack([angle - width, angle + width], axis=-1)
        there = side * (_values(surface, centre, radius * _unit(np.asarray(sides, dtype=float))) - value[:, None])
        there = np.where(np.isnan(there), np.inf, there)
        pick = np.argmin(there, axis=1)
        lower = there[np.arange(len(rows)), pick]
        better = lower < best
        angle = np.where(better, sides[np.arange(len(rows)), pick], angle)
        best = np.where(better, lower, best)
    # What the nearest angles and numbers do not tell from level may be so, as along a line with infinite slopes beside it.
    sides = angle[:, None] + np.array([-TURNED, TURNED])
    apart = side * (_values(surface, centre, radius * _unit(np.asarray(sides, dtype=float))) - value[:, None]) - best[:, None]
    places = centre + surface.size * radius * _unit(np.asarray(angle, dtype=float))
    rounding = np.maximum(2 * np.max(np.abs(apart), axis=1), surface.rounding(places, surface.problem.value(places)))
    level = np.abs(best) <= rounding
    differences[rows, columns] = np.where(level, 0.0, side * best)
