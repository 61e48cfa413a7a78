"""What a sweep asks: one race over grids of hyper-parameters, starts and seeds, as frozen, hashable, plain data."""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, cast

from optim.core.errors import SpecError
from optim.core.parameter import items_of, number, of_kind, points_of, whole
from optim.core.problem import Problem
from optim.core.types import Array, Point
from optim.i18n.message import code, joined, message, plural
from optim.i18n.phrases import steps
from optim.races.entry import Entry, checked_value
from optim.races.json_input import read_object
from optim.races.spec import MAX_SEED, RaceSpec
from optim.sweeps.grid import MAX_RUNS, Axis, Jittered, Lattice, Points, Starts

MAX_RUN_STEPS = 150_000_000
"""Steps over all runs that one sweep may take unless its `limit` says otherwise: half a minute of two cores."""
MAX_LIMIT = 10**12
"""What a `limit` may be at most: two days."""
STARTS: dict[str, Any] = {kind.__name__: kind for kind in (Points, Jittered, Lattice)}


@dataclass(frozen=True)
class SweepSpec:
    """Many races like `race`: its entries run at every value of `axes`, from each of `starts`, with each of `seeds`.

    `axes` are Axis objects or a mapping from a parameter's name to values that all entries share; `starts` are Points, Jittered,
    Lattice or a sequence of points, by default the race's own start, and `seeds` by default its own seed. `lowest` is what gaps
    are measured from, by default the function's lowest known minimum, or the lowest value that any run meets where none is proven.
    Raises SpecError naming the field; one that asks for more than `limit` steps over all runs says what to reduce.
    """

    race: RaceSpec
    axes: tuple[Axis, ...] = ()
    starts: Starts = ()  # type: ignore[assignment]  # the default, the race's start, is filled in below
    seeds: tuple[int, ...] = ()
    lowest: float | None = None
    limit: int = MAX_RUN_STEPS

    def __post_init__(self) -> None:
        of_kind("race", self.race, RaceSpec)
        self._set("limit", whole("limit", self.limit, 1, MAX_LIMIT))
        self._set("axes", _unchecked_axes(self.axes, self.race.entries))
        self._set("starts", _starts(self.starts, self.race.start))
        if self.starts.dimension(self.race.base_problem) != len(self.race.start):
            raise SpecError(
                "starts", self.starts, plural("points of {count} number", "points of {count} numbers", len(self.race.start))
            )
        seeds = items_of("seeds", self.seeds, message("a sequence of whole numbers"))
        self._set("seeds", tuple(whole("seeds", seed, 0, MAX_SEED) for seed in seeds) or (self.race.seed,))
        if self.lowest is not None:
            self._set("lowest", number("lowest", self.lowest, -sys.float_info.max, sys.float_info.max))
        check_size(self.shape, self.race.steps, self.limit)  # before as many values are looked at
        self._set("axes", tuple(_checked_axis(axis, self.race.entries) for axis in self.axes))
        self._check_axes_differ()

    def _set(self, field: str, value: Any) -> None:
        object.__setattr__(self, field, value)

    def _check_axes_differ(self) -> None:
        for i in range(len(self.race.entries)):
            names = [name for name in (axis.of(i)[0] for axis in self.axes) if name]
            if len(set(names)) < len(names):
                raise SpecError("axes", names, message("a different parameter on each axis"))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of every result: entries, the axes' values, starts, seeds."""
        return (len(self.race.entries), *(axis.size for axis in self.axes), self.starts.size, len(self.seeds))

    @property
    def run_steps(self) -> int:
        """Steps over all runs: what the sweep costs."""
        return math.prod(self.shape) * self.race.steps

    @property
    def problem(self) -> Problem:
        """The problem with its dials applied."""
        return self.race.function

    @property
    def start_points(self) -> Array:
        """Where runs start, (d, starts), read-only."""
        return _start_points(self.starts, self.race.base_problem)  # type: ignore[arg-type]  # every kind of Starts is frozen

    @property
    def measured_from(self) -> float | None:
        """The lowest value that gaps are measured from; None where there is none."""
        return (self.problem.lowest if self.lowest is None else self.lowest) if self.problem.bounded else None

    @property
    def searches(self) -> bool:
        """Whether runs look for the lowest value they meet: none is given, and the function's own is not proven."""
        return self.lowest is None and self.problem.bounded and (self.problem.lowest is None or self.problem.search is not None)

    def own_axes(self, entry: int) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """Return an entry's name and values for every axis; ("", ()) where it has no such parameter."""
        known = {parameter.name for parameter in self.race.entries[entry].rule.parameters}
        named = (axis.of(entry) for axis in self.axes)
        return tuple((name, values) if name in known else ("", ()) for name, values in named)

    def own_shape(self, entry: int) -> tuple[int, ...]:
        """Return the shape of the runs of one entry: as `shape` without the entries, and 1 where it has nothing to vary."""
        sizes = (len(values) if name else 1 for name, values in self.own_axes(entry))
        return (*sizes, *self.shape[-2:])

    def entry_at(self, entry: int, *at: int) -> Entry:
        """Return an entry with its settings at one place of the axes, one number per axis."""
        own = zip(self.own_axes(entry), at, strict=True)
        values = {name: values[place] for (name, values), place in own if name}
        given = self.race.entries[entry]
        return replace(given, values={**dict(given.values), **values}) if values else given

    def race_at(self, *at: int, start: int = 0, seed: int = 0, entries: Iterable[int] | None = None) -> RaceSpec:
        """Return the very race that ran at one place of the axes, from one start with one seed; of some entries, or of all."""
        chosen = range(len(self.race.entries)) if entries is None else entries
        place = tuple(float(c) for c in self.start_points[:, start])
        own = tuple(self.entry_at(entry, *at) for entry in chosen)
        return replace(self.race, entries=own, start=place, seed=self.seeds[seed])

    def to_json(self) -> str:
        """Return the spec as JSON; SpecError where the problem or an optimizer is an object of the caller's own."""
        starts = {"kind": type(self.starts).__name__, **asdict(self.starts)}  # type: ignore[call-overload]
        return json.dumps(
            {
                "race": json.loads(self.race.to_json()),
                "axes": [asdict(axis) for axis in self.axes],
                "starts": starts,
                "seeds": self.seeds,
                "lowest": self.lowest,
                "limit": self.limit,
            },
            allow_nan=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "SweepSpec":
        """Return the spec that `to_json` wrote; SpecError where it is not such a text."""
        try:
            data = read_object(text, "what SweepSpec.to_json writes")
            starts = _frozen(data["starts"])
            return cls(
                race=RaceSpec.from_json(json.dumps(data["race"])),
                axes=tuple(Axis(**_frozen(axis)) for axis in data["axes"]),
                starts=STARTS[starts.pop("kind")](**starts),
                seeds=tuple(data["seeds"]),
                lowest=data["lowest"],
                limit=data["limit"],
            )
        except SpecError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            raise SpecError("json", text, "what SweepSpec.to_json writes") from None


@lru_cache(maxsize=64)
def _start_points(starts: Starts, problem: Problem) -> Array:
    points = starts.points(problem)
    points.setflags(write=False)
    return points


def check_size(shape: Sequence[int], race_steps: int, limit: int) -> None:
    """Raise SpecError where runs of a SweepSpec.shape are too many, or their steps; it says what to reduce."""
    runs, (entries, *sizes, starts, seeds) = math.prod(shape), shape
    parts = [
        plural("{count} optimizer", "{count} optimizers", entries),
        *(plural("{count} value", "{count} values", size) for size in sizes),
        plural("{count} start", "{count} starts", starts),
        plural("{count} seed", "{count} seeds", seeds),
    ]
    fewer = message("take fewer starts, values or optimizers")
    if runs * race_steps > limit:
        most = limit // runs
        expected = message(
            "at most {limit:,} steps in all runs together, and this asks for {parts}: {fewer}",
            limit=limit,
            parts=joined(" × ", [*parts, steps(race_steps)]),
            fewer=message("take at most {most}, or fewer starts, values or optimizers", most=steps(most)) if most else fewer,
        )
        raise SpecError("run_steps", runs * race_steps, expected)
    if runs > MAX_RUNS:
        expected = message(
            "at most {limit:,} runs, and this asks for {parts}: {fewer}", limit=MAX_RUNS, parts=joined(" × ", parts), fewer=fewer
        )
        raise SpecError("runs", runs, expected)


def _starts(given: Any, start: Point) -> Starts:
    """Return starts as one of the kinds that there are; points given one by one as Points, none as the race's own start."""
    if isinstance(given, tuple(STARTS.values())):
        return cast(Starts, given)
    expected = message("points, or one of {names}", names=code(*STARTS))
    return Points(points_of("starts", items_of("starts", given, expected)) or (start,))


def _unchecked_axes(given: Any, entries: Sequence[Entry]) -> tuple[Axis, ...]:
    """Return the axes, of which every entry has a name and as many values; the values themselves are not looked at."""
    expected = message("Axis objects, or a mapping from parameters to values")
    pairs = [Axis(name, values) for name, values in given.items()] if isinstance(given, Mapping) else None
    axes = items_of("axes", given, expected) if pairs is None else tuple(pairs)
    for axis in axes:
        if not isinstance(axis, Axis) or axis.size < 1:
            raise SpecError("axes", axis, message("an Axis with at least one value"))
        nested = isinstance(axis.values[0], tuple)
        own = [each for each, several in ((axis.parameter, isinstance(axis.parameter, tuple)), (axis.values, nested)) if several]
        if any(len(each) != len(entries) for each in own):
            raise SpecError(
                "axes",
                axis,
                plural(
                    "one name and one tuple of values for the one entry",
                    "one name and one tuple of values for each of the {count} entries",
                    len(entries),
                ),
            )
    return axes


def _checked_axis(axis: Axis, entries: Sequence[Entry]) -> Axis:
    """Return an axis with every value checked against the parameters it is for."""
    shared = isinstance(axis.parameter, str) and not isinstance(axis.values[0], tuple)
    own = [_checked(entry, *axis.of(i)) for i, entry in enumerate(entries)]
    if not any(own):
        raise SpecError("axes", axis.parameter, message("a parameter that one of the entries has"))
    if len({len(values) for values in own if values}) > 1:
        raise SpecError("axes", axis.parameter, message("as many values for every entry"))
    first = next(values for values in own if values)
    return Axis(axis.parameter, first if shared else tuple(values or first for values in own))


def _checked(entry: Entry, name: str, values: tuple[float, ...]) -> tuple[Any, ...]:
    rule = entry.rule
    known = {parameter.name: parameter for parameter in rule.parameters}
    return tuple(checked_value(rule.name, known[name], value) for value in values) if name in known else ()


def _frozen(value: Any) -> Any:
    """Return JSON's lists as tuples."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
