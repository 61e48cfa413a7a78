"""The fair race: every entry is tuned on the same starts with the same budget, and scored on other, held-out starts."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from optim.core.errors import SpecError
from optim.core.parameter import takes
from optim.i18n.message import plural
from optim.i18n.phrases import evaluations, starts
from optim.races.entry import Entry
from optim.races.labels import labels
from optim.sweeps import scores
from optim.sweeps.result import SweepResult, blank
from optim.sweeps.run import sweep
from optim.sweeps.scores import Best
from optim.sweeps.spec import SweepSpec
from optim.sweeps.tune_spec import AS_GIVEN, SHARED, TUNED, TuneSpec

Progress = Callable[[int, int, Callable[[], "TuneResult"]], None]


@dataclass(frozen=True, eq=False)
class TuneResult:
    """The result of a fair race: `search` on the tuning starts; `scored` on held-out starts, by how the entries were set.

    `scored` maps "as given", "one shared rate" and "tuned" to sweeps without axes, empty until the search is complete;
    `shared` is the one rate that is best over all entries on the tuning starts, None where that was not asked.
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
        """Return the standings on held-out starts with the entries set in one of the three ways; see scores.standings."""
        frame = scores.standings(self.scored[setting])
        used = self.scored[setting].evaluations.max(axis=(-2, -1))
        return frame.assign(used=[int(used[i]) for i in frame.entry], budget=self.spec.budget)

    def order(self, setting: str = TUNED) -> tuple[int, ...]:
        """Return the entries from first to last on held-out starts; those that tie in the order in which they were given."""
        return tuple(int(i) for i in scores.standings(self.scored[setting]).entry)

    def places(self, setting: str = TUNED) -> tuple[int, ...]:
        """Return the place of every entry on held-out starts; those that score the same share one."""
        return scores.places(self.scored[setting])

    def tiers(self, setting: str = TUNED) -> tuple[tuple[int, ...], ...]:
        """Return the entries from first to last on held-out starts, those that score the same together."""
        order, places = self.order(setting), self.places(setting)
        return tuple(tuple(i for i in order if places[i] == place) for place in sorted(set(places)))


@takes(spec=TuneSpec, resume=TuneResult)
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
    for name, entries in _settings(result).items():
        what = SweepSpec(replace(spec.fair, entries=entries), starts=spec.held_out, lowest=spec.lowest, limit=spec.limit)
        part = result.scored.get(name)

        def put(old: TuneResult, new: SweepResult, name: str = name) -> TuneResult:
            return replace(old, scored={**old.scored, name: new})

        result = run(result, what, part, put)
        if not result.scored[name].complete:
            break
    return result


_Put = Callable[[TuneResult, SweepResult], TuneResult]


def _settings(result: TuneResult) -> dict[str, tuple[Entry, ...]]:
    """Return the entries under each way of setting their rates."""
    given = result.spec.race.entries
    fields = {AS_GIVEN: given, TUNED: result.entries}
    if result.shared is not None:
        origin = f"one shared rate, best for all over {starts(result.spec.starts)}"
        fields[SHARED] = tuple(
            _set(entry, {"lr": result.shared}, origin) if result.spec.tuned(i) else entry for i, entry in enumerate(given)
        )
    return {name: fields[name] for name in result.spec.settings}


def _tuned_entries(spec: TuneSpec, places: tuple[Best, ...]) -> tuple[Entry, ...]:
    names = [", ".join(parameter.name for parameter in spec.tuned(i)) for i in range(len(places))]
    words = f"{plural('{count} value', '{count} values', spec.count)}, {starts(spec.starts)}, {evaluations(spec.budget)}"
    return tuple(
        _set(entry, place.settings, f"tuned: {name} of {words}"[:80]) if name and place.settings else entry
        for entry, place, name in zip(spec.race.entries, places, names, strict=True)
    )


def _set(entry: Entry, values: dict[str, float], origin: str) -> Entry:
    return replace(entry, values={**dict(entry.values), **values}, origin=origin)


def _shared(search: SweepResult) -> float:
    """Return the rate that serves all tuned entries best: by the mean share that reached, then the mean rank of the median gap."""
    tuned = [i for i in range(len(search.spec.race.entries)) if search.spec.own_axes(i)[0][0]]
    gaps = pd.DataFrame(scores.median_gap(search)[tuned]).fillna(np.inf)
    ranks = gaps.rank(axis=1, method="first").to_numpy()
    first = np.lexsort((ranks.mean(axis=0), -scores.share(search)[tuned].mean(axis=0)))[0]
    return float(search.spec.own_axes(tuned[0])[0][1][first])
