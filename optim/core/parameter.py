"""What is given by a caller and how it is checked: a hyper-parameter with its range and default, and the fields of specs."""

import functools
import inspect
import itertools
import math
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

import numpy as np

from optim.core.errors import SpecError, or_nearest
from optim.core.types import Box, Point
from optim.i18n.message import code, message

MAX_ITEMS = 100_000
"""Items that a sequence given one by one may have; more are refused before they are looked at, so that none fills the memory."""
LARGEST = 1e300
"""The largest size of a coordinate: far enough below what overflows that a distance can still be measured."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Parameter:
    """A hyper-parameter: `low` to `high` is what sliders and sweeps span, `valid` (both ends included) what is accepted.

    A `structural` parameter is a plain value inside `step`: runs that differ in it are never stacked in one block.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    log: bool = False
    kind: Literal["float", "int", "bool"] = "float"
    structural: bool = False
    doc: str = ""
    valid: tuple[float, float] | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and largest value accepted."""
        return self.valid or (self.low, self.high)

    @property
    def expected(self) -> str:
        """What a good value is, in words."""
        low, high = self.bounds
        if self.kind == "bool":
            return message("true or false")
        if self.kind == "int":
            return message("a whole number from {low:.0f} to {high:.0f}", low=low, high=high)
        if math.isinf(low):
            return message("a number")
        if math.isinf(high):
            return message("a number of {low:g} or more", low=low)
        if high < 1 and f"{high:g}" == "1":
            return message("a number from {low:g} to just below {high:g}", low=low, high=high)
        return message("a number from {low:g} to {high:g}", low=low, high=high)

    def expected_for(self, value: Any) -> str:
        """Return what a good value is instead of `value`, in words."""
        return message("{expected}, not a truth value", expected=self.expected) if self._no_number(value) else self.expected

    def _no_number(self, value: Any) -> bool:
        return isinstance(value, bool | np.bool_) and self.kind != "bool"

    def canonical(self, value: Any) -> float | int | bool | None:
        """Return `value` as this parameter's own type, or None where it is not acceptable."""
        if isinstance(value, str | bytes) or value is None or self._no_number(value):
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        low, high = self.bounds
        if not math.isfinite(number) or not low <= number <= high:
            return None
        if self.kind == "float":
            return number
        if number != int(number):
            return None
        return bool(number) if self.kind == "bool" else int(number)


def number(field: str, value: Any, low: float, high: float) -> float:
    """Return a number between two bounds as a float; SpecError names the field where it is none."""
    span = Parameter(field, field, 0.0, low, high)
    found = span.canonical(value)
    if found is None:
        raise SpecError(field, value, span.expected_for(value))
    return float(found)


def whole(field: str, value: Any, low: int, high: int) -> int:
    """Return a whole number between two bounds as an int; SpecError names the field where it is none."""
    span = Parameter(field, field, 0, low, high, kind="int")
    found = span.canonical(value)
    if found is None:
        raise SpecError(field, value, span.expected_for(value))
    return int(found)


def items_of(field: str, value: Any, expected: str, most: int = MAX_ITEMS) -> tuple[Any, ...]:
    """Return a sequence, an array or an iterator as a tuple; SpecError says what was expected where it is none, or too long."""
    try:
        several = None if isinstance(value, str | bytes | Set | Mapping) else iter(value)
    except TypeError:  # a number, and an array without a dimension, which has `__iter__` all the same
        several = None
    if several is None:
        raise SpecError(field, value, expected)
    items = tuple(itertools.islice(several, most + 1))
    if len(items) > most:
        raise SpecError(field, value, message("at most {most:,} of them", most=most))
    return items


def point_of(field: str, value: Any) -> Point:
    """Return a sequence of finite numbers as a point; SpecError names the field where it is none."""
    items = items_of(field, value, message("a sequence of numbers"))
    point = tuple(Parameter(field, field, 0.0, -LARGEST, LARGEST).canonical(c) for c in items)
    if not point or any(c is None for c in point):
        raise SpecError(field, value, message("a sequence of finite numbers, which truth values are not"))
    return tuple(float(c) for c in point if c is not None)


def points_of(field: str, value: Any) -> tuple[Point, ...]:
    """Return a sequence of points with as many numbers each; SpecError names the field where it is none."""
    points = tuple(point_of(field, point) for point in items_of(field, value, message("a sequence of points")))
    if len({len(point) for point in points}) > 1:
        raise SpecError(field, value, message("points with as many numbers each"))
    return points


def box_of(field: str, value: Any) -> Box:
    """Return pairs (low, high), one per coordinate, as a box; SpecError names the field where low is not below high."""
    sides = points_of(field, value)
    if not all(len(side) == 2 and side[0] < side[1] for side in sides):
        raise SpecError(field, value, message("a pair (low, high) for each coordinate, low below high"))
    return tuple((low, high) for low, high in sides)


def one_of(field: str, value: Any, names: Collection[str]) -> None:
    """Raise SpecError where a value is not one of these names; it says the nearest."""
    if not isinstance(value, str) or value not in names:
        raise SpecError(field, value, or_nearest(message("one of {names}", names=code(*names)), value, names))


def of_kind(field: str, value: Any, kind: type) -> None:
    """Raise SpecError where a value is not an object of a class."""
    if not isinstance(value, kind):
        raise SpecError(field, value, message("an object of the class {name}", name=kind.__name__))


def takes(**kinds: type) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator: the function refuses with SpecError what is not an object of the class that the argument's name has.

    Arguments that are left out are not looked at, nor is None for one that may be left out.
    """

    def guarded(function: Callable[P, T]) -> Callable[P, T]:
        parameters = inspect.signature(function).parameters
        places = {name: list(parameters).index(name) for name in kinds}

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            for name, kind in kinds.items():
                default = parameters[name].default
                value = args[places[name]] if places[name] < len(args) else kwargs.get(name, default)
                if value is not default:
                    of_kind(name, value, kind)
            return function(*args, **kwargs)

        return checked

    return guarded
