"""The race: a spec is run, and what was recorded is measured, settled and judged."""

import numpy as np

from optim import metrics
from optim.dials import dialled
from optim.model import Problem
from optim.record import Record, record
from optim.result import RaceResult
from optim.settle import Rows, cut, settled
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
    """Return f*: the lowest known minimum; where none is known the lowest value met; None where the function is unbounded.

    A minimum that was only found, not proven, gives way to a lower value that a run met inside the domain.
    """
    if not problem.bounded:
        return None
    known = problem.lowest
    if known is not None and problem.search is None:
        return known
    losses, points = np.stack([rows.loss, rows.answer_loss]), np.stack([rows.path, rows.answer])
    counts = np.isfinite(losses) if known is None else np.isfinite(losses) & metrics.inside(points, problem.domain)
    met = float(np.min(losses[counts])) if counts.any() else None
    if known is None or met is None:
        return met if known is None else known
    return met if met < known - metrics.default_target(known) else known
