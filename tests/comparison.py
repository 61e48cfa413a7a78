"""How optimizers are compared with recorded runs: each comparison returns the largest deviation, in lengths of the plane."""

import numpy as np

import optim
from optim.oracle import Oracle
from tests import reference

PROBLEMS = {"quad": "elongated_bowl", "rosenbrock": "rosenbrock", "beale": "beale"}
"""Function of the golden runs -> our problem."""

FLOOR = 1e-12
"""Where rounding alone moves a run farther than this, no implementation can follow it."""


class Recorded(Oracle):
    """An oracle that gives recorded gradients, one per step, wherever it is asked."""

    def __init__(self, gradients):
        self._gradients = iter(gradients)

    def gradient(self, x, where=None):
        return next(self._gradients)[:, None]

    def value(self, x, where=None):
        raise NotImplementedError("only gradients were recorded")

    hessian = value

    def normal(self, k):
        raise NotImplementedError("golden runs have no randomness")


def entry(rule, golden, function):
    """Return our entry that means the golden run."""
    return optim.Entry(rule.name, {**golden.values, "lr": reference.MANIFEST["runs"][golden.run]["lr"][function]})


def chaotic(golden, function):
    """Whether rounding alone moves the golden run farther than FLOOR."""
    return reference.MANIFEST["runs"][golden.run]["per_function"][function].get("floor200", 0.0) > FLOOR


def closed_loop(rule, golden, function):
    """Return how far our race goes from the golden path (201, 2), each on its own gradients."""
    path, start = reference.golden_path(golden.run, function), reference.MANIFEST["start"][function]
    spec = optim.RaceSpec(PROBLEMS[function], entry(rule, golden, function), tuple(start), steps=len(path) - 1)
    return float(np.max(np.abs(optim.race(spec).path[0] - path)))


def open_loop(rule, golden, function):
    """Return how far our rule goes from the golden path when fed the golden run's gradients, relative to max(1, |golden|)."""
    path = reference.golden_path(golden.run, function)
    gradients = [reference.golden_gradient(function, point) for point in path[:-1]]
    return deviation(fed(entry(rule, golden, function), path[0], gradients), path)


def fed(racer, start, gradients):
    """Return the path (steps + 1, 2) of an entry that is fed the gradients, whatever its own point."""
    oracle, x = Recorded(gradients), np.array(start)[:, None]
    state = racer.rule.init(oracle, x, racer.hyper)
    path = [x]
    for _ in gradients:
        x, state = racer.rule.step(oracle, x, state, racer.hyper)
        path.append(x)
    return np.stack(path)[:, :, 0]


def deviation(path, expected):
    """Return the largest difference, relative to the larger of 1 and what is expected."""
    return float(np.max(np.abs(path - expected) / np.maximum(1.0, np.abs(expected))))
