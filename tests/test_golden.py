"""Every optimizer against runs of PyTorch, of the book's own module and of the notebook, step by step."""

import numpy as np
import pytest

import optim
from optim.oracle import Oracle
from tests import reference

GOLDEN = {
    "sgd": ("sgd", {}),
    "sgd_wd": ("sgd", {"weight_decay": 0.01}),
    "momentum": ("momentum", {"momentum": 0.9}),
    "momentum_damp": ("momentum", {"momentum": 0.9, "dampening": 0.9}),
    "nesterov": ("nesterov", {"momentum": 0.9}),
    "adagrad": ("adagrad", {}),
    "adagrad_lrdecay": ("adagrad", {"lr_decay": 0.01, "initial_accumulator": 0.1}),
    "rmsprop": ("rmsprop", {}),
    "rmsprop_centered": ("rmsprop", {"centered": True}),
    "rmsprop_momentum": ("rmsprop", {"momentum": 0.9}),
    "adam": ("adam", {}),
    "adam_l2": ("adam", {"weight_decay": 0.01}),
    "book_sgd": ("sgd", {}),
    "book_momentum": ("momentum", {"momentum": 0.9}),
    "book_nesterov": ("nesterov", {"momentum": 0.9}),
    "book_adagrad": ("adagrad", {"eps": 1e-7}),
    "book_rmsprop": ("rmsprop", {"alpha": 0.99, "eps": 1e-7}),
}
"""Golden run -> the optimizer and settings it stands for, beside the learning rate, which the manifest gives per function."""

PROBLEMS = {"quad": "elongated_bowl", "rosenbrock": "rosenbrock", "beale": "beale"}

WITHOUT_GOLDEN: dict[str, str] = {}
"""Optimizer -> why no golden run stands for it."""

RUNS = pytest.mark.parametrize(("run", "function"), [(run, function) for run in GOLDEN for function in PROBLEMS])


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


def entry(run, function):
    optimizer, values = GOLDEN[run]
    return optim.Entry(optimizer, {**values, "lr": reference.MANIFEST["runs"][run]["lr"][function]})


def open_loop(racer, start, gradients):
    """Return the path (steps + 1, 2) of an entry that is fed the gradients, whatever its own point."""
    oracle, x = Recorded(gradients), np.array(start)[:, None]
    state = racer.rule.init(oracle, x, racer.hyper)
    path = [x]
    for _ in gradients:
        x, state = racer.rule.step(oracle, x, state, racer.hyper)
        path.append(x)
    return np.stack(path)[:, :, 0]


def test_every_optimizer_has_a_golden_run_or_a_reason():
    covered = {optimizer for optimizer, _ in GOLDEN.values()} | set(WITHOUT_GOLDEN)
    assert set(optim.OPTIMIZERS) == covered


@RUNS
def test_a_race_follows_the_golden_path(run, function):
    golden, start = reference.golden_path(run, function), reference.MANIFEST["start"][function]
    spec = optim.RaceSpec(PROBLEMS[function], entry(run, function), tuple(start), steps=len(golden) - 1)
    tolerance = reference.MANIFEST["runs"][run]["per_function"][function]["tol"]
    np.testing.assert_allclose(optim.race(spec).path[0], golden, rtol=0, atol=tolerance)


@RUNS
def test_the_rule_fed_the_golden_gradients_makes_the_golden_steps(run, function):
    golden = reference.golden_path(run, function)
    gradients = [reference.golden_gradient(function, point) for point in golden[:-1]]
    path = open_loop(entry(run, function), golden[0], gradients)
    assert path.shape == (201, 2)
    np.testing.assert_allclose(path, golden, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("function", PROBLEMS)
def test_the_problem_has_the_gradient_of_the_golden_runs(function):
    path = reference.golden_path("adam", function)
    expected = np.array([reference.golden_gradient(function, point) for point in path]).T
    np.testing.assert_allclose(optim.PROBLEMS[PROBLEMS[function]].gradient(path.T), expected, rtol=1e-12, atol=1e-12)


def notebook(steps, gradient):
    return optim.RaceSpec("elongated_bowl", optim.Entry("sgd", {"lr": 0.95}), (-7.0, 2.0), steps, gradient)


def test_the_exact_gradient_follows_the_notebook_s_run():
    path = reference.seed_path()
    result = optim.race(notebook(len(path) - 1, "exact"))
    np.testing.assert_allclose(result.path[0], path, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("axis", "count"), [("x", 30), ("y", 18)])
def test_the_central_gradient_gives_the_numbers_that_the_notebook_prints(axis, count):
    printed = reference.NOTEBOOK[axis]
    assert len(printed) == count
    path = optim.race(notebook(30, "central")).path[0]
    np.testing.assert_allclose(path[1 : count + 1, "xy".index(axis)], printed, rtol=0, atol=1e-11)


def test_the_central_gradient_is_not_the_exact_one():
    exact, central = (optim.race(notebook(30, gradient)).path[0] for gradient in ("exact", "central"))
    assert 1e-13 < np.max(np.abs(exact - central)) < 1e-9
