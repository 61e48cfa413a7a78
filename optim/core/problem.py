"""A function to minimise, with all that is known of it: its derivatives, its domain, its minima and what a search found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from optim.core.types import Box, Function, Point


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


@dataclass(frozen=True)
class Stationary:
    """A point without slope, or the tip of a corner, that a search found: its place, kind and value.

    A `degenerate` point is none of the others: the curvature vanishes one way and the function goes on falling there.
    `isolated` is False for a point of a line or plateau of such points.
    """

    point: Point
    kind: Literal["minimum", "saddle", "maximum", "degenerate"]
    value: float
    isolated: bool = True


@dataclass(frozen=True)
class Search:
    """What a search of `window` found where nothing is proven: how many points of each kind, and what speaks against a minimum.

    Points of lines and plateaus are counted as "flat", each standing for many.
    `defined` is the share of the window where the function is finite, `edge` says that it is lower at the window's edge than at
    any minimum found, `falls` whether it was seen to fall without end, at a `pole` or far outside the window; `omitted` is how
    many points are counted but not listed.
    """

    window: Box
    counts: tuple[tuple[str, int], ...]
    defined: float = 1.0
    edge: bool = False
    falls: Literal["", "outside", "pole"] = ""
    pole: Point | None = None
    omitted: int = 0


@dataclass(frozen=True)
class Problem:
    """A function to minimise: `value` (d, ...) -> (...), `gradient` (d, ...) -> (d, ...), `hessian` -> (d, d, ...).

    `domain` is where a run counts (-5 to 5 by default), `view` what pictures show, both ((low, high), ...) per coordinate;
    `minima` are the known global ones, `log_z` asks for a logarithmic height, `levels` are the contour heights: above the lowest
    value where `log_z`, else of the function itself. `bounded` is False where the function falls without end, so that nobody can
    be near a lowest value. `search` says that `minima` and `bounded` are not proven but found, with every `stationary` point,
    by looking at a window.
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
    starts: tuple[Point, ...] = ()
    levels: tuple[float, ...] = ()
    log_z: bool = False
    bounded: bool = True
    stationary: tuple[Stationary, ...] = ()
    search: Search | None = None
    tags: tuple[str, ...] = ()
    teaches: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
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
        """The lowest known minimum value in the domain, or None where none is known."""
        inside = [
            point for point in self.minima if all(low <= c <= high for c, (low, high) in zip(point, self.domain, strict=True))
        ]
        if not inside:
            return None
        with np.errstate(all="ignore"):
            return float(np.min(self.value(np.array(inside, dtype=float).T)))
