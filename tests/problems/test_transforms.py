"""Dials: a problem rotated, stretched and shifted, against the formula of the dials written with matrices."""

import dataclasses

import numpy as np
import pytest

import optim
from optim.core.simulate import Conditions, simulate
from optim.problems.transforms import dialled
from tests.support import reference, samples

DIALS = [
    (30.0, 1.0, (0.0, 0.0)),
    (0.0, 9.0, (0.0, 0.0)),
    (0.0, 1.0, (0.7, -0.4)),
    (-75.0, 0.25, (0.3, 0.2)),
    (200.0, 4.0, (-1.0, 0.5)),
]
EACH = pytest.mark.parametrize(("rotate", "stretch", "shift"), DIALS)

COMMUTES = {"elongated_bowl": 0.1, "rotated_ellipse": 0.005, "rosenbrock": 0.0002, "himmelblau": 0.002}
"""Problem -> a learning rate that is stable with momentum too, so that rounding does not grow."""


def matrix(rotate, stretch):
    angle = np.radians(rotate)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.diag([np.sqrt(stretch), 1 / np.sqrt(stretch)]) @ turn


def image(problem, x, rotate, stretch, shift):
    """Return where the dials send the points `x` (2, B): c + A (x - c - shift), c the first minimum or the view's middle."""
    middle = [(low + high) / 2 for low, high in problem.view]
    centre = np.array(problem.minima[0] if problem.minima else middle)[:, None]
    return centre + matrix(rotate, stretch) @ (x - centre - np.array(shift)[:, None])


def within(problem, count=40):
    return samples.points(problem.view, count, np.random.default_rng(5))


@EACH
@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_values_are_those_of_the_moved_points(name, rotate, stretch, shift):
    problem, x = optim.PROBLEMS[name], within(optim.PROBLEMS[name])
    expected = problem.value(image(problem, x, rotate, stretch, shift))
    np.testing.assert_allclose(dialled(problem, rotate, stretch, shift).value(x), expected, rtol=1e-9, atol=1e-9)


@EACH
@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_gradient_and_hessian_are_the_dialled_function_s_own(name, rotate, stretch, shift):
    moved, x = dialled(optim.PROBLEMS[name], rotate, stretch, shift), within(optim.PROBLEMS[name])
    gradient, hessian = moved.gradient(x), moved.hessian(x)
    size = np.max(np.abs(moved.value(x)))
    np.testing.assert_allclose(gradient, reference.central(moved.value, x), rtol=1e-5, atol=1e-6 * (1 + size))
    np.testing.assert_allclose(hessian, reference.central(moved.gradient, x), rtol=1e-5, atol=1e-6 * (1 + np.max(np.abs(gradient))))


@EACH
@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_minima_move_along_as_far_as_they_stay_in_the_domain(name, rotate, stretch, shift):
    problem = optim.PROBLEMS[name]
    moved = dialled(problem, rotate, stretch, shift)
    rounding = 1e-9 if reference.FUNCTIONS.get(name, {}).get("smooth") else 1e-5
    low, high = np.array(problem.domain).T
    np.testing.assert_allclose(np.array(moved.domain), np.array(problem.domain) + np.array(shift)[:, None], atol=1e-12)
    a = matrix(rotate, stretch)
    centre = np.array(problem.centre)
    expected = [centre + shift + np.linalg.solve(a, np.array(point) - centre) for point in problem.minima]
    inside = [point for point in expected if np.all(point >= low + shift - 1e-9) and np.all(point <= high + shift + 1e-9)]
    searched = reference.FUNCTIONS.get(name, {}).get("lower_outside_domain") and (rotate, stretch) != (0.0, 1.0)
    if problem.minima and searched:
        assert moved.search is not None
        assert moved.lowest <= np.min(moved.value(samples.grid(moved.domain, 401))) + 1e-9 * np.max(high - low)
    else:
        np.testing.assert_allclose(np.array(moved.minima).ravel(), np.array(inside).ravel(), atol=1e-9)
        assert moved.lowest == problem.lowest
        for after in moved.minima:
            np.testing.assert_allclose(moved.value(np.array(after)), problem.lowest, atol=rounding)


ANALYTIC = {
    "rosenbrock": lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
    "himmelblau": lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2,
    "beale": lambda x: sum((a - x[0] + x[0] * x[1] ** (i + 1)) ** 2 for i, a in enumerate((1.5, 2.25, 2.625))),
    "sin(x)*exp(-y**2/9) + x*y/10": lambda x: np.sin(x[0]) * np.exp(-(x[1] ** 2) / 9) + x[0] * x[1] / 10,
}
"""Functions that take complex numbers: a complex step gives their derivatives to rounding."""


@pytest.mark.parametrize("dials", [(37.0, 2.5, (0.3, -0.2)), (-140.0, 0.1, (1.0, 1.0)), (271.0, 30.0, (-0.5, 0.25))])
@pytest.mark.parametrize("name", ANALYTIC)
def test_with_every_dial_turned_the_derivatives_are_exact(name, dials):
    problem = optim.problem(name)
    moved, x = dialled(problem, *dials), within(problem)

    def function(at):
        return ANALYTIC[name](image(problem, at, *dials))

    gradient = reference.complex_step(function, x)
    np.testing.assert_allclose(moved.value(x), function(x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(moved.gradient(x), gradient, rtol=1e-9, atol=1e-9 * np.max(np.abs(gradient)))
    # The Hessian transforms as a bilinear form; that the undialled one is exact is held in test_problems.
    chain = matrix(*dials[:2])
    inner = np.einsum("ki,klb,lj->ijb", chain, problem.hessian(image(problem, x, *dials)), chain)
    np.testing.assert_allclose(moved.hessian(x), inner, rtol=1e-9, atol=1e-9 * np.max(np.abs(inner)))


def test_no_dial_is_the_problem_itself():
    for problem in optim.PROBLEMS.values():
        assert dialled(problem) is problem


def test_a_dial_needs_two_dimensions():
    cube = optim.Problem("cube", lambda x: np.sum(x * x, axis=0), lambda x: 2 * x, dimension=3)
    with pytest.raises(optim.SpecError):
        dialled(cube, rotate=10.0)


def test_a_dialled_problem_without_a_hessian_gets_one_from_its_gradient():
    bare = dataclasses.replace(optim.PROBLEMS["rosenbrock"], hessian=None)
    x = within(bare)
    full = dialled(optim.PROBLEMS["rosenbrock"], 30.0, 2.0, (0.1, 0.2)).hessian(x)
    np.testing.assert_allclose(dialled(bare, 30.0, 2.0, (0.1, 0.2)).hessian(x), full, rtol=1e-5, atol=1e-3)


@EACH
def test_the_start_stays(rotate, stretch, shift):
    spec = optim.RaceSpec("rosenbrock", optim.Entry("sgd"), (-1.2, 1.0), 3, rotate=rotate, stretch=stretch, shift=shift)
    assert tuple(optim.race(spec).path[0, 0]) == (-1.2, 1.0)


def deviation(rule, name, rotate=37.0, shift=(0.2, -0.1), steps=60):
    """Return how far the dialled race, sent back through the dials, is from the plain race there, and that race's length."""
    problem, start = optim.PROBLEMS[name], (-1.1, 0.8)
    entry = samples.entry(rule, lr=COMMUTES[name])
    path = optim.race(optim.RaceSpec(name, entry, start, steps, rotate=rotate, shift=shift)).path[0]
    sent = image(problem, path.T, rotate, 1.0, shift)
    plain = optim.race(optim.RaceSpec(name, entry, tuple(sent[:, 0]), steps)).path[0].T
    assert np.isfinite(plain).all()
    return np.max(np.abs(sent - plain)), np.sum(np.linalg.norm(np.diff(plain, axis=1), axis=0))


def sees_its_axes(rule):
    """Whether a rule walks another path where a bowl and its start are turned, by matrices, without any dial."""
    turn, curvature, paths = matrix(37.0, 1.0), np.diag([3.0, 40.0]), []
    for turned in (np.eye(2), turn):
        form = turned @ curvature @ turned.T
        bowl = optim.Problem(
            "bowl",
            lambda x, form=form: np.sum(x * (form @ x), axis=0) / 2,
            lambda x, form=form: form @ x,
            lambda x, form=form: form[:, :, None] + 0 * x[None],
        )
        x, log = turned @ np.array([[-2.1], [1.7]]), []
        hp = samples.entry(rule, lr=0.01).hyper
        simulate(rule, hp, x, Conditions(bowl, 8), [0], lambda x, *_, log=log: log.append(x[:, 0]))
        paths.append(np.array(log) @ turned)
    return not np.allclose(*paths, rtol=0, atol=1e-9)


AXES = {rule.name: sees_its_axes(rule) for rule in optim.OPTIMIZERS.values()}
RULES = pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)


def test_gradient_descent_and_newton_treat_all_directions_alike_and_a_scale_per_coordinate_does_not():
    alike = {name for name, sees in AXES.items() if not sees}
    assert {name for name, rule in optim.OPTIMIZERS.items() if rule.family == "Gradient descent"} <= alike
    assert "newton" in alike
    assert not alike & {name for name, rule in optim.OPTIMIZERS.items() if rule.family in ("Adaptive", "Adam family", "Signs")}


@RULES
def test_a_dialled_race_is_turned_where_the_rule_treats_all_directions_alike_and_only_there(rule):
    measured = [deviation(rule, name) for name in COMMUTES]
    if AXES[rule.name]:
        assert any(apart > 1e-3 * length for apart, length in measured)
    else:
        assert all(apart < 1e-9 for apart, _ in measured)
