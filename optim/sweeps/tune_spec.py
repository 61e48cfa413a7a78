"""What a fair race asks: which hyper-parameters are tuned, over how many values, on which starts; frozen, hashable, plain data."""

from dataclasses import dataclass, replace
from typing import Any

from optim.core.errors import SpecError
from optim.core.parameter import Parameter, items_of, of_kind, whole
from optim.i18n.message import message
from optim.races.spec import MAX_SEED, MAX_STEPS, RaceSpec
from optim.sweeps.grid import MAX_RUNS, MAX_VALUES, RATES, STARTS, Axis, Jittered, spaced
from optim.sweeps.spec import MAX_LIMIT, MAX_RUN_STEPS, SweepSpec

AS_GIVEN, SHARED, TUNED = "as given", "one shared rate", "tuned"
"""The three ways in which the rates of the same entries are set."""


@dataclass(frozen=True)
class TuneSpec:
    """A fair race: the entries of `race`, each with `parameters` tuned over `values` values, on `starts` starts, scored on others.

    Every run may spend `budget` evaluations, by default those of one gradient per step of the race. An entry has all of the
    parameters, or none: then it is not tuned. `seed` fixes the starts. Raises SpecError naming the field.
    """

    race: RaceSpec
    parameters: tuple[str | tuple[str, ...], ...] = ("lr",)
    values: int = RATES
    starts: int = STARTS
    seed: int = 0
    limit: int = MAX_RUN_STEPS

    def __post_init__(self) -> None:
        of_kind("race", self.race, RaceSpec)
        for field, low, high in (
            ("values", 2, MAX_VALUES),
            ("starts", 1, MAX_RUNS),
            ("seed", 0, MAX_SEED),
            ("limit", 1, MAX_LIMIT),
        ):
            object.__setattr__(self, field, whole(field, getattr(self, field), low, high))
        object.__setattr__(self, "parameters", _parameters(self.parameters, len(self.race.entries)))
        counts = {len(set(self.tuned(i))) for i in range(len(self.race.entries))}
        if not self.parameters or counts - {0, len(self.parameters)} or counts == {0}:
            expected = message("different parameters, of which every entry has all or none, and one has all")
            raise SpecError("parameters", self.parameters, expected)
        if self.tuning.measured_from is None:
            raise SpecError("problem", self.race.base_problem.name, message("a function with a lowest value, to score by"))

    @property
    def budget(self) -> int:
        """Evaluations that every run may spend."""
        gradient = 1 if self.race.gradient == "exact" else 2 * len(self.race.start)
        return self.race.steps * gradient if self.race.budget is None else self.race.budget

    @property
    def count(self) -> int:
        """The number of settings tried for each entry that is tuned."""
        count: int = self.values ** len(self.parameters)
        return count

    @property
    def fair(self) -> RaceSpec:
        """The race with its budget, and with steps enough to spend it at one evaluation each, where no schedule counts them."""
        scheduled = any(entry.schedule != ("constant",) for entry in self.race.entries)
        steps = self.race.steps if scheduled else max(self.race.steps, min(self.budget, MAX_STEPS))
        return replace(self.race, steps=steps, budget=self.budget)

    @property
    def settings(self) -> tuple[str, ...]:
        """The ways in which the rates are set, in the order in which they are compared."""
        return (AS_GIVEN, SHARED, TUNED) if self.parameters == ("lr",) else (AS_GIVEN, TUNED)

    @property
    def lowest(self) -> float | None:
        """What all gaps are measured from, tuning and scores alike: the lowest minimum known or found; None where there is none."""
        problem = SweepSpec(self.race).problem
        return problem.lowest if problem.bounded else None

    @property
    def tuning(self) -> SweepSpec:
        """The sweep that tunes: all values of the parameters, on the tuning starts."""
        axes = tuple(self._axis(number) for number in range(len(self.parameters)))
        return SweepSpec(self.fair, axes, Jittered(self.starts, self.seed), lowest=self.lowest, limit=self.limit)

    @property
    def held_out(self) -> Jittered:
        """The starts that scores are taken on, none of which is used in tuning."""
        return Jittered(self.starts, self.seed, first=self.starts)

    def tuned(self, entry: int) -> tuple[Parameter, ...]:
        """Return the parameters that are tuned for an entry; none where it has none of them."""
        known = {parameter.name: parameter for parameter in self.race.entries[entry].rule.parameters}
        names = (name if isinstance(name, str) else name[entry] for name in self.parameters)
        return tuple(known[name] for name in names if name in known)

    def _axis(self, number: int) -> Axis:
        """Return one axis: entries that tune a parameter of the same name share its values, over the range valid for all."""
        own = [self.tuned(i)[number] if self.tuned(i) else None for i in range(len(self.race.entries))]
        grids = {}
        for name in {parameter.name for parameter in own if parameter}:
            same = [parameter for parameter in own if parameter and parameter.name == name]
            low, high = max(parameter.low for parameter in same), min(parameter.high for parameter in same)
            grids[name] = spaced(replace(same[0], low=low, high=high), self.values)
        if len(grids) == 1:
            return Axis(*grids.popitem())
        names = tuple(parameter.name if parameter else "" for parameter in own)
        return Axis(names, tuple(grids.get(name, next(iter(grids.values()))) for name in names))


def _parameters(given: Any, entries: int) -> tuple[str | tuple[str, ...], ...]:
    """Return the names of parameters, of all entries or one of each; SpecError where they are none."""
    expected = message("a sequence of parameters: of each a name, or one name for each entry")
    names = (
        name if isinstance(name, str) else items_of("parameters", name, expected)
        for name in items_of("parameters", given, expected)
    )
    checked = tuple(names)
    for name in checked:
        if not isinstance(name, str) and (len(name) != entries or not all(isinstance(own, str) for own in name)):
            raise SpecError("parameters", given, expected)
    return checked
