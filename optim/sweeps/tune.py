"""The fair race: everybody is tuned on the same starts with the same budget and search space, and scored on starts held out."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from optim.core.errors import SpecError
from optim.core.parameter import Parameter
from optim.i18n.phrases import listed
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.races.spec import MAX_STEPS, RaceSpec
from optim.sweeps import scores
from optim.sweeps.grid import RATES, STARTS, Axis, Jittered, spaced
from optim.sweeps.result import SweepResult, blank
from optim.sweeps.run import sweep
from optim.sweeps.scores import Best
from optim.sweeps.spec import MAX_RUN_STEPS, SweepSpec

Progress = Callable[[int, int, Callable[[], "TuneResult"]], None]
BOOK, SHARED, TUNED = "as given", "one shared rate", "tuned"
"""The three ways in which the same racers are set."""


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
        if not isinstance(self.race, RaceSpec):
            raise SpecError("race", self.race, "a RaceSpec")
        for field, low in (("values", 2), ("starts", 1)):
            if not isinstance(getattr(self, field), int) or getattr(self, field) < low:
                raise SpecError(field, getattr(self, field), f"a whole number of {low} or more")
        object.__setattr__(self, "parameters", tuple(self.parameters))
        counts = {len(self.tuned(i)) for i in range(len(self.race.entries))}
        if not self.parameters or counts - {0, len(self.parameters)} or counts == {0}:
            raise SpecError("parameters", self.parameters, "parameters of which every entry has all or none, and one has all")
        if self.tuning.measured_from is None:
            raise SpecError("problem", self.race.base_problem.name, "a function with a lowest value, to score by")

    @property
    def budget(self) -> int:
        """Evaluations that every run may spend."""
        gradient = 1 if self.race.gradient == "exact" else 2 * len(self.race.start)
        return self.race.steps * gradient if self.race.budget is None else self.race.budget

    @property
    def count(self) -> int:
        """How many settings are tried for every racer that is tuned."""
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
        """The ways in which the racers are set, in the order in which they are compared."""
        return (BOOK, SHARED, TUNED) if self.parameters == ("lr",) else (BOOK, TUNED)

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
        """The starts that scores are taken on, none of which the tuning sees."""
        return Jittered(self.starts, self.seed, first=self.starts)

    def tuned(self, entry: int) -> tuple[Parameter, ...]:
        """Return the parameters that are tuned for an entry; none where it has none of them."""
        known = {parameter.name: parameter for parameter in self.race.entries[entry].rule.parameters}
        names = (name if isinstance(name, str) else name[entry] for name in self.parameters)
        return tuple(known[name] for name in names if name in known)

    def _axis(self, number: int) -> Axis:
        """Return one axis: who tunes a parameter of the same name has the same values, over the range that all of them take."""
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


@dataclass(frozen=True, eq=False)
class TuneResult:
    """What came of a fair race: `search` on the tuning starts; `scored` on held-out starts, by how the racers were set.

    `scored` maps "as given", "one shared rate" and "tuned" to sweeps without axes, empty until the search is complete;
    `shared` is the one rate that served all best on the tuning starts, None where that was not asked.
    """

    spec: TuneSpec
    search: SweepResult
    shared: float | None
    scored: dict[str, SweepResult]

    @property
    def complete(self) -> bool:
        """Whether everything has been run."""
        return all(name in self.scored and self.scored[name].complete for name in self.spec.settings)

    @property
    def done(self) -> int:
        """How many runs have been done."""
        return int(self.search.done.sum()) + sum(int(result.done.sum()) for result in self.scored.values())

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One distinct name per entry."""
        return labels(self.spec.race.entries)

    @cached_property
    def best(self) -> tuple[Best, ...]:
        """Per entry the best place of the search space on the tuning starts."""
        return tuple(scores.best(self.search, i) for i in range(len(self.spec.race.entries)))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The tuned entries, to be taken into a race; their origin says what they were tuned with."""
        return _tuned_entries(self.spec, self.best)

    def standings(self, setting: str = TUNED) -> pd.DataFrame:
        """Return the standings on held-out starts with the racers set in one of the three ways; see scores.standings."""
        frame = scores.standings(self.scored[setting])
        used = self.scored[setting].evaluations.max(axis=(-2, -1))
        return frame.assign(used=[int(used[i]) for i in frame.entry], budget=self.spec.budget)

    def order(self, setting: str = TUNED) -> tuple[int, ...]:
        """Return the entries from first to last on held-out starts."""
        return tuple(int(i) for i in scores.standings(self.scored[setting]).entry)

    @cached_property
    def changes(self) -> str:
        """How the order changes from one way of setting the racers to the next, in sentences."""
        return _changes(self)

    @cached_property
    def protocol(self) -> str:
        """What everybody faced, in sentences."""
        return _protocol(self)


def tune(
    spec: TuneSpec,
    progress: Progress | None = None,
    cancel: Any = None,
    executor: Executor | None = None,
    resume: TuneResult | None = None,
) -> TuneResult:
    """Run the fair race that `spec` describes; `progress`, `cancel`, `executor` and `resume` as in optim.sweep."""
    begun = TuneResult(spec, blank(spec.tuning), None, {}) if resume is None else resume
    if begun.spec != spec:
        raise SpecError("resume", begun.spec, "the result of the same spec")
    total = begun.search.done.size + len(spec.settings) * len(spec.race.entries) * spec.starts

    def run(result: TuneResult, what: SweepSpec, part: SweepResult | None, put: _Put) -> TuneResult:
        def report(_: int, __: int, snapshot: Callable[[], SweepResult]) -> None:
            now = put(result, snapshot())
            if progress:
                progress(now.done, total, lambda: now)

        return put(result, sweep(what, report, cancel, executor, part))

    result = run(begun, spec.tuning, begun.search, lambda old, search: replace(old, search=search))
    if not result.search.complete:
        return result
    shared = _shared(result.search) if SHARED in spec.settings else None
    result = replace(result, shared=shared)
    for name, entries in _fields(result).items():
        what = SweepSpec(replace(spec.fair, entries=entries), starts=spec.held_out, lowest=spec.lowest, limit=spec.limit)
        part = result.scored.get(name)

        def put(old: TuneResult, new: SweepResult, name: str = name) -> TuneResult:
            return replace(old, scored={**old.scored, name: new})

        result = run(result, what, part, put)
        if not result.scored[name].complete:
            break
    return result


_Put = Callable[[TuneResult, SweepResult], TuneResult]


def _fields(result: TuneResult) -> dict[str, tuple[Entry, ...]]:
    """Return the entries in every way of setting them."""
    given = result.spec.race.entries
    fields = {BOOK: given, TUNED: result.entries}
    if result.shared is not None:
        origin = f"one shared rate, best for all over {result.spec.starts} starts"
        fields[SHARED] = tuple(
            _with(entry, {"lr": result.shared}, origin) if result.spec.tuned(i) else entry for i, entry in enumerate(given)
        )
    return {name: fields[name] for name in result.spec.settings}


def _tuned_entries(spec: TuneSpec, places: tuple[Best, ...]) -> tuple[Entry, ...]:
    names = [", ".join(parameter.name for parameter in spec.tuned(i)) for i in range(len(places))]
    words = f"{spec.count} values, {spec.starts} starts, {spec.budget} evaluations"
    return tuple(
        _with(entry, place.settings, f"tuned: {name} of {words}"[:80]) if name else entry
        for entry, place, name in zip(spec.race.entries, places, names, strict=True)
    )


def _with(entry: Entry, values: dict[str, float], origin: str) -> Entry:
    return replace(entry, values={**dict(entry.values), **values}, origin=origin)


def _shared(search: SweepResult) -> float:
    """Return the rate that serves all tuned entries best: by the mean share that reached, then the mean rank of the median gap."""
    tuned = [i for i in range(len(search.spec.race.entries)) if search.spec.own_axes(i)[0][0]]
    gaps = scores.median_gap(search)[tuned]
    ranks = np.argsort(np.argsort(np.where(np.isnan(gaps), np.inf, gaps), axis=1, kind="stable"), axis=1, kind="stable")
    first = np.lexsort((ranks.mean(axis=0), -scores.share(search)[tuned].mean(axis=0)))[0]
    return float(search.spec.own_axes(tuned[0])[0][1][first])


def _changes(result: TuneResult) -> str:
    """Compare the orders one after the other."""
    said = []
    before: tuple[str, tuple[int, ...]] | None = None
    for setting in result.spec.settings:
        order = result.order(setting)
        names = [result.labels[i] for i in order]
        rate = f" ({result.shared:g})" if setting == SHARED and result.shared is not None else ""
        head = f"{setting[:1].upper()}{setting[1:]}{rate}: {', '.join(names)}."
        if before is not None:
            moved = [(before[1].index(i) - place, result.labels[i]) for place, i in enumerate(order)]
            up = [f"{name} gains {_places(by)}" for by, name in moved if by > 0]
            down = [f"{name} loses {_places(-by)}" for by, name in moved if by < 0]
            against = f"the settings {BOOK}" if before[0] == BOOK else before[0]
            head += f" Against {against}: {listed(up + down)}." if up or down else f" The same order as with {against}."
        said.append(head)
        before = setting, order
    return " ".join(said)


def _places(count: int) -> str:
    return f"{count} place{'s' if count > 1 else ''}"


def _spaces(result: TuneResult) -> str:
    """Put into words what was tuned: once where it is the same for everybody, else racer by racer."""
    spaces: dict[str, list[str]] = {}
    for i, label in enumerate(result.labels):
        if result.spec.tuned(i):
            axes = result.search.spec.own_axes(i)
            words = listed([f"{name} over {len(values)} values from {values[0]:g} to {values[-1]:g}" for name, values in axes])
            spaces.setdefault(words, []).append(label)
    if len(spaces) == 1:
        return f"For every racer the same is tuned: {next(iter(spaces))}"
    return (
        f"As many parameters are tuned for every racer: {'; '.join(f'for {listed(who)} {words}' for words, who in spaces.items())}"
    )


def _protocol(result: TuneResult) -> str:
    """Put the rules of the fair race into sentences."""
    spec = result.spec
    untouched = [result.labels[i] for i in range(len(spec.race.entries)) if not spec.tuned(i)]
    bare = (
        f" {listed(untouched)} {'has' if len(untouched) == 1 else 'have'} no such parameter and ran as given." if untouched else ""
    )
    return (
        f"Every run may spend {spec.budget} evaluations and stops before the step that would exceed them. "
        f"{_spaces(result)}, everything else as given.{bare} "
        f"Tuned on {spec.starts} starts, scored on {spec.starts} others that the tuning did not see, the same for all. "
        f"Order: the share of starts from which a racer reaches and keeps a gap of {result.search.target:.3g} inside the domain, "
        "then the expected evaluations to it with restarts, then the median of the largest gap over the last steps."
    )
