"""Recording: entries of one optimizer are stacked into a block, run together, and every step of every run is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.oracle import EVALUATION_KINDS, Count, CountingOracle, Counts
from optim.core.simulate import Conditions, simulate, stacked
from optim.core.types import Array, State
from optim.optimizers.custom import is_own
from optim.races.entry import Entry
from optim.races.spec import RaceSpec


@dataclass(frozen=True, eq=False)
class Record:
    """Raw rows of R runs: `path` and `answer` (R, steps + 1, d), `counts` kind -> (R, steps + 1), `states` per run where asked for.

    `answer` is the point that an optimizer reports; it is `path` itself where all report the point that they move.
    """

    path: Array
    answer: Array
    counts: dict[str, Counts]
    states: tuple[dict[str, Array], ...] | None


def record(spec: RaceSpec, seeds: Sequence[int] | None = None, states: bool = False) -> Record:
    """Run every entry of `spec` with every seed (the spec's own by default): all seeds of the first entry, then the next.

    An entry does not depend on the other entries: an entry's rows are the same, bit for bit, when it is recorded alone.
    """
    seeds = (spec.seed,) if seeds is None else seeds
    runs = [(entry, seed) for entry in spec.entries for seed in seeds]
    problem = spec.dialled_problem
    conditions = Conditions(problem, spec.steps, spec.gradient == "central", spec.noise)
    rows = spec.steps + 1
    path = np.empty((len(runs), rows, problem.dimension))
    answers: list[tuple[list[int], Array]] = []
    counts = {kind: np.zeros((len(runs), rows), dtype=np.int64) for kind in EVALUATION_KINDS}
    histories: list[dict[str, Array]] = [{} for _ in runs]
    for optimizer, hypers, members in groups([entry for entry, _ in runs], spec.steps):
        start = np.repeat(np.array(spec.start)[:, None], len(members), axis=1)
        log = _Log(optimizer, states)
        simulate(optimizer, stacked(hypers), start, conditions, [runs[i][1] for i in members], log.watch)
        path[members] = np.moveaxis(np.stack(log.points), (0, 1, 2), (1, 2, 0))
        if log.answers:
            answers.append((members, np.moveaxis(np.stack(log.answers), (0, 1, 2), (1, 2, 0))))
        for kind, column in zip(EVALUATION_KINDS, zip(*log.counts, strict=True), strict=True):
            counts[kind][members] = per_run(column, len(members))
        for place, i in enumerate(members):
            histories[i] = {name: _history(values, place) for name, values in log.states.items()}
    answer = path.copy() if answers else path
    for members, points in answers:
        answer[members] = points
    return Record(path, answer, counts, tuple(histories) if states else None)


def concatenated(records: Sequence[Record]) -> Record:
    """Return several records as one, runs in the order given."""
    states = [one for own in records for one in own.states or ()]
    path = np.concatenate([own.path for own in records])
    alike = all(own.answer is own.path for own in records)
    return Record(
        path,
        path if alike else np.concatenate([own.answer for own in records]),
        {kind: np.concatenate([own.counts[kind] for own in records]) for kind in EVALUATION_KINDS},
        tuple(states) if states else None,
    )


def groups(entries: Sequence[Entry], steps: int) -> list[tuple[Optimizer, list[dict[str, Any]], list[int]]]:
    """Return which entries run as one block: their optimizer, each one's hyper-parameters, and their places."""
    groups: dict[tuple[Any, ...], tuple[Optimizer, list[dict[str, Any]], list[int]]] = {}
    for i, entry in enumerate(entries):
        rule, hyper = entry.assembled(steps)
        structure = tuple(hyper[parameter.name] for parameter in rule.parameters if parameter.structural)
        own = id(entry.optimizer) if is_own(entry.optimizer) else None
        key = (rule.name, structure, entry.schedule, tuple(name for name, *_ in entry.modifiers), own)
        _, hypers, members = groups.setdefault(key, (rule, [], []))
        hypers.append(hyper)
        members.append(i)
    return list(groups.values())


class _Log:
    """Keeps the points, counts and states after every step. Steps return new arrays, so nothing needs copying."""

    def __init__(self, optimizer: Optimizer, with_states: bool) -> None:
        self._answer = optimizer.answer
        self._with_states = with_states
        self.points: list[Array] = []
        self.answers: list[Array] = []
        self.counts: list[tuple[Count, ...]] = []
        self.states: dict[str, list[Any]] = {}

    def watch(self, x: Array, state: State, oracle: CountingOracle) -> None:
        self.points.append(x)
        if self._answer is not None:
            self.answers.append(self._answer(x, state))
        self.counts.append(oracle.counts())
        if self._with_states:
            for name, value in state.items():
                if isinstance(value, np.ndarray | float | int):
                    self.states.setdefault(name, []).append(value)


def per_run(counts: Sequence[Count], runs: int) -> Counts:
    """Return the counts of a block as (B, steps + 1); they are plain numbers as long as every run was charged alike."""
    if isinstance(counts[-1], int):
        return np.broadcast_to(np.array(counts, dtype=np.int64), (runs, len(counts)))
    return np.stack([np.broadcast_to(count, (runs,)) for count in counts], axis=1)


def _history(values: list[Any], column: int) -> Array:
    """Return one run's history of a state variable, (steps + 1, d) or (steps + 1,)."""
    return np.array([value[..., column] if isinstance(value, np.ndarray) else value for value in values], dtype=float)
