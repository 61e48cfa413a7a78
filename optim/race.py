"""The race: entries of a spec are stacked into blocks, run, recorded and measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.dials import dialled
from optim.engine import Conditions, simulate, stacked
from optim.model import Array, Optimizer, Problem, State
from optim.oracle import CountingOracle
from optim.result import RaceResult
from optim.spec import Entry, RaceSpec
from optim.status import Run, classify

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """Raw rows of R runs: `path` (R, steps + 1, d), `counts` kind -> (R, steps + 1), `states` per run where asked for."""

    path: Array
    counts: dict[str, Counts]
    states: tuple[dict[str, Array], ...] | None


def race(spec: RaceSpec, states: bool = False) -> RaceResult:
    """Run the experiment that `spec` describes; with `states`, keep every state variable's history too.

    Divergence is a result, not an error: see RaceResult.status.
    """
    problem = dialled(spec.base_problem, spec.rotate, spec.stretch, spec.shift)
    record = recorded(spec, problem, [(entry, spec.seed) for entry in spec.entries], states)
    loss, gradient_norm = measured(problem, record.path)
    price = priced(record.counts, problem)
    path, loss, gradient_norm, counts, taken = settled(record, loss, gradient_norm, price, spec.budget)
    lowest = lowest_value(problem, loss)
    status = tuple(
        classify(Run(entry, problem, path[i, : taken[i] + 1], loss[i, : taken[i] + 1], lowest, spec.noise))
        for i, entry in enumerate(spec.entries)
    )
    return RaceResult(
        spec=spec,
        problem=problem,
        path=path,
        loss=loss,
        gradient_norm=gradient_norm,
        counts=counts,
        evaluations=priced(counts, problem),
        taken=tuple(int(step) for step in taken),
        states=record.states and tuple(_cut(own, int(last)) for own, last in zip(record.states, taken, strict=True)),
        status=status,
        lowest=lowest,
    )


def recorded(spec: RaceSpec, problem: Problem, runs: Sequence[tuple[Entry, int]], states: bool = False) -> Record:
    """Run every (entry, seed) from the spec's start, entries of one optimizer in one block, and record each step."""
    conditions = Conditions(problem, spec.steps, spec.gradient == "central", spec.noise)
    rows = spec.steps + 1
    path = np.empty((len(runs), rows, problem.dimension))
    counts = {kind: np.zeros((len(runs), rows), dtype=np.int64) for kind in ("value", "gradient", "hessian")}
    histories: list[dict[str, Array]] = [{} for _ in runs]
    for optimizer, members in _groups([entry for entry, _ in runs]):
        start = np.repeat(np.array(spec.start)[:, None], len(members), axis=1)
        log = _Log(states)
        hp = stacked([runs[i][0].hyper for i in members])
        simulate(optimizer, hp, start, conditions, [runs[i][1] for i in members], log.watch)
        path[members] = np.moveaxis(np.stack(log.points), (0, 1, 2), (1, 2, 0))
        for kind, history in counts.items():
            history[members] = _per_run(log.counts[kind], len(members))
        for column, i in enumerate(members):
            histories[i] = {name: _history(values, column) for name, values in log.states.items()}
    return Record(path, counts, tuple(histories) if states else None)


def measured(problem: Problem, path: Array) -> tuple[Array, Array]:
    """Return the noise-free loss and gradient norm (R, steps + 1) along the path (R, steps + 1, d)."""
    points = np.ascontiguousarray(np.moveaxis(path, -1, 0)).reshape(problem.dimension, -1)
    with np.errstate(all="ignore"):
        gradient = problem.gradient(points)
        square = gradient[0] * gradient[0]
        for axis in range(1, problem.dimension):
            square = square + gradient[axis] * gradient[axis]
        return problem.value(points).reshape(path.shape[:-1]), np.sqrt(square).reshape(path.shape[:-1])


def priced(counts: dict[str, Counts], problem: Problem) -> Counts:
    """Return the price (R, steps + 1) of the looks: a value 1, a gradient 1, a Hessian d."""
    return counts["value"] + counts["gradient"] + problem.dimension * counts["hessian"]


def settled(
    record: Record, loss: Array, gradient_norm: Array, price: Counts, budget: int | None
) -> tuple[Array, Array, Array, dict[str, Counts], npt.NDArray[np.int64]]:
    """Stop each run where it stops: after a value that is not finite come NaN rows, at the budget the last row stays.

    Returns path, loss, gradient norm, counts and the number of steps taken (R,); counting stops with the run.
    """
    path, loss, gradient_norm = record.path.copy(), loss.copy(), gradient_norm.copy()
    counts = {kind: count.copy() for kind, count in record.counts.items()}
    rows = loss.shape[1]
    broken = ~(np.isfinite(path).all(axis=-1) & np.isfinite(loss))
    first_broken = np.where(broken.any(axis=1), np.argmax(broken, axis=1), rows - 1)
    allowed = rows - 1 if budget is None else np.maximum((price <= budget).sum(axis=1) - 1, 0)
    taken = np.minimum(first_broken, allowed)
    for i, last in enumerate(taken):
        if last == rows - 1:
            continue
        after = slice(last + 1, None)
        stopped = not broken[i, last]
        path[i, after] = path[i, last] if stopped else np.nan
        loss[i, after] = loss[i, last] if stopped else np.nan
        gradient_norm[i, after] = gradient_norm[i, last] if stopped else np.nan
        for count in counts.values():
            count[i, after] = count[i, last]
    return path, loss, gradient_norm, counts, taken


def _cut(states: dict[str, Array], last: int) -> dict[str, Array]:
    """Return the histories with NaN after the last step taken: a stopped run has no memory to show."""
    return {name: np.where(_rows_after(values, last), np.nan, values) for name, values in states.items()}


def _rows_after(values: Array, last: int) -> npt.NDArray[np.bool_]:
    return (np.arange(len(values)) > last).reshape(-1, *[1] * (values.ndim - 1))


def lowest_value(problem: Problem, loss: Array) -> float | None:
    """Return f*: the lowest known minimum; where none is known the lowest value met; None where the function is unbounded."""
    if not problem.bounded:
        return None
    if problem.lowest is not None:
        return problem.lowest
    finite = loss[np.isfinite(loss)]
    return float(np.min(finite)) if finite.size else None


def _groups(entries: Sequence[Entry]) -> list[tuple[Optimizer, list[int]]]:
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, entry in enumerate(entries):
        rule, hyper = entry.rule, entry.hyper
        structure = tuple(hyper[parameter.name] for parameter in rule.parameters if parameter.structural)
        groups.setdefault((rule.name, structure), []).append(i)
    return [(entries[members[0]].rule, members) for members in groups.values()]


class _Log:
    """Keeps what the engine shows after every step. Steps return new arrays, so nothing needs copying."""

    def __init__(self, with_states: bool) -> None:
        self._with_states = with_states
        self.points: list[Array] = []
        self.counts: dict[str, list[Any]] = {"value": [], "gradient": [], "hessian": []}
        self.states: dict[str, list[Any]] = {}

    def watch(self, x: Array, state: State, oracle: CountingOracle) -> None:
        self.points.append(x)
        for kind, count in oracle.counts().items():
            self.counts[kind].append(count)
        if self._with_states:
            for name, value in state.items():
                self.states.setdefault(name, []).append(value)


def _per_run(counts: list[Any], runs: int) -> Counts:
    """Return the counts of a block as (B, steps + 1); they are plain numbers as long as every run was charged alike."""
    if isinstance(counts[-1], int):
        return np.broadcast_to(np.array(counts, dtype=np.int64), (runs, len(counts)))
    return np.stack([np.broadcast_to(count, (runs,)) for count in counts], axis=1)


def _history(values: list[Any], column: int) -> Array:
    """Return one run's history of a state variable, (steps + 1, d) or (steps + 1,)."""
    return np.array([value[..., column] if isinstance(value, np.ndarray) else value for value in values], dtype=float)
