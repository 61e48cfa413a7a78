"""Grids: the values of a hyper-parameter and the starting points that many races run over, as frozen, hashable, plain data."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optim.core.errors import SpecError
from optim.core.metrics import inside
from optim.core.parameter import Parameter, box_of, items_of, points_of, takes, whole
from optim.core.problem import Problem
from optim.core.types import Array, Box, Point
from optim.i18n.message import message
from optim.races.spec import MAX_SEED

RATES, STARTS, JITTER = 97, 24, 0.02
"""Values on a shared axis, starts of a comparison, and how far those scatter as a share of the window."""
MAX_VALUES = 10_000
"""Values that a grid over a range may have: they have three digits, so that more would not differ."""
MAX_RUNS = 10_000_000
"""Runs that a sweep may have, and starts too: the result of so many takes 500 MB."""
FARTHEST = 10**12
"""Where the part of the endless sequence of scattered starts that is run may begin at most."""
DIGITS = 3
"""Significant digits of a value on a grid, so that what a table and a link show is what was run."""
COARSE_VALUES, COARSE_STARTS = 8, 3
"""Stride of the coarse first pass over an axis, and over the columns and rows of a lattice."""
_FEW = 16
"""Number of values up to which there is no coarse first pass."""
Places = npt.NDArray[np.int64]


@takes(parameter=Parameter)
def spaced(parameter: Parameter, count: int = RATES) -> tuple[float, ...]:
    """Return `count` values over a parameter's range, logarithmic where it is; rounded to 3 digits, whole where it must be."""
    low, high, count = parameter.low, parameter.high, whole("count", count, 1, MAX_VALUES)
    values = np.geomspace(low, high, count) if parameter.log else np.linspace(low, high, count)
    if parameter.kind != "float":
        return tuple(sorted({round(float(value)) for value in values}))
    return tuple(min(max(float(f"{value:.{DIGITS}g}"), low), high) for value in values)


@dataclass(frozen=True)
class Axis:
    """One axis of a sweep: a hyper-parameter's name and its values, the same for all entries.

    For values of each entry's own, give one name and one tuple of values per entry, as many values each; "" where an entry
    has nothing to vary. An entry without the parameter is run once and stands at every value.
    """

    parameter: str | tuple[str, ...]
    values: tuple[float, ...] | tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.parameter, str):
            expected = message("a parameter's name, or one name for each entry")
            object.__setattr__(self, "parameter", items_of("parameter", self.parameter, expected))
            if not all(isinstance(name, str) for name in self.parameter):
                raise SpecError("parameter", self.parameter, expected)
        expected = message("a sequence of numbers, or one such sequence for each entry")
        values = items_of("values", self.values, expected)
        if any(isinstance(own, list | tuple | np.ndarray) for own in values):
            values = tuple(items_of("values", own, expected) for own in values)
        object.__setattr__(self, "values", values)

    @property
    def size(self) -> int:
        """How many values there are."""
        first = self.values[0] if self.values else ()
        return len(first) if isinstance(first, tuple) else len(self.values)

    def of(self, entry: int) -> tuple[str, tuple[float, ...]]:
        """Return the name and the values for the entry of that number."""
        name = self.parameter if isinstance(self.parameter, str) else self.parameter[entry]
        values = self.values[entry] if self.values and isinstance(self.values[0], tuple) else self.values
        return name, values  # type: ignore[return-value]


class Starts(Protocol):
    """Where the runs of a sweep begin."""

    @property
    def size(self) -> int:
        """How many starts there are."""

    def dimension(self, problem: Problem) -> int:
        """Return how many numbers a start has; none is computed for it."""

    def points(self, problem: Problem) -> Array:
        """Return the starts (d, size)."""

    def coarse(self) -> Places:
        """Return the numbers of the starts that are run first."""


@dataclass(frozen=True)
class Points:
    """Starts given one by one."""

    places: tuple[Point, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", points_of("places", self.places))
        if not self.places:
            raise SpecError("places", self.places, message("at least one point"))

    @property
    def size(self) -> int:
        return len(self.places)

    def dimension(self, problem: Problem) -> int:  # noqa: ARG002 - the others ask the problem where to begin
        return len(self.places[0])

    def points(self, problem: Problem) -> Array:  # noqa: ARG002 - the others ask the problem where to begin
        return np.array(self.places, dtype=float).T.copy()

    def coarse(self) -> Places:
        return np.arange(self.size)


@dataclass(frozen=True)
class Jittered:
    """The function's named starts, then points scattered around them by 2 % of the window: the same for every optimizer.

    They are numbers `first` to `first + size - 1` of one endless sequence that `seed` fixes, so that ranges which do not
    overlap share no start. `around` are the points to scatter around, by default the function's own starts. A start in the
    domain has none of its neighbours outside: what falls outside is reflected at the border.
    """

    size: int = STARTS
    seed: int = 0
    first: int = 0
    around: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", whole("size", self.size, 1, MAX_RUNS))
        object.__setattr__(self, "seed", whole("seed", self.seed, 0, MAX_SEED))
        object.__setattr__(self, "first", whole("first", self.first, 0, FARTHEST))
        object.__setattr__(self, "around", points_of("around", self.around))

    def dimension(self, problem: Problem) -> int:
        return len(self.around[0]) if self.around else problem.dimension

    def points(self, problem: Problem) -> Array:
        named = np.array(self.around or problem.starts or (problem.centre,), dtype=float)
        numbers = np.arange(self.first, self.first + self.size)
        scatter = np.stack([_scatter(self.seed, int(number), problem.dimension) for number in numbers])
        scatter[numbers < len(named)] = 0.0
        base = named[numbers % len(named)]
        moved = base + JITTER * np.array(problem.widths) * scatter
        low, high = np.array(problem.domain, dtype=float).T
        within = inside(base, problem.domain)[:, None]
        moved = np.where(within & (moved < low), 2 * low - moved, moved)
        moved = np.where(within & (moved > high), 2 * high - moved, moved)
        return np.ascontiguousarray(moved.T)

    def coarse(self) -> Places:
        return np.arange(self.size)


@dataclass(frozen=True)
class Lattice:
    """Starts at the middles of `across` x `up` equal cells of a box, the function's window by default: row by row, lowest first.

    Start number `row * across + column` belongs to that cell. Two dimensions.
    """

    across: int
    up: int
    box: Box = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "across", whole("across", self.across, 1, MAX_RUNS))
        object.__setattr__(self, "up", whole("up", self.up, 1, MAX_RUNS))
        object.__setattr__(self, "box", box_of("box", self.box))
        if len(self.box) not in {0, 2}:
            raise SpecError("box", self.box, message("two pairs (low, high), for x and y"))
        if self.size > MAX_RUNS:
            expected = message("at most {most:,} starts: take fewer across or up", most=MAX_RUNS)
            raise SpecError("across × up", self.size, expected)

    @property
    def size(self) -> int:
        return self.across * self.up

    def dimension(self, problem: Problem) -> int:  # noqa: ARG002 - the others ask the problem where to begin
        return 2

    def edges(self, problem: Problem) -> tuple[Array, Array]:
        """Return the cells' middles along x (across,) and y (up,)."""
        (left, right), (bottom, top) = self.box or problem.view
        return _middles(left, right, self.across), _middles(bottom, top, self.up)

    def points(self, problem: Problem) -> Array:
        x, y = self.edges(problem)
        return np.stack([np.tile(x, self.up), np.repeat(y, self.across)])

    def coarse(self) -> Places:
        rows, columns = (np.arange(every // 2, count, every) for count, every in self._thin())
        return np.asarray(rows[:, None] * self.across + columns).ravel()

    def coarse_stand_ins(self) -> Places:
        """Return for every start the number of the coarse start that stands for it until it has been run, (size,)."""
        rows, columns = (
            np.minimum(np.arange(count) // every * every + every // 2, (count - 1 - every // 2) // every * every + every // 2)
            for count, every in self._thin()
        )
        return np.asarray(rows[:, None] * self.across + columns).ravel()

    def _thin(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.up, COARSE_STARTS if self.up > _FEW else 1), (self.across, COARSE_STARTS if self.across > _FEW else 1)


def coarse_values(count: int) -> Places:
    """Return which of `count` values of an axis are run first."""
    return np.arange(0, count, COARSE_VALUES) if count > _FEW else np.arange(count)


def _scatter(seed: int, number: int, dimension: int) -> Array:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2, number))).standard_normal(dimension)


def _middles(low: float, high: float, count: int) -> Array:
    return low + (high - low) * (np.arange(count) + 0.5) / count
