"""Update rules against closed forms: symmetries, and runs that theory predicts."""

import numpy as np
import pytest

import optim
from optim.core.simulate import Conditions, simulate, stacked
from tests.support import rule_contract, samples

PULLS = {"weight_decay": "pulls the point to the origin, whatever the slope"}
"""Hyper-parameter that moves a point without a slope -> why; it is switched off where that is tested."""


def holding(what):
    """Return a mark: every optimizer that has the property `what`; those without say so, and why, in their `exempt`."""
    return pytest.mark.parametrize(
        "optimizer", [rule for rule in optim.OPTIMIZERS.values() if what not in rule.exempt], ids=lambda rule: rule.name
    )


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


def flat(x):
    return np.zeros(x.shape[1:])


@holding("still")
@pytest.mark.parametrize("steps", [1, 40])
def test_without_a_slope_nothing_moves(optimizer, steps):
    nowhere = optim.Problem("flat", flat, np.zeros_like, lambda x: np.zeros((2, *x.shape)))
    off = {parameter.name: 0.0 for parameter in optimizer.parameters if parameter.name in PULLS}
    hp, x = block(optimizer, nowhere, **off)
    assert np.array_equal(path(optimizer, hp, x, nowhere, steps)[-1], x)


@holding("still")
def test_a_coordinate_without_a_slope_stays_where_the_other_moves(optimizer):
    valley = optim.Problem("valley", lambda x: x[0] ** 2, lambda x: np.stack([2 * x[0], 0 * x[0]]))
    off = {parameter.name: 0.0 for parameter in optimizer.parameters if parameter.name in PULLS}
    hp, x = block(optimizer, valley, **off, lr=0.01)
    moved = path(optimizer, hp, x, valley)
    assert np.all(moved[-1, 0] != x[0])
    assert np.array_equal(moved[-1, 1], x[1])


def pairs(what):
    """Return a mark: every optimizer that has the property `what`, with the problems that it meets."""
    met = samples.meetings([rule for rule in optim.OPTIMIZERS.values() if what not in rule.exempt])
    return pytest.mark.parametrize(("optimizer", "problem"), met, ids=samples.named(met))


@pairs("mirror")
@pytest.mark.long
def test_reflection_commutes_with_every_rule(optimizer, problem):
    for signs in ((-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)):
        rule_contract.check_mirrored(optimizer, problem, signs)


@pairs("swap")
def test_swapping_coordinates_commutes_with_every_rule(optimizer, problem):
    rule_contract.check_swapped(optimizer, problem)


EXEMPT = [(rule, what) for rule in optim.OPTIMIZERS.values() for what in ("mirror", "swap") if what in rule.exempt]


@pytest.mark.parametrize(("optimizer", "what"), EXEMPT, ids=[f"{rule.name}-{what}" for rule, what in EXEMPT])
def test_an_exemption_from_a_symmetry_is_needed(optimizer, what):
    check = rule_contract.check_mirrored if what == "mirror" else rule_contract.check_swapped
    with pytest.raises(AssertionError):
        check(optimizer, optim.PROBLEMS["rosenbrock"])


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
