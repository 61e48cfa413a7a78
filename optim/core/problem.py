"""A function to minimise, with all that is known of it: its derivatives, its domain, its minima and what a search found."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from optim.core.errors import SpecError
from optim.core.parameter import MAX_ITEMS, box_of, points_of, whole
from optim.core.types import Array, Box, Function, Point
from optim.i18n.message import message, plural


class Lazy:
    """A text field that may be given as a function, called when first asked for: deriving LaTeX needs SymPy."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_{name}"

    def __get__(self, instance: Any, owner: type | None = None) -> str:
        if instance is None:
            return ""
        value = instance.__dict__[self._slot]
        if callable(value):
            value = instance.__dict__[self._slot] = value()
        return str(value)

    def __set__(self, instance: Any, value: str | Callable[[], str]) -> None:
        instance.__dict__[self._slot] = value


PointKind = Literal["minimum", "saddle", "maximum", "inflection", "plateau", "slope"]
Form = Literal["smooth", "kink", "cusp", "edge"]


@dataclass(frozen=True)
class Stationary:
    """A point without slope, or the tip of a corner, that a search found: its place, kind, value and form.

    At an `inflection` the slope vanishes and the function goes on falling beyond; on a `plateau` nothing around is higher or
    lower. `isolated` is False for a point of a line, ring or plateau of such points. `form`: at a "kink" the slope jumps, at a
    "cusp" it is infinite, at an "edge" the function is not defined on one side.
    """

    point: Point
    kind: PointKind
    value: float
    isolated: bool = True
    form: Form = "smooth"


@dataclass(frozen=True)
class Search:
    """What a search of `window` found where nothing is proven: how many points of each kind, and what speaks against a minimum.

    Points of lines and plateaus are counted as "flat", each standing for many.
    `defined` is the share of the window where the function is finite, `edge` says that it is lower at the window's edge than at
    any minimum found, `falls` whether it was seen to fall without end at a `pole`, or outside the window as far as was looked;
    `omitted` is how many points are counted but not listed; `complete` is False where a finer grid shows more minima than were
    found; `lower` is a place outside the window that is lower than any minimum found, None where none was seen.
    """

    window: Box
    counts: tuple[tuple[str, int], ...]
    defined: float = 1.0
    edge: bool = False
    falls: Literal["", "outside", "pole"] = ""
    pole: Point | None = None
    omitted: int = 0
    complete: bool = True
    lower: Point | None = None


SHARE, LOW_PART, CELLS = 1e-6, 0.05, 48
"""The default target is SHARE of the height above the lowest value that LOW_PART of the window stays below: a multiple of f
has the same multiple of it, and f plus a constant the same. Looked at on CELLS x CELLS cells."""
SQUARED = 1e-24
"""Share of a function's height below which a lowest value is what squares of rounding errors leave of 0, as of sin(3πx)² at 1."""


@dataclass(frozen=True)
class Problem:
    """A function to minimise: `value` (d, ...) -> (...), `gradient` (d, ...) -> (d, ...), `hessian` -> (d, d, ...).

    `domain` is where a run counts (-5 to 5 by default), `view` what pictures show, both ((low, high), ...) per coordinate;
    `minima` are the known global ones in the domain, `lower_outside` says that the function is lower elsewhere, `lowest_value` is
    the value there where it is known better than rounding lets `value` return it.
    `log_z` asks for a logarithmic height, `levels` are the contour heights: above the lowest
    value where `log_z`, else of the function itself. `bounded` is False where the function falls without end, so that nobody can
    be near a lowest value. `search` says that `minima` and `bounded` are not proven but found, with every `stationary` point,
    by looking at a window. `divisors` (d, ...) -> (parts, ...) are parts of a formula one of which is zero at each of its poles.
    """

    name: str
    value: Function
    gradient: Function
    hessian: Function | None = None
    dimension: int = 2
    title: str = ""
    family: str = ""
    formula: str = ""
    latex: Lazy = Lazy()
    domain: Box = ()
    view: Box = ()
    minima: tuple[Point, ...] = ()
    lowest_value: float | None = None
    lower_outside: bool = False
    starts: tuple[Point, ...] = ()
    levels: tuple[float, ...] = ()
    log_z: bool = False
    bounded: bool = True
    stationary: tuple[Stationary, ...] = ()
    search: Search | None = None
    divisors: Function | None = None
    tags: tuple[str, ...] = ()
    teaches: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimension", whole("dimension", self.dimension, 1, MAX_ITEMS))
        if not self.domain:
            object.__setattr__(self, "domain", ((-5.0, 5.0),) * self.dimension)
        if not self.view:
            object.__setattr__(self, "view", self.domain)
        if not self.title:
            object.__setattr__(self, "title", self.name)

    @property
    def widths(self) -> Point:
        """The lengths of the view's sides."""
        return tuple(high - low for low, high in self.view)

    @property
    def centre(self) -> Point:
        """The first minimum, or the middle of the view where none is known."""
        return self.minima[0] if self.minima else tuple((low + high) / 2 for low, high in self.view)

    @cached_property
    def targets(self) -> tuple[Point, ...]:
        """The minima that a distance can be measured to: none where they form lines, or where not all of them are listed."""
        lines = any(not found.isolated and found.point in self.minima for found in self.stationary)
        unlisted = self.search is not None and self.search.omitted > 0 and len(self.minima) == len(self.stationary)
        return () if lines or unlisted else self.minima

    @cached_property
    def lowest(self) -> float | None:
        """The lowest known minimum value in the domain, or None where none is known; 0 for what rounding leaves of 0."""
        inside = [
            point for point in self.minima if all(low <= c <= high for c, (low, high) in zip(point, self.domain, strict=True))
        ]
        if not inside:
            return None
        if self.lowest_value is not None:
            return self.lowest_value
        with np.errstate(all="ignore"):
            value = float(np.min(self.value(np.array(inside, dtype=float).T)))
        return 0.0 if 0.0 < value < SQUARED * low_height(self._values) else value

    @cached_property
    def height(self) -> float:
        """The height above the lowest value that a twentieth of the window stays below; 0 where the function is constant.

        Nothing is taken from a start, so that every start has the same. The window is the one that was searched, or the view.
        """
        return low_height(self._values if self.lowest is None else np.append(self._values, self.lowest))

    @cached_property
    def _values(self) -> Array:
        """Values spread evenly over the window, (n,)."""
        with np.errstate(all="ignore"):
            return self.value(_spread(self.view if self.search is None else self.search.window))

    @property
    def target(self) -> float:
        """The gap above the lowest value that counts as reached where a race names none; never less than rounding can tell."""
        return max(SHARE * self.height, 4 * math.ulp(self.lowest or 0.0))

    def holding(self, start: Sequence[Any]) -> "Problem":
        """Return the problem with domain and view widened to hold `start` where the window was only searched, not given.

        Coordinates that are arrays (B,) make windows of B runs.
        """
        domain = self.domain if self.search is None else widened(self.domain, start)
        if domain is self.domain or (np.ndim(start[0]) == 0 and domain == self.domain):
            return self
        return replace(self, domain=domain, view=widened(self.view, start))


def check_problem(problem: Problem, start: Point) -> None:
    """Raise SpecError where a problem of the caller's own has a field, or a function at `start`, that no race can use.

    A spec asks for it, not the problem itself: the functions of the registry are tested, and windows of several runs hold arrays.
    """
    for field in ("domain", "view", "minima", "starts"):
        given = getattr(problem, field)
        points = (box_of if field in {"domain", "view"} else points_of)(f"problem.{field}", given)
        if field in {"domain", "view"} and len(points) != problem.dimension:
            raise SpecError(
                f"problem.{field}", given, plural("{count} pair (low, high)", "{count} pairs (low, high)", problem.dimension)
            )
        if field in {"minima", "starts"} and any(len(point) != problem.dimension for point in points):
            raise SpecError(
                f"problem.{field}", given, plural("points of {count} number", "points of {count} numbers", problem.dimension)
            )
    for order, field in enumerate(("value", "gradient", "hessian")):
        if getattr(problem, field) is not None or field != "hessian":
            _check_function(f"problem.{field}", getattr(problem, field), order, start)


def _check_function(field: str, function: Function, order: int, start: Point) -> None:
    """Raise SpecError where the derivative of this order does not give an array of numbers for two points, or changes them."""
    points = np.repeat(np.array(start)[:, None], 2, axis=1)
    given, shape = points.copy(), (len(start),) * order + (2,)
    expected = message("a function of points {points} that returns an array {shape} of numbers", points=points.shape, shape=shape)
    try:
        with np.errstate(all="ignore"):
            result: Any = function(given)
    except Exception as error:  # whatever the caller's function raises
        raise SpecError(field, error, expected) from error
    if not isinstance(result, np.ndarray) or result.shape != shape or result.dtype.kind not in "fiu":
        raise SpecError(field, result, expected)
    if not np.array_equal(given, points):
        raise SpecError(field, function, message("a function that does not change the points that it is given"))


def low_height(values: Array) -> float:
    """Return the height above the lowest of the finite values that a twentieth of the higher ones stay below; 0 if none is."""
    values = values[np.isfinite(values)]
    above = values - np.min(values, initial=np.inf)
    above = above[above > 0]
    return float(np.quantile(above, LOW_PART)) if above.size else 0.0


def widened(box: Box, point: Sequence[Any]) -> Box:
    """Return the box, its sides moved out where they must be to hold the point with a twentieth of the box beside it."""
    sides: list[Any] = []
    for (low, high), value in zip(box, point, strict=True):
        room = 0.05 * (high - low)
        outside = (value < low) | (value > high)
        below = np.where(outside, np.minimum(low, value - room), low)
        above = np.where(outside, np.maximum(high, value + room), high)
        sides.append((below, above) if below.ndim else (float(below), float(above)))
    return tuple(sides)


def _spread(box: Box) -> Array:
    """Return points spread evenly over a box, (d, n): the middles of cells up to two coordinates, beyond an additive recurrence."""
    low, high = np.array(box, dtype=float).T[:, :, None]
    if len(box) <= 2:
        middles = (np.arange(CELLS) + 0.5) / CELLS
        shares = np.stack(np.meshgrid(*[middles] * len(box))).reshape(len(box), -1)
    else:
        # Steps by powers of the root of r**(d + 1) = r + 1 spread evenly in d coordinates (Roberts, 2018).
        root = 2.0
        for _ in range(60):
            root = (1.0 + root) ** (1.0 / (len(box) + 1))
        shares = np.outer(root ** -np.arange(1.0, len(box) + 1), np.arange(1.0, CELLS**2 + 1)) % 1.0
    return np.asarray(low + (high - low) * shares)
