"""Specs: what is to be raced, as frozen, hashable, plain data with a JSON form."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from optim.errors import SpecError
from optim.model import Optimizer, Parameter, Point, Problem
from optim.optimizers import OPTIMIZERS
from optim.optimizers.own import adapted, is_own
from optim.problems import PROBLEM_FAMILIES
from optim.problems import problem as problem_of

MAX_STEPS, MAX_ENTRIES, MAX_SEED = 10_000, 12, 2**32 - 1
GRADIENTS = ("exact", "central")

Values = tuple[tuple[str, float | int | bool], ...]


@dataclass(frozen=True)
class Entry:
    """One racer: an optimizer's registry name and the hyper-parameters that differ from its defaults.

    The optimizer may also be an object of the reader's own with the book's `update(params, grads)`: it takes no values here,
    is deep-copied for every race, and has no JSON form.

    `values` may be given as a mapping and is kept as sorted pairs; `origin` says where the settings come from and is shown.
    Raises SpecError where a name is unknown or a value cannot be used.
    """

    optimizer: str | Any
    values: Values | Mapping[str, float] = ()
    schedule: tuple[Any, ...] = ("constant",)
    modifiers: tuple[Any, ...] = ()
    label: str | None = None
    origin: str = "set by hand"

    def __post_init__(self) -> None:
        if not is_own(self.optimizer) and not (isinstance(self.optimizer, str) and self.optimizer in OPTIMIZERS):
            raise SpecError("optimizer", self.optimizer, f"one of {', '.join(OPTIMIZERS)}, or an object with update(params, grads)")
        object.__setattr__(self, "values", self._checked_values())
        for field, only in (("schedule", ("constant",)), ("modifiers", ())):
            given = getattr(self, field)
            if not isinstance(given, list | tuple) or tuple(given) != only:
                raise SpecError(field, given, repr(only))
            object.__setattr__(self, field, only)
        for field in ("label", "origin"):
            text = getattr(self, field)
            fits = isinstance(text, str) and len(text) <= 80
            if not fits and not (text is None and field == "label"):
                raise SpecError(field, text, "a text of at most 80 characters")

    def _checked_values(self) -> Values:
        try:
            given = dict(self.values)
        except (TypeError, ValueError):
            raise SpecError("values", self.values, "a mapping from parameter names to numbers") from None
        known = {parameter.name: parameter for parameter in self.rule.parameters}
        checked = []
        for name, value in given.items():
            if name not in known:
                expected = f"one of the parameters {', '.join(known)}" if known else "no values: set them on your object"
                raise SpecError(f"{self.rule.name}.{name}", value, expected)
            checked.append((name, checked_value(self.rule.name, known[name], value)))
        return tuple(sorted(checked))

    @property
    def rule(self) -> Optimizer:
        """The optimizer of this entry."""
        return OPTIMIZERS[self.optimizer] if isinstance(self.optimizer, str) else adapted(self.optimizer)

    @property
    def hyper(self) -> dict[str, float | int | bool]:
        """Every hyper-parameter of the optimizer, the defaults where none was given."""
        defaults = {p.name: checked_value(self.rule.name, p, p.default) for p in self.rule.parameters}
        return {**defaults, **dict(self.values)}


def checked_value(owner: str, parameter: Parameter, value: Any) -> float | int | bool:
    """Return `value` as the parameter's own type; SpecError names `owner` and the parameter where it cannot be used."""
    canonical = parameter.canonical(value)
    if canonical is None:
        raise SpecError(f"{owner}.{parameter.name}", value, parameter.expected)
    return canonical


@dataclass(frozen=True)
class RaceSpec:
    """A whole experiment: a problem, who races on it, from where, for how long, and under which conditions.

    `problem` is a registry name, a formula in x and y, or a Problem (then the spec has no JSON form); a family of
    functions has as many variables as `start` has numbers. `target` is an absolute gap above the lowest value, by default
    1e-6 * max(1, |lowest|); `budget` a limit on evaluations per entry. Raises SpecError naming the field, or FormulaError.
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
            raise SpecError("problem", self.problem, "a function's name, a formula in x and y, or a Problem")
        self._set("entries", self._checked_entries())
        self._set("start", _point("start", self.start))
        self._set("steps", _whole("steps", self.steps, 1, MAX_STEPS))
        if self.gradient not in GRADIENTS:
            raise SpecError("gradient", self.gradient, " or ".join(GRADIENTS))
        self._set("noise", _number("noise", self.noise, 0.0, math.inf))
        self._set("seed", _whole("seed", self.seed, 0, MAX_SEED))
        self._set("rotate", _number("rotate", self.rotate, -360.0, 360.0))
        self._set("stretch", _number("stretch", self.stretch, 1e-6, 1e6))
        self._set("shift", _point("shift", self.shift))
        if len(self.shift) != 2:
            raise SpecError("shift", self.shift, "two numbers")
        if self.target is not None:
            self._set("target", _number("target", self.target, 0.0, math.inf))
        if self.budget is not None:
            self._set("budget", _whole("budget", self.budget, 0, 10**12))
        family = PROBLEM_FAMILIES.get(self.problem) if isinstance(self.problem, str) else None
        if family and not family.low <= len(self.start) <= family.high:
            raise SpecError("start", self.start, f"{family.low} to {family.high} numbers, one per coordinate of {family.name}")
        dimension = self.base_problem.dimension
        if len(self.start) != dimension:
            raise SpecError("start", self.start, f"{dimension} numbers, one per coordinate of {self.base_problem.name}")

    def _set(self, field: str, value: Any) -> None:
        object.__setattr__(self, field, value)

    def _checked_entries(self) -> tuple[Entry, ...]:
        entries = (self.entries,) if isinstance(self.entries, Entry) else self.entries
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            raise SpecError("entries", entries, "a sequence of Entry")
        if not 1 <= len(entries) <= MAX_ENTRIES:
            raise SpecError("entries", f"{len(entries)} entries", f"1 to {MAX_ENTRIES}")
        for entry in entries:
            if not isinstance(entry, Entry):
                raise SpecError("entries", entry, "a sequence of Entry")
        return tuple(entries)

    @property
    def base_problem(self) -> Problem:
        """The problem before the dials rotate, stretch and shift are applied."""
        if isinstance(self.problem, Problem):
            return self.problem
        return problem_of(self.problem, len(self.start) if self.problem in PROBLEM_FAMILIES else None)

    def to_json(self) -> str:
        """Return the spec as JSON; SpecError where the problem is an object of the caller's own."""
        if isinstance(self.problem, Problem):
            raise SpecError("problem", self.problem.name, "a registry name or a formula: an object has no JSON form")
        for entry in self.entries:
            if not isinstance(entry.optimizer, str):
                raise SpecError("optimizer", entry.rule.title, "a registry name: an object has no JSON form")
        entries = [{**_plain(entry), "values": dict(entry.values)} for entry in self.entries]
        return json.dumps({**_plain(self), "entries": entries}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "RaceSpec":
        """Return the spec that `to_json` wrote; SpecError where a field is missing, unknown or unusable."""
        try:
            data = json.loads(text)
            entries = [_entry(item) for item in data.pop("entries")]
        except SpecError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            raise SpecError("json", text, "what RaceSpec.to_json writes") from None
        return cls(entries=tuple(entries), **_known(cls, data))


def _entry(data: Any) -> Entry:
    if not isinstance(data, dict):
        raise SpecError("entries", data, "objects with the fields of Entry")
    return Entry(**_known(Entry, data))


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(kind)]
    for name, value in data.items():
        if name not in names:
            raise SpecError(name, value, f"one of the fields {', '.join(names)}")
    missing = {"Entry": ["optimizer"], "RaceSpec": ["problem", "start"]}[kind.__name__]
    for name in missing:
        if name not in data:
            raise SpecError(name, None, "a value; the field is missing")
    return data


def _plain(spec: Any) -> dict[str, Any]:
    return {field.name: getattr(spec, field.name) for field in fields(spec)}


def _number(field: str, value: Any, low: float, high: float) -> float:
    span = Parameter(field, field, 0.0, low, high)
    number = span.canonical(value)
    if number is None:
        raise SpecError(field, value, span.expected)
    return float(number)


def _whole(field: str, value: Any, low: int, high: int) -> int:
    span = Parameter(field, field, 0, low, high, kind="int")
    number = span.canonical(value)
    if number is None:
        raise SpecError(field, value, span.expected)
    return int(number)


def _point(field: str, value: Any) -> Point:
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        raise SpecError(field, value, "a sequence of numbers")
    point = tuple(Parameter(field, field, 0.0, -1e300, 1e300).canonical(number) for number in value)
    if not point or any(number is None for number in point):
        raise SpecError(field, value, "a sequence of finite numbers")
    return tuple(float(number) for number in point if number is not None)
