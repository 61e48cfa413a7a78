"""Claims about where a run ended: in a minimum that is listed, or at a place of its own."""

import numpy as np

from optim.core.claim import Claim, always
from optim.core.linalg import point_norms
from optim.core.problem import Problem
from optim.core.types import Array, Point
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.races.claims.run import Run

AT = 1e-3
"""Share of the window within which a point is said to be at a minimum."""


def listed_minimum(problem: Problem, point: Array) -> Point | None:
    """Return the known global minimum that a point (d,) is at, or None where it is at none of them."""
    if not problem.targets:
        return None
    away = point_norms(np.array(problem.targets) - point)
    return problem.targets[int(np.argmin(away))] if np.min(away) <= AT * float(np.mean(problem.widths)) else None


def _listed(run: Run) -> str:
    return message("at the minimum {place}", place=place(listed_minimum(run.problem, run.path[-1]) or run.path[-1]))


WHERE: tuple[Claim[Run], ...] = (
    Claim(_listed, lambda run: listed_minimum(run.problem, run.path[-1]) is not None),
    Claim(
        lambda run: message("at {place}, one of many minima", place=place(run.path[-1])),
        lambda run: not run.problem.targets and len(run.problem.minima) > 0,
    ),
    Claim(lambda run: message("at {place}", place=place(run.path[-1])), always),
)
"""Where a run that reached the lowest value is."""
