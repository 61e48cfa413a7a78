"""The race: a spec is run, and what was recorded is measured, settled and judged."""

import numpy as np

from optim.core import metrics
from optim.core.problem import Problem
from optim.problems.lowest_value import lowest_with
from optim.problems.transforms import dialled
from optim.races.record import Record, record
from optim.races.result import RaceResult
from optim.races.settle import Rows, cut, settled
from optim.races.spec import RaceSpec
from optim.races.status import Run, classify


def race(spec: RaceSpec, states: bool = False) -> RaceResult:
    """Run the experiment that `spec` describes; with `states`, keep every state variable's history too.

    Divergence is a result, not an error: see RaceResult.status.
    """
    return judged(spec, record(spec, states=states))


def judged(spec: RaceSpec, raw: Record) -> RaceResult:
    """Return the result of a race that has been run: its rows measured, settled and given a status."""
    problem = dialled(spec.base_problem, spec.rotate, spec.stretch, spec.shift)
    rows = settled(raw, problem, spec.budget)
    lowest = lowest_value(problem, rows)
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
        states=raw.states and tuple(cut(own, int(last)) for own, last in zip(raw.states, rows.taken, strict=True)),
        status=tuple(
            classify(
                Run(entry, problem, rows.answer[i, : last + 1], rows.answer_loss[i, : last + 1], lowest, spec.noise, spec.steps)
            )
            for i, (entry, last) in enumerate(zip(spec.entries, rows.taken, strict=True))
        ),
        lowest=lowest,
    )


def lowest_value(problem: Problem, rows: Rows) -> float | None:
    """Return f* of a race: see known.lowest_with; a value met counts inside the domain, or anywhere where no minimum is known."""
    if problem.lowest is not None and problem.search is None:
        return lowest_with(problem, np.inf)
    losses, points = np.stack([rows.loss, rows.answer_loss]), np.stack([rows.path, rows.answer])
    counts = np.isfinite(losses) if problem.lowest is None else np.isfinite(losses) & metrics.inside(points, problem.domain)
    return lowest_with(problem, float(np.min(losses, where=counts, initial=np.inf)))
