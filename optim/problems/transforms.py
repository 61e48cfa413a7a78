"""Dials: the same function rotated, stretched and shifted, with exact derivatives and minima that move along."""

import math
from dataclasses import replace

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
    a = turn(rotate, stretch)
    cosine, sine = math.cos(math.radians(rotate)), math.sin(math.radians(rotate))
    wide, narrow = math.sqrt(stretch), 1.0 / math.sqrt(stretch)
    inverse = ((cosine / wide, sine / narrow), (-sine / wide, cosine / narrow))
    c = problem.centre

    def moved(x: Array) -> Array:
        u, v = x[0] - c[0] - shift[0], x[1] - c[1] - shift[1]
        return np.stack([c[0] + (a[0][0] * u + a[0][1] * v), c[1] + (a[1][0] * u + a[1][1] * v)])

    def gradient(x: Array) -> Array:
        g = problem.gradient(moved(x))
        return np.stack([a[0][0] * g[0] + a[1][0] * g[1], a[0][1] * g[0] + a[1][1] * g[1]])

    def curvature(x: Array) -> Array:
        h = hessian(problem, moved(x))
        left = np.stack([[a[0][i] * h[0, j] + a[1][i] * h[1, j] for j in (0, 1)] for i in (0, 1)])
        return np.stack([[left[i, 0] * a[0][j] + left[i, 1] * a[1][j] for j in (0, 1)] for i in (0, 1)])

    def image(point: Point) -> Point:
        u, v = point[0] - c[0], point[1] - c[1]
        return (
            c[0] + shift[0] + (inverse[0][0] * u + inverse[0][1] * v),
            c[1] + shift[1] + (inverse[1][0] * u + inverse[1][1] * v),
        )

    def here(box: Box) -> Box:
        return tuple((low + by, high + by) for (low, high), by in zip(box, shift, strict=True))

    result = replace(
        problem,
        value=lambda x: problem.value(moved(x)),
        gradient=gradient,
        hessian=curvature,
        domain=here(problem.domain),
        view=here(problem.view),
        minima=tuple(image(point) for point in problem.minima),
        lowest_value=problem.lowest,
        stationary=tuple(replace(found, point=image(found.point)) for found in problem.stationary),
    )
    search = problem.search
    if rotate == 0.0 and stretch == 1.0:
        if search is None:
            return result
        pole = None if search.pole is None else image(search.pole)
        return replace(result, search=replace(search, window=here(search.window), pole=pole))
    if search is not None:
        return replace(explored(result, result.domain), view=result.view, starts=problem.starts)
    if problem.lower_outside and problem.minima:
        return replace(explored_within(result, result.domain), view=result.view, starts=problem.starts)
    return replace(result, minima=tuple(point for point in result.minima if inside(np.array(point), result.domain)))
