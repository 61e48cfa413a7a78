"""Specs: what is to be raced, as frozen, hashable, plain data with a JSON form."""

import json
import math
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

from optim.core.errors import SpecError, or_nearest
from optim.core.parameter import number, one_of, point_of, whole
from optim.core.problem import Problem, check_problem
from optim.core.types import Point
from optim.i18n.message import code, message, plural
from optim.problems import PROBLEM_FAMILIES
from optim.problems import problem as problem_of
from optim.problems.transforms import dialled
from optim.races.entry import Entry
from optim.races.json_input import VERSION, check_version, read_object

MAX_STEPS, MAX_ENTRIES, MAX_SEED = 10_000, 12, 2**32 - 1
GRADIENTS = ("exact", "central")


@dataclass(frozen=True)
class RaceSpec:
    """A whole experiment: a problem, who races on it, from where, for how long, and under which conditions.

    `problem` is a registry name, a formula in x and y, or a Problem (then the spec has no JSON form); a family of
    functions has as many variables as `start` has numbers. `target` is an absolute gap above the lowest value, by default
    the function's own (Problem.target); `budget` a limit on evaluations per entry. Raises SpecError naming the field, or
    FormulaError.
    """

    problem: str | Problem
    entries: tuple[Entry, ...]
    start: Point
    steps: int = 30
    gradient: str = "exact"
    noise: float = 0.0
    seed: int = 0
    rotate: float = 0.0
    stretch: float = 1.0
    shift: Point = (0.0, 0.0)
    target: float | None = None
    budget: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.problem, str | Problem):
            raise SpecError("problem", self.problem, message("a function's name, a formula in x and y, or a Problem"))
        self._set("entries", entries_of(self.entries))
        for entry in self.entries:
            if entry.rule.matrices:
                expected = message("another one for a race: {name} moves matrices, and a point is a vector", name=entry.rule.title)
                raise SpecError("optimizer", entry.optimizer, expected)
        self._set("start", point_of("start", self.start))
        self._set("steps", whole("steps", self.steps, 1, MAX_STEPS))
        one_of("gradient", self.gradient, GRADIENTS)
        self._set("noise", number("noise", self.noise, 0.0, math.inf))
        self._set("seed", whole("seed", self.seed, 0, MAX_SEED))
        self._set("rotate", number("rotate", self.rotate, -360.0, 360.0))
        self._set("stretch", number("stretch", self.stretch, 1e-6, 1e6))
        self._set("shift", point_of("shift", self.shift))
        if len(self.shift) != 2:
            raise SpecError("shift", self.shift, message("two numbers"))
        if self.target is not None:
            self._set("target", number("target", self.target, 0.0, math.inf))
        if self.budget is not None:
            self._set("budget", whole("budget", self.budget, 0, 10**12))
        family = PROBLEM_FAMILIES.get(self.problem) if isinstance(self.problem, str) else None
        if family and not family.low <= len(self.start) <= family.high:
            expected = message(
                "{low} to {high} numbers, one per coordinate of {name}", low=family.low, high=family.high, name=family.name
            )
            raise SpecError("start", self.start, expected)
        dimension = self.base_problem.dimension
        if len(self.start) != dimension:
            expected = plural(
                "{count} number, one per coordinate of {name}",
                "{count} numbers, one per coordinate of {name}",
                dimension,
                name=self.base_problem.name,
            )
            raise SpecError("start", self.start, expected)
        if isinstance(self.problem, Problem):
            check_problem(self.problem, self.start)

    def _set(self, field: str, value: Any) -> None:
        object.__setattr__(self, field, value)

    @property
    def base_problem(self) -> Problem:
        """The problem before the dials rotate, stretch and shift are applied."""
        return self.problem if isinstance(self.problem, Problem) else _named(self.problem, len(self.start))

    @cached_property
    def dialled_problem(self) -> Problem:
        """The problem that is raced on: rotated, stretched and shifted, in a window that holds the start."""
        return self.function.holding(self.start)

    @property
    def function(self) -> Problem:
        """The problem with its dials applied, the same from every start."""
        if isinstance(self.problem, Problem):
            return dialled(self.problem, self.rotate, self.stretch, self.shift)
        return _dialled(self.problem, len(self.start), self.rotate, self.stretch, self.shift)

    def target_from(self, lowest: float | None) -> float:
        """Return the gap above `lowest` that counts as reached; NaN where there is no lowest value to measure from."""
        if lowest is None:
            return math.nan
        return self.dialled_problem.target if self.target is None else self.target

    def __getstate__(self) -> dict[str, Any]:
        return _plain(self)  # without the cached problem: its functions are closures, which cannot be pickled

    def to_json(self) -> str:
        """Return the spec as JSON; SpecError where the problem is an object of the caller's own."""
        if isinstance(self.problem, Problem):
            raise SpecError("problem", self.problem.name, message("a registry name or a formula: an object has no JSON form"))
        return json.dumps(plain_with_entries(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "RaceSpec":
        """Return the spec that `to_json` wrote; SpecError where a field is missing, unknown or unusable."""
        return cls(**fields_from_json(cls, text, message("what RaceSpec.to_json writes")))


def _named(name: str, dimension: int) -> Problem:
    return problem_of(name, dimension if name in PROBLEM_FAMILIES else None)


@lru_cache(maxsize=128)
def _dialled(name: str, dimension: int, rotate: float, stretch: float, shift: Point) -> Problem:
    """Return a named or typed problem with its dials applied, the same object each time: it may have to be searched again."""
    return dialled(_named(name, dimension), rotate, stretch, shift)


def entries_of(given: Any) -> tuple[Entry, ...]:
    """Return one entry, or a sequence of them, as a tuple; SpecError where that is not what is given."""
    entries = (given,) if isinstance(given, Entry) else given
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise SpecError("entries", entries, message("a sequence of Entry"))
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise SpecError("entries", f"{len(entries)} entries", message("{low} to {high}", low=1, high=MAX_ENTRIES))
    for entry in entries:
        if not isinstance(entry, Entry):
            raise SpecError("entries", entry, message("a sequence of Entry"))
    return tuple(entries)


def plain_with_entries(spec: Any) -> dict[str, Any]:
    """Return a spec and its entries as plain data for JSON; SpecError where an optimizer is an object of the caller's own."""
    for entry in spec.entries:
        if not isinstance(entry.optimizer, str):
            raise SpecError("optimizer", entry.rule.title, message("a registry name: an object has no JSON form"))
    entries = [{**_plain(entry), "values": dict(entry.values)} for entry in spec.entries]
    return {"version": VERSION, **_plain(spec), "entries": entries}


def fields_from_json(kind: type, text: str, expected: str) -> dict[str, Any]:
    """Return the fields of a spec with entries from its JSON; SpecError where one is missing, unknown or unusable."""
    data = read_object(text, expected)
    check_version(data)
    if not isinstance(data.get("entries"), list):
        raise SpecError("entries", data.get("entries"), message("a list of racers"))
    entries = tuple(_entry(item) for item in data["entries"])
    return {**_known(kind, data), "entries": entries}


def _entry(data: Any) -> Entry:
    if not isinstance(data, dict):
        raise SpecError("entries", data, message("objects with the fields of Entry"))
    return Entry(**_known(Entry, data))


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(kind)]
    for name, value in data.items():
        if name not in names:
            raise SpecError(name, value, or_nearest(message("one of the fields {names}", names=code(*names)), name, names))
    for field in fields(kind):
        if field.name not in data and field.default is MISSING:
            raise SpecError(field.name, None, message("a value; the field is missing"))
    return data


def _plain(spec: Any) -> dict[str, Any]:
    return {field.name: getattr(spec, field.name) for field in fields(spec)}
