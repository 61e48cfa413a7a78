"""A race to begin with on a function: four optimizers with learning rates scaled to it."""

import math

import numpy as np

from optim.core.problem import Problem
from optim.problems.diagnostics import conditioning
from optim.races.entry import Entry
from optim.races.spec import RaceSpec


def first_race(problem: Problem, start: int = 0, steps: int = 200) -> RaceSpec:
    """Return a race on a function of the registry from one of its starts, with learning rates scaled to it.

    AdaGrad and Adam move by about their rate: a share of the window. SGD and Momentum get half of the largest stable step (a tenth
    of that with momentum), or less where that would throw them far at once.
    """
    place = problem.starts[start]
    width = min(problem.widths)
    with np.errstate(all="ignore"):
        slope = float(np.linalg.norm(problem.gradient(np.array(place))))
    stable = conditioning(problem).stable_step
    thrown = 0.05 * width / slope if slope > 0 else math.inf
    rate = min(stable / 2 if stable is not None else math.inf, thrown)
    rate = rate if math.isfinite(rate) else 0.01
    rates = {"sgd": rate, "momentum": rate / 10, "adagrad": 0.05 * width, "adam": 0.01 * width}
    entries = tuple(Entry(name, {"lr": float(f"{lr:.2g}")}, origin="scaled to this function") for name, lr in rates.items())
    return RaceSpec(problem.name, entries, place, steps)
