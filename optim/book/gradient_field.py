"""The bowl x**2 / a + y**2, its gradient's arrows and how far they miss the minimum, and the numerical gradient's error."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from optim.core.derivatives import central_gradient
from optim.core.problem import Problem
from optim.core.types import Array, Point

BOOK_A = 20.0
"""The book's a."""
GRID = np.arange(-5.0, 5.0, 0.1)
"""The places along each axis where the notebook takes the gradient: 100 by 100 arrows."""
LENGTH = 0.1
"""How long the notebook draws an arrow, per unit of gradient."""
STEPS: Array = 10.0 ** np.arange(-1.0, -13.0, -1.0)
"""Half steps of a central difference that are compared."""


def bowl(a: float = BOOK_A) -> Problem:
    """Return x**2 / a + y**2 in the book's window, -10 to 10 each way."""
    window = ((-10.0, 10.0), (-10.0, 10.0))

    def value(x: Array) -> Array:
        height: Array = x[0] ** 2 / a + x[1] ** 2
        return height

    def gradient(x: Array) -> Array:
        return np.stack([2 * x[0] / a, 2 * x[1]])

    return Problem("bowl", value, gradient, domain=window, view=window, minima=((0.0, 0.0),), starts=((-7.0, 2.0),))


def race_name(a: float = BOOK_A) -> str:
    """Return what a race calls the bowl: the registry's name for the book's, else its formula."""
    return "elongated_bowl" if a == BOOK_A else f"x**2/{a!r} + y**2"


def curvatures(a: float = BOOK_A) -> tuple[float, float]:
    """Return how fast the slope grows along x and along y."""
    return 2 / a, 2.0


@dataclass(frozen=True, eq=False)
class Arrows:
    """Downhill arrows: `tails` and minus the gradient there, both (2, n), and by how many degrees each misses the minimum."""

    tails: Array
    slopes: Array

    @property
    def heads(self) -> Array:
        """Where each arrow ends, (2, n), drawn as long as the notebook draws it."""
        return self.tails + LENGTH * self.slopes

    @cached_property
    def misses(self) -> Array:
        """Degrees between each arrow and the way to (0, 0); NaN at (0, 0) itself."""
        home = -self.tails
        length = np.hypot(*self.slopes) * np.hypot(*home)
        with np.errstate(invalid="ignore", divide="ignore"):
            cosine = (self.slopes[0] * home[0] + self.slopes[1] * home[1]) / length
        angles: Array = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        return np.where(length > 1e-20, angles, np.nan)

    def share(self, degrees: float) -> float:
        """Return the share of the arrows that miss by more than `degrees`."""
        known = self.misses[np.isfinite(self.misses)]
        return float(np.mean(known > degrees))

    @property
    def median(self) -> float:
        """The middle miss, in degrees."""
        return float(np.nanmedian(self.misses))


def arrows(a: float = BOOK_A, along: npt.ArrayLike = GRID) -> Arrows:
    """Return the arrows at every crossing of a grid that has the places `along` on both axes."""
    places = np.asarray(along, dtype=float)
    tails = np.stack([axis.ravel() for axis in np.meshgrid(places, places)])
    return Arrows(tails, -bowl(a).gradient(tails))


def seen(half: float, count: int = 11) -> Array:
    """Return the places along an axis from -half to half: at half 0.5 those that the notebook shows."""
    return np.linspace(-half, half, count)


def miss(a: float, point: Point) -> float:
    """Return by how many degrees the arrow at a point misses the minimum."""
    tail = np.array(point)[:, None]
    return float(Arrows(tail, -bowl(a).gradient(tail)).misses[0])


def worst(a: float = BOOK_A) -> float:
    """Return the largest miss that any arrow of the bowl can have, in degrees: asin((k - 1) / (k + 1)), k the curvatures' ratio."""
    low, high = sorted(curvatures(a))
    return math.degrees(math.asin((high - low) / (high + low)))


@dataclass(frozen=True)
class Derivative:
    """A gradient taken twice: as central differences and exactly, and the length of the difference."""

    numerical: Point
    exact: Point
    error: float


def derivative(a: float, point: Point, h: float) -> Derivative:
    """Return the gradient at a point by central differences of half step `h`, and exactly."""
    problem, x = bowl(a), np.array(point)[:, None]
    numerical, exact = central_gradient(problem.value, x, h)[:, 0], problem.gradient(x)[:, 0]
    return Derivative(tuple(numerical.tolist()), tuple(exact.tolist()), float(np.hypot(*(numerical - exact))))


def errors(a: float, point: Point) -> Array:
    """Return the numerical gradient's error at a point for each of STEPS."""
    return np.array([derivative(a, point, float(h)).error for h in STEPS])
