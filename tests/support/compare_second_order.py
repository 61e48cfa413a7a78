"""Rules that look at more than one gradient, held against independent implementations: one function per way of comparing.

Every function takes an optimizer and one of its Golden runs and returns the largest deviations that it measured.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import optim
from optim.core.oracle import CountingOracle, Oracle
from optim.core.simulate import Conditions, simulate
from tests.support import reference
from tests.support.compare_step_by_step import FED, OWN

DATA = Path(__file__).parents[1] / "data"
OURS = json.loads((DATA / "curvature.json").read_text())
FUNCTIONS = reference.MANIFEST["functions"] | OURS["functions"]
STARTS = reference.MANIFEST["start"] | OURS["start"]
NAMES = {"quad": "elongated_bowl"}
"""Golden function -> the problem of ours that it is, where the name is another."""


@dataclass(frozen=True)
class Deviation:
    """The largest difference between our steps and the other implementation's: who, on what, over how many steps, of what."""

    against: str
    version: str
    function: str
    steps: int
    largest: float
    what: str


@cache
def rows(run):
    """Return the array recorded under a name, from whichever file has it."""
    for file in ("second_order.npz", "curvature.npz"):
        with np.load(DATA / file) as arrays:
            if run in arrays:
                return arrays[run]
    raise KeyError(run)


def problem(function):
    """Return a golden function as a Problem, in the operation order in which the golden runs computed it."""
    *lets, value, gradient = FUNCTIONS[function].split(" ; ")
    assignments = [text.split("=") for text in ";".join(lets).split(";")] if lets else []

    def evaluated(expression, x):
        names = {"x": x[0], "y": x[1]}
        for name, text in assignments:
            names[name] = eval(reference.compiled(text), names)
        return eval(reference.compiled(expression), names)

    def slopes(x):
        return np.stack(evaluated(gradient.removeprefix("grad "), x))

    return optim.Problem(function, lambda x: evaluated(value, x), slopes)


def hyper(optimizer, values):
    """Return all settings of an optimizer, its defaults where `values` has none."""
    return {p.name: p.canonical(values.get(p.name, p.default)) for p in optimizer.parameters}


def path(optimizer, values, on, start, steps):
    """Return our own run, (steps + 1, d)."""
    log = []
    x = np.array(start, dtype=float)[:, None]
    simulate(optimizer, hyper(optimizer, values), x, Conditions(on, steps), [0], lambda x, *_: log.append(x[:, 0]))
    return np.array(log)


def deviation(golden, ours, theirs, what):
    """Return how far two runs, one row per step, are apart."""
    run = OURS["runs"][golden.run]
    apart = np.max(np.abs(np.asarray(ours) - theirs))
    return Deviation(run["call"], run["version"], run["function"], len(theirs) - 1, float(apart), what)


class Fed(Oracle):
    """An oracle that answers with what was recorded, wherever it is asked: `answers` kind -> array with the runs last."""

    def __init__(self, **answers):
        self.answers = answers

    def value(self, x, where=None):
        return self.answers["value"]

    def gradient(self, x, where=None):
        return self.answers["gradient"]

    def hessian(self, x, where=None):
        raise NotImplementedError("no Hessian was recorded")

    def normal(self, k):
        return self.answers["normal"]


def digits(optimizer, golden):
    """Compare with a run in 50 decimal digits that took its derivatives from the function alone."""
    theirs, function = rows(golden.run), OURS["runs"][golden.run]["function"]
    ours = path(optimizer, golden.values, optim.PROBLEMS[NAMES.get(function, function)], theirs[0], len(theirs) - 1)
    return [deviation(golden, ours, theirs, OWN)]


def exact(optimizer, golden):
    """Compare with a run that should be the same, bit for bit."""
    theirs = rows(golden.run)
    ours = path(optimizer, golden.values, problem(OURS["runs"][golden.run]["function"]), theirs[0], len(theirs) - 1)
    return [deviation(golden, ours, theirs, OWN)]


def steps(optimizer, golden):
    """Compare each side on its own path, and ours fed the gradients of theirs."""
    theirs, on = rows(golden.run), problem(OURS["runs"][golden.run]["function"])
    ours = path(optimizer, golden.values, on, theirs[0], len(theirs) - 1)
    hp, x = hyper(optimizer, golden.values), theirs[0][:, None]
    state, fed = optimizer.init(Fed(), x, hp), [theirs[0]]
    for point in theirs[:-1]:
        x, state = optimizer.step(Fed(gradient=on.gradient(point[:, None])), x, state, hp)
        fed.append(x[:, 0])
    return [
        deviation(golden, ours, theirs, OWN),
        deviation(golden, fed, theirs, FED),
    ]


def direction(optimizer, golden):
    """Compare the lines of search: ours, fed the values and gradients at their points, and how far off their next points are."""
    theirs, on = rows(golden.run), problem(OURS["runs"][golden.run]["function"])
    x = theirs[0][:, None]
    state, off, sines = optimizer.init(Fed(value=on.value(x), gradient=on.gradient(x)), x, {}), [0.0], [0.0]
    for point in theirs[1:]:
        line, move = state["direction"][:, 0], point - x[:, 0]
        off.append(abs(line[0] * move[1] - line[1] * move[0]) / np.hypot(*line))
        # A move that is hardly longer than the rounding of its ends has no direction worth comparing.
        sines.append(off[-1] / np.hypot(*move) if np.hypot(*move) > _LONG_ENOUGH else 0.0)
        x = point[:, None]
        _, state = optimizer.step(Fed(value=on.value(x), gradient=on.gradient(x)), x, state, {})
    return [
        deviation(golden, off, np.zeros(len(theirs)), "their next point, from our line of search"),
        deviation(
            golden, sines, np.zeros(len(theirs)), f"sine between our direction and their move, where over {_LONG_ENOUGH:g} long"
        ),
    ]


_LONG_ENOUGH = 1e-7


def samples(optimizer, golden, on=None):
    """Compare what is learned from the same samples: mean, size and covariance of every generation."""
    means, sigmas, covariances, drawn = (rows(f"{golden.run}/{name}") for name in ("means", "sigmas", "covariances", "samples"))
    on = on or problem(OURS["runs"][golden.run]["function"])
    hp, x = hyper(optimizer, golden.values), means[0][:, None]
    oracle = _Drawn(on)
    state = optimizer.init(oracle, x, hp)
    ours = [(x[:, 0], state["size"][0], state["covariance"][..., 0])]
    for points in drawn:
        oracle.numbers = _numbers(points, x, state)
        x, state = optimizer.step(oracle, x, state, hp)
        ours.append((x[:, 0], state["size"][0], state["covariance"][..., 0]))
    mean, sigma, covariance = (np.array(column) for column in zip(*ours, strict=True))
    size = np.max(np.abs(covariances), axis=(1, 2), keepdims=True)
    return [
        deviation(golden, mean, means, "mean of every generation, both on the same samples"),
        deviation(golden, sigma / sigmas, np.ones(len(sigmas)), "size of the cloud, both on the same samples"),
        deviation(golden, covariance / size, covariances / size, "covariance, both on the same samples"),
    ]


class _Drawn(CountingOracle):
    """The true function, with random numbers that are given."""

    def __init__(self, on):
        super().__init__(on, [0], 1)
        self.numbers = None

    def normal(self, k):
        assert len(self.numbers) == k
        return self.numbers


def _numbers(points, x, state):
    """Return the standard normal numbers (k, d, 1) that the symmetric root of the covariance takes to `points` (k, d)."""
    lengths, axes = np.linalg.eigh(state["covariance"][..., 0])
    whitened = (points - x[:, 0]) / state["size"][0] @ axes / np.sqrt(lengths)
    return (whitened @ axes.T)[:, :, None]


COMPARE = {"digits": digits, "exact": exact, "path": steps, "direction": direction, "samples": samples}
"""Golden.compare -> the function that compares so."""


def deviations(optimizer, golden):
    """Return the deviations of an optimizer from one of its golden runs, compared as that run asks."""
    return COMPARE[golden.compare](optimizer, golden)
