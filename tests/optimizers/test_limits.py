"""Limits in which one rule is another, or is the sign of the slope: for each, settings that take it there."""

import dataclasses

import numpy as np
import pytest

import optim
from optim.core.simulate import Conditions, simulate
from tests.support import samples

PROBLEMS = pytest.mark.parametrize("problem", samples.SOME, ids=lambda problem: problem.name)
SMOOTH = pytest.mark.parametrize("problem", [optim.PROBLEMS[name] for name in ("elongated_bowl", "rosenbrock", "himmelblau")])


def path(rule, problem, steps=30, **values):
    """Return every point (steps + 1, 2, 8) of a rule with defaults and `values`, from eight points of the view."""
    hp = {p.name: p.canonical(values.get(p.name, p.default)) for p in rule.parameters}
    assert set(values) <= set(hp)
    log, x = [], samples.points(problem.view, 8, np.random.default_rng(6))
    simulate(rule, hp, x, Conditions(problem, steps), [0] * 8, lambda x, *_: log.append(x))
    return np.stack(log)


def first(name, problem, **values):
    return path(optim.OPTIMIZERS[name], problem, **values)


SAME = [
    ("momentum", {"momentum": 0.0, "weight_decay": 0.1, "dampening": 0.7}, "sgd", {"weight_decay": 0.1}),
    ("nesterov", {"momentum": 0.0, "weight_decay": 0.1}, "sgd", {"weight_decay": 0.1}),
    ("radam", {"beta1": 0.0, "beta2": 0.5}, "sgd", {}),
    ("schedule_free_sgd", {"beta": 0.0}, "sgd", {}),
    ("sam_sgd", {"rho": 0.0}, "sgd", {}),
    ("adamw", {"weight_decay": 0.0, "beta1": 0.8}, "adam", {"beta1": 0.8}),
    ("ademamix", {"alpha": 0.0, "beta2": 0.99}, "adam", {"beta2": 0.99}),
    ("nadam", {"beta1": 0.0}, "adam", {"beta1": 0.0}),
    ("schedule_free_adamw", {"beta1": 0.0}, "adam", {"beta1": 0.0}),
    ("lookahead_adam", {"slow_step": 1.0}, "adam", {}),
    ("lookahead_adam", {"sync_period": 31}, "adam", {}),
    ("rmsprop", {"alpha": 0.0, "eps": 1e-3}, "adam", {"beta1": 0.0, "beta2": 0.0, "eps": 1e-3}),
    ("lion", {"beta1": 0.7, "beta2": 0.7}, "signum", {"beta": 0.7}),
]
"""Optimizer with the settings with which it is another one, with those."""


@PROBLEMS
@pytest.mark.parametrize(("name", "values", "other", "settings"), SAME, ids=[f"{one[0]}-{one[2]}" for one in SAME])
def test_a_rule_at_its_limit_is_the_simpler_one(name, values, other, settings, problem):
    lr = 1e-7 if other == "sgd" else 0.01
    plain = first(other, problem, lr=lr, **settings)
    assert np.isfinite(plain).all()
    np.testing.assert_allclose(first(name, problem, lr=lr, **values), plain, rtol=1e-12, atol=1e-13)


@SMOOTH
@pytest.mark.parametrize(("name", "other"), sorted({(one[0], one[2]) for one in SAME}))
def test_away_from_its_limit_it_is_not(name, other, problem):
    lr = 1e-4 if other == "sgd" else 0.01
    more = {"beta2": 0.5} if name == "nadam" else {"rho": 0.5} if name == "sam_sgd" else {}
    one, simpler = (first(rule, problem, steps=200, lr=lr, **own) for rule, own in ((name, more), (other, {})))
    assert not np.allclose(one, simpler, rtol=1e-9, atol=1e-9, equal_nan=True)


SIGNS = {
    "rmsprop": {"alpha": 0.0, "eps": 0.0},
    "adam": {"beta1": 0.0, "beta2": 0.0, "eps": 0.0},
    "adamax": {"beta1": 0.0, "beta2": 0.0, "eps": 0.0},
    "signum": {"beta": 0.0},
    "lion": {"beta1": 0.0},
}
"""Optimizer -> settings without memory, with which it follows the sign of the slope alone."""


@PROBLEMS
@pytest.mark.parametrize("name", SIGNS)
def test_without_memory_a_scaled_step_is_the_sign_of_the_slope(name, problem):
    moved = first(name, problem, lr=0.01, **SIGNS[name])
    slopes = np.stack([problem.gradient(x) for x in moved[:-1]])
    np.testing.assert_allclose(np.diff(moved, axis=0), -0.01 * np.sign(slopes), rtol=0, atol=1e-14)


@PROBLEMS
@pytest.mark.parametrize("name", ["adagrad", "adam", "amsgrad", "adamax", "adamw", "signum", "lion", "rprop"])
def test_the_first_scaled_step_has_the_length_lr(name, problem):
    parameters = {parameter.name for parameter in optim.OPTIMIZERS[name].parameters}
    off = {name: 0.0 for name in ("eps", "weight_decay") if name in parameters}
    moved = first(name, problem, lr=0.02, **off)
    np.testing.assert_allclose(moved[1] - moved[0], -0.02 * np.sign(problem.gradient(moved[0])), rtol=1e-12, atol=1e-14)


@PROBLEMS
@pytest.mark.parametrize(
    "name", ["adagrad", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "adan", "adopt", "ademamix", "signum", "lion", "rprop"]
)
def test_a_scaled_rule_does_not_see_the_unit_of_the_function(name, problem):
    times = dataclasses.replace(problem, value=lambda x: 4 * problem.value(x), gradient=lambda x: 4 * problem.gradient(x))
    off = {"eps": 0.0} if any(parameter.name == "eps" for parameter in optim.OPTIMIZERS[name].parameters) else {}
    assert np.array_equal(first(name, times, lr=0.01, **off), first(name, problem, lr=0.01, **off))
    assert not np.array_equal(first("sgd", times, lr=1e-5), first("sgd", problem, lr=1e-5))


@PROBLEMS
def test_momentum_takes_the_first_step_of_gradient_descent_and_not_the_second(problem):
    plain, ball = first("sgd", problem, lr=1e-5), first("momentum", problem, lr=1e-5)
    assert np.array_equal(ball[1], plain[1])
    assert not np.array_equal(ball[2], plain[2])


@PROBLEMS
def test_prodigy_only_ever_raises_its_estimate(problem):
    result = optim.race(optim.RaceSpec(problem.name, optim.Entry("prodigy"), problem.starts[0], 60), states=True)
    assert np.all(np.diff(result.states[0]["d"]) >= 0)
    assert result.states[0]["d"][-1] > 1e-6


def test_prodigy_finds_the_distance_on_its_own():
    result = optim.race(optim.RaceSpec("elongated_bowl", optim.Entry("prodigy"), (-7.0, 2.0), 400), states=True)
    assert 1.0 < result.states[0]["d"][-1] < 20.0
    assert result.loss[0, -1] < 1e-2


def test_adopt_does_not_move_at_its_first_step_and_amsgrad_never_forgets():
    spec = optim.RaceSpec("rosenbrock", [optim.Entry("adopt", {"lr": 0.1}), optim.Entry("amsgrad", {"lr": 0.1})], (-1.2, 1.0), 40)
    result = optim.race(spec, states=True)
    assert np.array_equal(result.path[0, 0], result.path[0, 1])
    assert np.any(result.path[0, 1] != result.path[0, 2])
    highest = result.states[1]["v_max"]
    assert np.all(np.diff(highest, axis=0) >= 0)
    assert np.array_equal(highest, np.maximum.accumulate(result.states[1]["v"]))


def test_radam_is_plain_momentum_for_five_steps_and_rectified_from_the_sixth():
    bowl = optim.PROBLEMS["elongated_bowl"]
    moved = first("radam", bowl, lr=0.05)
    lengths = np.abs(np.diff(moved, axis=0))
    assert np.all(lengths[:5, 1] > 0.05 * 0.5 * np.abs(bowl.gradient(moved[:5].swapaxes(0, 1))[1]))
    assert np.all(lengths[5:] < 0.05)
