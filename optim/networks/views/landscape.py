"""The loss on a plane and along lines, coarse first, and beside it the loss that was there in truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim.core.errors import DataError
from optim.core.types import Array, Box
from optim.i18n.message import message
from optim.networks.result import NetworkResult
from optim.networks.spec import NetworkSpec
from optim.networks.views.plane import Plane, shown

EXAMPLES = 500
"""Training examples that a landscape's loss is taken over, the first ones, the same for every point of it."""
COARSE, SIZE = 11, 41
"""Points along a side of the first picture and of the last; each step between halves the distance."""
LINE = 37
"""Points along a line: both ends are among them."""
_NUMBERS = 40_000
"""Weights of all networks that are passed through together. Ten times as many leave the cache: three times as slow."""


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a plane: `loss` (n, n) at `u` (n,) along the first axis, its columns, and `v` (n,) along the second, its rows."""

    u: Array
    v: Array
    loss: Array

    @property
    def size(self) -> int:
        """How many points a side has."""
        return len(self.u)


def losses_at(spec: NetworkSpec, points: Array, examples: int = EXAMPLES) -> Array:
    """Return the losses (n,) of networks with the weights `points` (n, d) over the first training examples.

    No unit is dropped, and a batch normalisation goes by these examples: a landscape is a function of the weights alone.
    """
    inputs, targets = spec.examples.examples(slice(0, min(examples, spec.examples.training)))
    at_once = max(1, _NUMBERS // points.shape[1])
    with np.errstate(all="ignore"):
        parts = [spec.network.value(points[i : i + at_once].T, inputs, targets) for i in range(0, len(points), at_once)]
    return np.concatenate(parts) if parts else np.empty(0)


def surfaces(
    spec: NetworkSpec, plane: Plane, box: Box | None = None, size: int = SIZE, examples: int = EXAMPLES
) -> Iterator[Surface]:
    """Yield the loss on a plane on finer and finer grids, the last of `size` points a side; no point is computed twice.

    `size` is COARSE, or one of the sizes that halving its distances gives: 21, 41, 81.
    """
    box = plane.box if box is None else box
    steps = [step for step in (8, 4, 2, 1) if (size - 1) % step == 0 and (size - 1) // step >= COARSE - 1] or [1]
    u, v = (np.linspace(low, high, size) for low, high in box)
    loss = np.full((size, size), np.nan)
    known: npt.NDArray[np.bool_] = np.zeros((size, size), dtype=bool)
    for step in steps:
        wanted = np.zeros_like(known)
        wanted[::step, ::step] = True
        rows, columns = np.nonzero(wanted & ~known)
        at_once = max(1, _NUMBERS // len(plane.centre))  # so that points are made as they are used
        for i in range(0, len(rows), at_once):
            part = rows[i : i + at_once], columns[i : i + at_once]
            loss[part] = losses_at(spec, plane.points(np.stack([u[part[1]], v[part[0]]], axis=1)), examples)
        known |= wanted
        yield Surface(u[::step], v[::step], loss[::step, ::step].copy())


@dataclass(frozen=True, eq=False)
class Truth:
    """What a plane hides: the loss (entries, k) at each entry's points, and at what is nearest to them on the plane."""

    true: Array
    projected: Array

    @property
    def largest(self) -> tuple[int, int]:
        """The entry and the place among its marks where the two are farthest apart."""
        apart = np.abs(self.true - self.projected)
        entry, place = np.unravel_index(int(np.nanargmax(apart)), apart.shape)
        return int(entry), int(place)


def truth(result: NetworkResult, plane: Plane, examples: int = EXAMPLES) -> Truth:
    """Return the loss along every path as it was and as the plane shows it, over the examples of the surface."""
    seen = np.isfinite(plane.paths).all(axis=-1)
    true, projected = (np.full(seen.shape, np.nan) for _ in range(2))
    true[seen] = losses_at(result.spec, result.points[seen], examples)
    projected[seen] = losses_at(result.spec, plane.points(plane.paths[seen]), examples)
    return Truth(true, projected)


@dataclass(frozen=True, eq=False)
class Line:
    """The losses (n,) along a line at `t` (n,): 0 is the end of one entry, 1 that of the other."""

    t: Array
    loss: Array


def line_between(result: NetworkResult, first: int, second: int, size: int = LINE, examples: int = EXAMPLES) -> Line:
    """Return the loss on the line through the ends of two entries, a quarter beyond each. DataError where one of them diverged."""
    for entry in (first, second):
        if not shown(result)[entry, -1]:
            raise DataError(message("{name} diverged: no line leads to its end", name=result.labels[entry]))
    a, b = result.points[first, -1], result.points[second, -1]
    t = np.linspace(-0.25, 1.25, size)
    return Line(t, losses_at(result.spec, a + t[:, None] * (b - a), examples))
