"""The three kinds of object that the registries hold: Parameter, Optimizer and Problem."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from optim.core.rule_lines import Lines
from optim.i18n.message import message

if TYPE_CHECKING:
    from optim.core.oracle import Oracle

Array: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Function: TypeAlias = Callable[[Array], Array]
Hyper: TypeAlias = Mapping[str, Any]
"""Hyper-parameters of a block of runs: name -> float where all runs agree, else an array (B,)."""
State: TypeAlias = dict[str, Any]
"""An optimizer's memory: name -> array (d, B), array (B,), or a float that all runs share."""
Point: TypeAlias = tuple[float, ...]
Box: TypeAlias = tuple[tuple[float, float], ...]


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
        if math.isinf(high):
            return message("a number of {low:g} or more", low=low)
        if high < 1 and f"{high:g}" == "1":
            return message("a number from {low:g} to just below {high:g}", low=low, high=high)
        return message("a number from {low:g} to {high:g}", low=low, high=high)

    def canonical(self, value: Any) -> float | int | bool | None:
        """Return `value` as this parameter's own type, or None where it is not acceptable."""
        if isinstance(value, str | bytes) or value is None:
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


@dataclass(frozen=True)
class Golden:
    """A recorded run of an independent implementation that an optimizer is held against, and our settings that mean the same.

    `run` is its name in the test data; `compare` how the two are compared: step by step, or as the data's own kind asks.
    """

    run: str
    values: Mapping[str, Any] = field(default_factory=dict)
    compare: str = "steps"


def _nothing(_: Hyper) -> str:
    return ""


@dataclass(frozen=True)
class Torch:
    """The same rule in PyTorch: `call` is its class with its keywords, in which {lr} and so on stand for our hyper-parameters.

    `refuses(hp)` says what PyTorch does not take of settings that we take, or nothing.
    """

    call: str
    refuses: Callable[[Hyper], str] = _nothing

    def written(self, hp: Hyper) -> str:
        """Return the call with these hyper-parameters."""
        return self.call.format(**{name: repr(value) for name, value in hp.items()})


@dataclass(frozen=True)
class Optimizer:
    """An update rule as a pure pair: `init(oracle, x, hp) -> state` and `step(oracle, x, state, hp) -> (x, state)`.

    `x` is (d, B), coordinates first. `uses` names what a step asks of the oracle, once per look ("gradient" twice where a step
    takes two); `varies` says that the number of looks differs from step to step. `idea` goes on after the title to say what
    the rule does, `memory` maps each state variable to its meaning. `stable_bound(hp)` is the limit that lr times the largest
    Hessian eigenvalue must stay under on a quadratic; None where no such bound is known. `answer(x, state)` is the point to
    report, (d, B), where that is not the point being moved. `lines` write one step out, to be read and worked out again;
    `torch` is the same rule in PyTorch, where it is there.

    `demo` are settings that show the rule on the book's bowl, `golden` the runs it is held against, `form` says which form
    this is where implementations disagree. `exempt` maps a property that every rule should have, but this one has not, to
    the reason.
    """

    name: str
    title: str
    family: str
    parameters: tuple[Parameter, ...]
    init: Callable[["Oracle", Array, Hyper], State]
    step: Callable[["Oracle", Array, State, Hyper], tuple[Array, State]]
    latex: str
    reference: str
    year: int
    uses: tuple[str, ...] = ("gradient",)
    idea: str = ""
    memory: Mapping[str, str] | None = None
    stable_bound: Callable[[Hyper], float] | None = None
    answer: Callable[[Array, State], Array] | None = None
    varies: bool = False
    demo: Mapping[str, Any] = field(default_factory=dict)
    golden: tuple[Golden, ...] = ()
    form: str = ""
    exempt: Mapping[str, str] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    torch: Torch | None = None

    def __post_init__(self) -> None:
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two parameters share a name in {names}")

    def parameter(self, name: str) -> Parameter:
        """Return the parameter called `name`; KeyError where there is none."""
        return {parameter.name: parameter for parameter in self.parameters}[name]


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
