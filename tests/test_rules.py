"""Update rules against closed forms: symmetries, limits where one rule is another, and runs that theory predicts."""

import dataclasses

import numpy as np
import pytest

import optim
from optim.engine import Conditions, simulate, stacked
from tests import samples

RULES = pytest.mark.parametrize("optimizer", optim.OPTIMIZERS.values(), ids=lambda optimizer: optimizer.name)
PROBLEMS = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)

PULLS = {"weight_decay": "pulls the point to the origin, whatever the slope"}
"""Hyper-parameter that moves a point without a slope -> why; it is switched off where that is tested."""

NOT_SYMMETRIC: dict[str, str] = {}
"""Optimizer that tells coordinates or directions apart -> why."""

SYMMETRIC = pytest.mark.parametrize("optimizer", [rule for name, rule in optim.OPTIMIZERS.items() if name not in NOT_SYMMETRIC])


def block(optimizer, problem, runs=8, **fixed):
    """Return drawn hyper-parameters, `fixed` where named there, and starts (2, runs) that are the same for every optimizer."""
    rng = np.random.default_rng(6)
    x, alike = samples.points(problem.view, runs, rng), samples.structural(optimizer, rng)
    return stacked([samples.hyper(optimizer, rng, **alike, **fixed) for _ in range(runs)]), x


def path(optimizer, hp, x, problem, steps=30):
    """Return every point (steps + 1, 2, B) of a block."""
    log = []
    simulate(optimizer, hp, x, Conditions(problem, steps), [0] * x.shape[1], lambda x, *_: log.append(x))
    return np.stack(log)


def changed(problem, there, back):
    """Return the problem whose value at x is the old one's at `there(x)`; `back` takes a slope to the new coordinates."""
    return dataclasses.replace(
        problem, value=lambda x: problem.value(there(x)), gradient=lambda x: back(problem.gradient(there(x))), hessian=None
    )


def flat(x):
    return np.zeros(x.shape[1:])


@RULES
@pytest.mark.parametrize("steps", [1, 40])
def test_without_a_slope_nothing_moves(optimizer, steps):
    nowhere = optim.Problem("flat", flat, np.zeros_like, lambda x: np.zeros((2, *x.shape)))
    off = {parameter.name: 0.0 for parameter in optimizer.parameters if parameter.name in PULLS}
    hp, x = block(optimizer, nowhere, **off)
    assert np.array_equal(path(optimizer, hp, x, nowhere, steps)[-1], x)


@RULES
def test_a_coordinate_without_a_slope_stays_where_the_other_moves(optimizer):
    valley = optim.Problem("valley", lambda x: x[0] ** 2, lambda x: np.stack([2 * x[0], 0 * x[0]]))
    off = {parameter.name: 0.0 for parameter in optimizer.parameters if parameter.name in PULLS}
    hp, x = block(optimizer, valley, **off, lr=0.01)
    moved = path(optimizer, hp, x, valley)
    assert np.all(moved[-1, 0] != x[0])
    assert np.array_equal(moved[-1, 1], x[1])


@PROBLEMS
@SYMMETRIC
@pytest.mark.parametrize("signs", [(-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_reflection_commutes_with_every_rule(optimizer, problem, signs):
    mirror = np.array(signs)[:, None]
    hp, x = block(optimizer, problem)
    reflected = changed(problem, lambda x: mirror * x, lambda g: mirror * g)
    plain = path(optimizer, hp, x, problem)
    assert np.array_equal(path(optimizer, hp, mirror * x, reflected), mirror * plain, equal_nan=True)


@PROBLEMS
@SYMMETRIC
def test_swapping_coordinates_commutes_with_every_rule(optimizer, problem):
    hp, x = block(optimizer, problem)
    swapped = changed(problem, lambda x: x[::-1].copy(), lambda g: g[::-1].copy())
    assert np.array_equal(path(optimizer, hp, x[::-1], swapped), path(optimizer, hp, x, problem)[:, ::-1], equal_nan=True)


def first(name, problem, **values):
    """Return the path of one optimizer with defaults and `values`, from eight points of the view."""
    rule = optim.OPTIMIZERS[name]
    hp = optim.Entry(name, values).hyper
    return path(rule, hp, block(rule, problem)[1], problem)


@PROBLEMS
@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_without_momentum_the_ball_is_gradient_descent(name, problem):
    plain = first("sgd", problem, lr=1e-7, weight_decay=0.1)
    assert np.isfinite(plain).all()
    assert samples.bits(first(name, problem, lr=1e-7, weight_decay=0.1, momentum=0.0)) == samples.bits(plain)


@PROBLEMS
def test_momentum_is_not_gradient_descent(problem):
    plain = first("sgd", problem, lr=1e-5)
    assert np.array_equal(first("momentum", problem, lr=1e-5)[1], plain[1])
    assert not np.array_equal(first("momentum", problem, lr=1e-5)[2], plain[2])


MEMORYLESS = {
    "rmsprop": {"alpha": 0.0, "eps": 0.0},
    "adam": {"beta1": 0.0, "beta2": 0.0, "eps": 0.0},
}
"""Optimizer -> settings without memory, with which it follows the sign of the slope alone."""


@PROBLEMS
@pytest.mark.parametrize("name", MEMORYLESS)
def test_without_memory_a_scaled_step_is_the_sign_of_the_slope(name, problem):
    moved = first(name, problem, lr=0.01, **MEMORYLESS[name])
    steps = np.diff(moved, axis=0)
    slopes = np.stack([problem.gradient(x) for x in moved[:-1]])
    np.testing.assert_allclose(steps, -0.01 * np.sign(slopes), rtol=0, atol=1e-14)


@PROBLEMS
@pytest.mark.parametrize("name", ["adagrad", "adam"])
def test_the_first_scaled_step_has_the_length_lr(name, problem):
    moved = first(name, problem, lr=0.02, eps=0.0)
    np.testing.assert_allclose(moved[1] - moved[0], -0.02 * np.sign(problem.gradient(moved[0])), rtol=1e-12, atol=1e-14)


@PROBLEMS
@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_a_scaled_rule_does_not_see_the_unit_of_the_function(name, problem):
    times = dataclasses.replace(problem, value=lambda x: 4 * problem.value(x), gradient=lambda x: 4 * problem.gradient(x))
    assert np.array_equal(first(name, times, lr=0.01, eps=0.0), first(name, problem, lr=0.01, eps=0.0))
    assert not np.array_equal(first("sgd", times, lr=1e-5), first("sgd", problem, lr=1e-5))


def closed(name, values):
    return optim.race(optim.RaceSpec("elongated_bowl", optim.Entry(name, values), (-7.0, 2.0), 40)).path[0]


@pytest.mark.parametrize(("lr", "decay"), [(0.95, 0.0), (0.1, 0.0), (1.0, 0.0), (1.05, 0.0), (0.5, 0.3)])
def test_gradient_descent_on_the_bowl_is_a_geometric_series(lr, decay):
    factor = 1 - lr * (np.array([0.1, 2.0]) + decay)
    expected = factor ** np.arange(41)[:, None] * [-7.0, 2.0]
    np.testing.assert_allclose(closed("sgd", {"lr": lr, "weight_decay": decay}), expected, rtol=1e-12)


def powers(matrix, start, steps):
    """Return the first coordinate of matrix**t @ start for t = 0 ... steps."""
    rows = [np.array(start)]
    for _ in range(steps):
        rows.append(matrix @ rows[-1])
    return np.array(rows)[:, 0]


@pytest.mark.parametrize(("lr", "beta"), [(0.1, 0.9), (0.5, 0.5), (0.9, 0.2)])
def test_the_heavy_ball_on_the_bowl_is_a_linear_recurrence(lr, beta):
    moved = closed("momentum", {"lr": lr, "momentum": beta})
    for axis, curvature in enumerate((0.1, 2.0)):
        a = lr * curvature
        start = np.array([-7.0, 2.0])[axis]
        expected = powers(np.array([[1 + beta - a, -beta], [1.0, 0.0]]), [start, start], 40)
        np.testing.assert_allclose(moved[:, axis], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("lr", "beta"), [(0.1, 0.9), (0.5, 0.5), (0.4, 0.2)])
def test_nesterov_on_the_bowl_is_a_linear_recurrence(lr, beta):
    moved = closed("nesterov", {"lr": lr, "momentum": beta})
    for axis, curvature in enumerate((0.1, 2.0)):
        a, start = lr * curvature, np.array([-7.0, 2.0])[axis]
        second = (1 - a * (1 + beta)) * start
        matrix = np.array([[(1 + beta) * (1 - a), -beta * (1 - a)], [1.0, 0.0]])
        expected = [start, *powers(matrix, [second, start], 39)]
        np.testing.assert_allclose(moved[1:, axis], expected[1:], rtol=1e-10, atol=1e-12)
