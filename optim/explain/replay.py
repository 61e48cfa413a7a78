"""A recorded run evaluated again, line by line: a single step, or all of them side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optim.core.errors import SpecError
from optim.core.optimizer import Optimizer
from optim.core.oracle import ReplayOracle
from optim.core.rules.evaluate import evaluate_lines
from optim.core.rules.text import Line, Lines
from optim.core.types import Array
from optim.i18n.message import message
from optim.races.entry import CONSTANT
from optim.races.result import RaceResult
from optim.races.run import race
from optim.races.spec import RaceSpec

Environment = dict[str, Any]
"""What every name means: name -> array (..., B), or a plain number."""


@dataclass(frozen=True)
class EvaluatedLines:
    """Evaluated steps: the values known before (`given`), and what each line set its name to; arrays (..., B), B steps."""

    lines: Lines
    given: Environment
    results: tuple[Any, ...]

    def before(self, line: int) -> Environment:
        """Return what every name means when line number `line` is evaluated."""
        known = dict(self.given)
        for earlier, value in zip(self.lines, self.results[:line], strict=False):
            known[earlier.name] = value
        return known

    @property
    def after(self) -> Environment:
        """What every name means at the end."""
        return self.before(len(self.results))

    def shown(self) -> list[tuple[int, Line]]:
        """Return the lines to be shown, with their numbers."""
        return [(i, line) for i, line in enumerate(self.lines) if not line.quiet]


@dataclass(frozen=True, eq=False)
class Replay:
    """One optimizer's run with its memory: `result` has it as its only entry. Step k, from 1, leads from row k - 1 to row k."""

    result: RaceResult
    rule: Optimizer
    hyper: dict[str, Any]

    @property
    def taken(self) -> int:
        """How many steps it took; each of them can be evaluated."""
        return self.result.taken[0]

    @property
    def path(self) -> Array:
        """The points moved, (steps + 1, d)."""
        path: Array = self.result.path[0]
        return path

    @property
    def states(self) -> dict[str, Array]:
        """Each state variable's history, (steps + 1, ...)."""
        return (self.result.states or ({},))[0]

    def oracle(self, steps: Sequence[int]) -> ReplayOracle:
        """Return what the function answered in these steps."""
        spec = self.result.spec
        places = [step - 1 for step in steps]
        return ReplayOracle(self.result.problem, spec.seed, places, central=spec.gradient == "central", noise=spec.noise)

    def given(self, steps: Sequence[int]) -> Environment:
        """Return what a rule starts these steps with: the points, its memory and its hyper-parameters; arrays (..., B)."""
        rows = [step - 1 for step in steps]
        spec, entry = self.result.spec, self.result.spec.entries[0]
        given: Environment = {**self.hyper, **{name: np.moveaxis(values[rows], 0, -1) for name, values in self.states.items()}}
        given["x"] = np.ascontiguousarray(self.path[rows].T)
        if entry.schedule != CONSTANT:
            schedule, values = entry.schedule_with_values
            given["schedule"] = np.array([schedule.factor(row, spec.steps, values) for row in rows])
        return given

    def evaluated(self, steps: Sequence[int], **instead: float) -> EvaluatedLines:
        """Evaluate these steps, each from 1 to `taken`; `instead` replaces remembered values by other numbers."""
        for step in steps:
            if not 1 <= step <= self.taken:
                raise SpecError("step", step, message("a whole number from 1 to {last}, the steps taken", last=self.taken))
        given = self.given(steps)
        given |= {name: np.full_like(given[name], value) for name, value in instead.items()}
        results = evaluate_lines(self.rule.compiled.ordered, given, self.oracle(steps))
        return EvaluatedLines(self.rule.lines, given, tuple(results))

    @cached_property
    def all_steps(self) -> EvaluatedLines:
        """Every step that was taken, side by side."""
        return self.evaluated(range(1, self.taken + 1))

    @cached_property
    def without_memory(self) -> EvaluatedLines | None:
        """Every step as it would have been without the directions remembered; None where the rule remembers none."""
        carried = [name for name in self.rule.lines.carries if name in self.states]
        return self.evaluated(range(1, self.taken + 1), **dict.fromkeys(carried, 0.0)) if carried else None


def replay(spec: RaceSpec, entry: int = 0) -> Replay:
    """Run one entry of a race again, keeping its memory, so that its steps can be evaluated; its rows are those of the race."""
    if not isinstance(entry, int) or not 0 <= entry < len(spec.entries):
        raise SpecError(
            "entry", entry, message("a whole number from 0 to {last}, the place of a racer", last=len(spec.entries) - 1)
        )
    alone = replace(spec, entries=(spec.entries[entry],))
    rule, hyper = spec.entries[entry].assembled(spec.steps)
    return Replay(race(alone, states=True), rule, hyper)
