"""Dials: the same function rotated, stretched and shifted, with exact derivatives and minima that move along."""

import math
from dataclasses import dataclass, replace

import numpy as np

from optim.core.derivatives import hessian
from optim.core.errors import SpecError
from optim.core.metrics import inside
from optim.core.problem import Problem
from optim.core.types import Array, Box, Point
from optim.i18n.message import message
from optim.problems.search.explore import explored, explored_within


def turn(rotate: float, stretch: float) -> tuple[Point, Point]:
    """Return the matrix A, by rows: a rotation by `rotate` degrees, then diag(sqrt(stretch), 1/sqrt(stretch))."""
    cosine, sine = math.cos(math.radians(rotate)), math.sin(math.radians(rotate))
    wide, narrow = math.sqrt(stretch), 1.0 / math.sqrt(stretch)
    return (wide * cosine, -wide * sine), (narrow * sine, narrow * cosine)


@dataclass(frozen=True)
class _Dial:
    """The map x -> c + A (x - c - shift): the rows of A and of its inverse, c and the shift."""

    matrix: tuple[Point, Point]
    inverse: tuple[Point, Point]
    centre: Point
    shift: Point

    @classmethod
    def of(cls, rotate: float, stretch: float, centre: Point, shift: Point) -> "_Dial":
        cosine, sine = math.cos(math.radians(rotate)), math.sin(math.radians(rotate))
        wide, narrow = math.sqrt(stretch), 1.0 / math.sqrt(stretch)
        return cls(turn(rotate, stretch), ((cosine / wide, sine / narrow), (-sine / wide, cosine / narrow)), centre, shift)

    def inner(self, x: Array) -> Array:
        """Return the points of the function before its dials that points (2, ...) after them stand for."""
        a, c = self.matrix, self.centre
        u, v = x[0] - c[0] - self.shift[0], x[1] - c[1] - self.shift[1]
        return np.stack([c[0] + (a[0][0] * u + a[0][1] * v), c[1] + (a[1][0] * u + a[1][1] * v)])

    def image(self, point: Point) -> Point:
        """Return where a point of the function before its dials lies after them."""
        b, c = self.inverse, self.centre
        u, v = point[0] - c[0], point[1] - c[1]
        return c[0] + self.shift[0] + (b[0][0] * u + b[0][1] * v), c[1] + self.shift[1] + (b[1][0] * u + b[1][1] * v)

    def shifted(self, box: Box) -> Box:
        """Return a box moved by the shift; of a side that is nothing against the shift two neighbouring numbers are left."""
        sides = ((low + by, high + by) for (low, high), by in zip(box, self.shift, strict=True))
        return tuple((low, max(high, math.nextafter(low, math.inf))) for low, high in sides)

    def gradient(self, problem: Problem, x: Array) -> Array:
        """Return the gradient of the function after its dials."""
        a, g = self.matrix, problem.gradient(self.inner(x))
        return np.stack([a[0][0] * g[0] + a[1][0] * g[1], a[0][1] * g[0] + a[1][1] * g[1]])

    def hessian(self, problem: Problem, x: Array) -> Array:
        """Return the Hessian of the function after its dials."""
        a, h = self.matrix, hessian(problem, self.inner(x))
        left = np.stack([[a[0][i] * h[0, j] + a[1][i] * h[1, j] for j in (0, 1)] for i in (0, 1)])
        return np.stack([[left[i, 0] * a[0][j] + left[i, 1] * a[1][j] for j in (0, 1)] for i in (0, 1)])


def dialled(problem: Problem, rotate: float = 0.0, stretch: float = 1.0, shift: Point = (0.0, 0.0)) -> Problem:
    """Return g(x) = f(c + A (x - c - shift)), A = diag(sqrt(stretch), 1/sqrt(stretch)) times a rotation by `rotate` degrees.

    c is the first minimum, or the view's centre where none is known. Domain and view keep their size and move with the shift. What
    a rotation or stretch carries out of the domain is no minimum there; where a lower value may have come in, or the minima were
    only found, the domain is searched again. Two dimensions only, else SpecError.
    """
    if rotate == 0.0 and stretch == 1.0 and not any(shift):
        return problem
    if problem.dimension != 2 or len(shift) != 2:
        raise SpecError("rotate, stretch, shift", (rotate, stretch, shift), message("a function of two variables, and two numbers"))
    dial, divisors = _Dial.of(rotate, stretch, problem.centre, shift), problem.divisors
    result = replace(
        problem,
        value=lambda x: problem.value(dial.inner(x)),
        gradient=lambda x: dial.gradient(problem, x),
        hessian=lambda x: dial.hessian(problem, x),
        divisors=None if divisors is None else lambda x: divisors(dial.inner(x)),
        domain=dial.shifted(problem.domain),
        view=dial.shifted(problem.view),
        minima=tuple(dial.image(point) for point in problem.minima),
        lowest_value=problem.lowest,
        stationary=tuple(replace(found, point=dial.image(found.point)) for found in problem.stationary),
    )
    return _only_shifted(result, dial) if rotate == 0.0 and stretch == 1.0 else _turned(result, problem.starts)


def _only_shifted(problem: Problem, dial: _Dial) -> Problem:
    search = problem.search
    if search is None:
        return problem
    pole, lower = (None if point is None else dial.image(point) for point in (search.pole, search.lower))
    return replace(problem, search=replace(search, window=dial.shifted(search.window), pole=pole, lower=lower))


def _turned(problem: Problem, starts: tuple[Point, ...]) -> Problem:
    """Return a rotated or stretched problem with what is still true of its domain, searched again where that may have changed."""
    if problem.search is not None:
        return replace(explored(problem, problem.domain), view=problem.view, starts=starts)
    if problem.lower_outside and problem.minima:
        return replace(explored_within(problem, problem.domain), view=problem.view, starts=starts)
    return replace(problem, minima=tuple(point for point in problem.minima if inside(np.array(point), problem.domain)))
