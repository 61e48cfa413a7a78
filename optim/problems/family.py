"""Families of functions of any number of variables: one object each, which makes the Problem of a given dimension."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optim.core.errors import SpecError
from optim.core.problem import Problem
from optim.core.types import Array, Function, Point
from optim.i18n.message import message

MAX_DIMENSION = 100
"""A race looks at up to 200 Hessians at once; at 100 x 100 numbers each they take 16 MB."""


@dataclass(frozen=True, eq=False)
class ProblemFamily:
    """A function of any number of variables, from `low` to `high` of them: `of(d)` is the Problem of d.

    `value` (d, ...) -> (...), `gradient` (d, ...) -> (d, ...) and `hessian` -> (d, d, ...) read d from the points; sums over
    coordinates run in a fixed order, so that a run does not depend on who is beside it. `side` is the domain of every
    coordinate, `minimum(d)` the known global minimum and `start(d)` where a race begins.
    """

    name: str
    title: str
    value: Function
    gradient: Function
    side: tuple[float, float]
    minimum: Callable[[int], Point]
    start: Callable[[int], Point]
    latex: str
    tags: tuple[str, ...]
    teaches: str
    reference: str
    hessian: Function | None = None
    log_z: bool = False
    lower_outside: bool = False
    low: int = 2
    high: int = MAX_DIMENSION
    default: int = 10

    def of(self, dimension: int | None = None) -> Problem:
        """Return the Problem of `dimension` variables (`default` where none is given), always the same object.

        SpecError where `dimension` is not a whole number from `low` to `high`.
        """
        number = self.default if dimension is None else dimension
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not self.low <= number <= self.high:
            raise SpecError(
                "dimension",
                dimension,
                message("a whole number from {low} to {high} for {name}", low=self.low, high=self.high, name=self.name),
            )
        return _made(self, int(number))


@lru_cache(maxsize=256)
def _made(family: ProblemFamily, dimension: int) -> Problem:
    return Problem(
        family.name,
        family.value,
        family.gradient,
        family.hessian,
        dimension=dimension,
        title=f"{family.title} in {dimension} dimensions",
        family="Any dimension",
        latex=family.latex,
        domain=(family.side,) * dimension,
        minima=(family.minimum(dimension),),
        starts=(family.start(dimension),),
        log_z=family.log_z,
        lower_outside=family.lower_outside,
        tags=family.tags,
        teaches=family.teaches,
        reference=family.reference,
    )


def repeated(*pattern: float) -> Callable[[int], Point]:
    """Return the function d -> the point (d,) whose coordinates repeat `pattern`."""
    return lambda dimension: tuple(pattern[i % len(pattern)] for i in range(dimension))


def added(parts: Array) -> Array:
    """Return the sum over the first axis, coordinate by coordinate: NumPy's own sum adds in an order that depends on the shape."""
    total: Array = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def numbered(x: Array) -> Array:
    """Return 1 to d, shaped to go with the points `x` (d, ...)."""
    return along(np.arange(1.0, len(x) + 1), x)


def along(values: npt.NDArray[np.float64], x: Array) -> Array:
    """Return one value per coordinate, (d,), shaped to go with the points `x` (d, ...)."""
    return values.reshape(-1, *[1] * (x.ndim - 1))


def diagonal(entries: Array) -> Array:
    """Return the matrices (d, d, ...) with `entries` (d, ...) on the diagonal, zero beside it."""
    result = np.zeros((len(entries), *entries.shape))
    for i, entry in enumerate(entries):
        result[i, i] = entry
    return result
