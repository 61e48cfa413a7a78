"""Grids: the values of a hyper-parameter and the starting points that many races run over, as frozen, hashable, plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from optim.core.metrics import inside
from optim.core.parameter import Parameter
from optim.core.problem import Problem
from optim.core.types import Array, Box, Point
from optim.races.spec import point_of

RATES, STARTS, JITTER = 97, 24, 0.02
"""Values on a shared axis, starts of a comparison, and how far those scatter as a share of the window."""
DIGITS = 3
"""Significant digits of a value on a grid, so that what a table and a link show is what was run."""
COARSE_VALUES, COARSE_STARTS = 8, 3
"""Stride of the coarse first pass over an axis, and over the columns and rows of a lattice."""
_FEW = 16
"""Number of values up to which there is no coarse first pass."""
Places = npt.NDArray[np.int64]


def spaced(parameter: Parameter, count: int = RATES) -> tuple[float, ...]:
    """Return `count` values over a parameter's range, logarithmic where it is; rounded to 3 digits, whole where it must be."""
    low, high = parameter.low, parameter.high
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

    def points(self, problem: Problem) -> Array:
        """Return the starts (d, size)."""

    def coarse(self) -> Places:
        """Return the numbers of the starts that are run first."""


@dataclass(frozen=True)
class Points:
    """Starts given one by one."""

    places: tuple[Point, ...]

    @property
    def size(self) -> int:
        return len(self.places)

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

    @property
    def size(self) -> int:
        return self.across * self.up

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


def as_starts(given: Any) -> Any:
    """Return starts given as a sequence of points as Points, everything else as it is; SpecError where a point is none."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return Points(tuple(point_of("starts", point) for point in given))
    return given
