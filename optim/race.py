"""The race: a spec is run, and what was recorded is measured, settled and judged."""

import numpy as np
import numpy.typing as npt

from optim import metrics
from optim.dials import dialled
from optim.model import Array, Problem
from optim.oracle import Counts
from optim.record import Record, record
from optim.result import RaceResult
from optim.spec import RaceSpec
from optim.status import Run, classify


def race(spec: RaceSpec, states: bool = False) -> RaceResult:
    """Run the experiment that `spec` describes; with `states`, keep every state variable's history too.

    Divergence is a result, not an error: see RaceResult.status.
    """
    return judged(spec, record(spec, states=states))


def judged(spec: RaceSpec, raw: Record) -> RaceResult:
    """Return the result of a race that has been run: its rows measured, settled and given a status."""
    problem = dialled(spec.base_problem, spec.rotate, spec.stretch, spec.shift)
    loss, gradient_norm = measured(problem, raw.path)
    price = priced(raw.counts, problem)
    path, loss, gradient_norm, counts, taken = settled(raw, loss, gradient_norm, price, spec.budget)
    lowest = lowest_value(problem, loss, path)
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
        states=raw.states and tuple(_cut(own, int(last)) for own, last in zip(raw.states, taken, strict=True)),
        status=status,
        lowest=lowest,
    )


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
    raw: Record, loss: Array, gradient_norm: Array, price: Counts, budget: int | None
) -> tuple[Array, Array, Array, dict[str, Counts], npt.NDArray[np.int64]]:
    """Stop each run where it stops: after a value that is not finite come NaN rows, at the budget the last row stays.

    Returns path, loss, gradient norm, counts and the number of steps taken (R,); counting stops with the run.
    """
    path, loss, gradient_norm = raw.path.copy(), loss.copy(), gradient_norm.copy()
    counts = {kind: count.copy() for kind, count in raw.counts.items()}
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


def lowest_value(problem: Problem, loss: Array, path: Array) -> float | None:
    """Return f*: the lowest known minimum; where none is known the lowest value met; None where the function is unbounded.

    A minimum that was only found, not proven, gives way to a lower value that a run met inside the domain.
    """
    if not problem.bounded:
        return None
    known = problem.lowest
    if known is not None and problem.search is None:
        return known
    counts = np.isfinite(loss) if known is None else np.isfinite(loss) & metrics.inside(path, problem.domain)
    met = float(np.min(loss[counts])) if counts.any() else None
    if known is None or met is None:
        return met if known is None else known
    return met if met < known - metrics.default_target(known) else known
