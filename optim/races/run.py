"""The race: run a spec, truncate each run where it ended, measure it without noise, and classify how it ended."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core import metrics
from optim.core.linalg import norm_by_squares
from optim.core.oracle import Counts
from optim.core.parameter import takes
from optim.core.problem import Problem
from optim.core.types import Array
from optim.problems.lowest_value import lowest_with
from optim.races.claims.run import Run
from optim.races.record import Record, record
from optim.races.result import RaceResult
from optim.races.spec import RaceSpec
from optim.races.stationarity import resting_points
from optim.races.status import classify


@dataclass(frozen=True, eq=False)
class Rows:
    """The measured rows of R runs, row 0 the start: points (R, steps + 1, d), the rest (R, steps + 1), `taken` (R,) the steps.

    `path` are the points moved, with `loss` and `gradient_norm`; `answer` the points reported, with `answer_loss`.
    """

    path: Array
    loss: Array
    gradient_norm: Array
    answer: Array
    answer_loss: Array
    counts: dict[str, Counts]
    evaluations: Counts
    taken: npt.NDArray[np.int64]


@takes(spec=RaceSpec)
def race(spec: RaceSpec, states: bool = False) -> RaceResult:
    """Run the experiment that `spec` describes; with `states`, keep every state variable's history too.

    Divergence is a result, not an error: see RaceResult.status.
    """
    return race_result(spec, record(spec, states=states))


def race_result(spec: RaceSpec, raw: Record) -> RaceResult:
    """Return the result of a race that has been run: its rows truncated and measured, and a status for each."""
    problem = spec.dialled_problem
    rows = truncate_and_measure(raw, problem, spec.budget)
    lowest = lowest_value(problem, rows)
    runs = [judged(spec, problem, lowest, rows, i) for i in range(len(spec.entries))]
    rest = resting_points(problem, np.stack([run.path[-1] for run in runs], axis=1), lowest)
    return RaceResult(
        spec=spec,
        problem=problem,
        path=rows.path,
        loss=rows.loss,
        gradient_norm=rows.gradient_norm,
        answer=rows.answer,
        answer_loss=rows.answer_loss,
        counts=rows.counts,
        evaluations=rows.evaluations,
        taken=tuple(int(step) for step in rows.taken),
        states=raw.states and tuple(blank_after(own, int(last)) for own, last in zip(raw.states, rows.taken, strict=True)),
        status=tuple(classify(run, rest.of(i)) for i, run in enumerate(runs)),
        lowest=lowest,
    )


def judged(spec: RaceSpec, problem: Problem, lowest: float | None, rows: Rows, i: int) -> Run:
    """Return entry i's rows, up to the last step it took, as statuses and claims judge them."""
    taken = slice(int(rows.taken[i]) + 1)
    return Run(
        entry=spec.entries[i],
        problem=problem,
        path=rows.answer[i, taken],
        loss=rows.answer_loss[i, taken],
        lowest=lowest,
        noise=spec.noise,
        steps=spec.steps,
        moved=rows.path[i, taken],
        moved_loss=rows.loss[i, taken],
    )


def lowest_value(problem: Problem, rows: Rows) -> float | None:
    """Return f* of a race: see lowest_with; values reached count inside the domain, or anywhere where no minimum is known."""
    losses, points = np.stack([rows.loss, rows.answer_loss]), np.stack([rows.path, rows.answer])
    counts = np.isfinite(losses) if problem.lowest is None else np.isfinite(losses) & metrics.inside(points, problem.domain)
    return lowest_with(problem, float(np.min(losses, where=counts, initial=np.inf)))


def truncate_and_measure(raw: Record, problem: Problem, budget: int | None) -> Rows:
    """Truncate and measure runs: rows after a value that is not finite are NaN; after the budget the last row is repeated.

    Counting stops with the run.
    """
    loss, gradient_norm = measured(problem, raw.path)
    alike = raw.answer is raw.path
    answer_loss = loss if alike else measured(problem, raw.answer)[0]
    rows = loss.shape[1]
    broken = ~(np.isfinite(raw.path).all(axis=-1) & np.isfinite(loss) & np.isfinite(answer_loss))
    first_broken = np.where(broken.any(axis=1), np.argmax(broken, axis=1), rows - 1)
    price = priced(raw.counts, problem)
    allowed = rows - 1 if budget is None else np.maximum((price <= budget).sum(axis=1) - 1, 0)
    taken = np.minimum(first_broken, allowed)
    lost = broken[np.arange(len(taken)), taken]
    path, loss, gradient_norm = (_ended(values, taken, lost) for values in (raw.path, loss, gradient_norm))
    answer, answer_loss = (path, loss) if alike else (_ended(values, taken, lost) for values in (raw.answer, answer_loss))
    counts = {kind: _ended(count, taken, np.zeros_like(lost)) for kind, count in raw.counts.items()}
    return Rows(path, loss, gradient_norm, answer, answer_loss, counts, priced(counts, problem), taken)


def measured(problem: Problem, path: Array) -> tuple[Array, Array]:
    """Return the noise-free loss and gradient norm (R, steps + 1) along the path (R, steps + 1, d)."""
    points = np.ascontiguousarray(np.moveaxis(path, -1, 0)).reshape(problem.dimension, -1)
    with np.errstate(all="ignore"):
        loss, gradient_norm = problem.value(points), norm_by_squares(problem.gradient(points))
    return loss.reshape(path.shape[:-1]), gradient_norm.reshape(path.shape[:-1])


def priced(counts: dict[str, Counts], problem: Problem) -> Counts:
    """Return the price (R, steps + 1) of the evaluations: a value 1, a gradient 1, a Hessian d."""
    return counts["value"] + counts["gradient"] + problem.dimension * counts["hessian"]


def blank_after(states: dict[str, Array], last: int) -> dict[str, Array]:
    """Return state histories with NaN after the last step taken: a stopped run has no state."""
    after = {name: np.arange(len(values)) > last for name, values in states.items()}
    return {name: np.where(after[name].reshape(-1, *[1] * (v.ndim - 1)), np.nan, v) for name, v in states.items()}


def _ended(values: npt.NDArray[Any], taken: npt.NDArray[np.int64], lost: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Return the rows with what comes after each run's last step replaced: NaN where it was lost, else its last row."""
    values = values.copy()
    for i, last in enumerate(taken):
        if last < values.shape[1] - 1:
            values[i, last + 1 :] = np.nan if lost[i] else values[i, last]
    return values
