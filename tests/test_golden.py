"""Every optimizer against recorded runs of independent implementations, step by step: PyTorch, Optax, the authors' own packages."""

import numpy as np
import pytest

import optim
from optim.model import Golden
from tests import comparison, reference

RUNS = [
    (rule, golden, function)
    for rule in optim.OPTIMIZERS.values()
    for golden in rule.golden
    if golden.compare == "steps"
    for function in comparison.PROBLEMS
]
EACH = pytest.mark.parametrize(("rule", "golden", "function"), RUNS, ids=[f"{g.run}-{f}" for _, g, f in RUNS])


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_every_optimizer_is_held_against_something(rule):
    assert rule.golden or "golden" in rule.exempt


@EACH
def test_a_race_follows_the_golden_path(rule, golden, function):
    if comparison.chaotic(golden, function):
        pytest.skip(f"the run's own noise floor on {function} is above 1e-12: rounding alone moves it farther")
    tolerance = reference.MANIFEST["runs"][golden.run]["per_function"][function]["tol"]
    assert comparison.closed_loop(rule, golden, function) <= tolerance


@EACH
def test_the_rule_fed_the_golden_gradients_makes_the_golden_steps(rule, golden, function):
    if "open loop" in rule.exempt:
        pytest.skip(rule.exempt["open loop"])
    assert comparison.open_loop(rule, golden, function) <= 1e-12


def test_few_runs_are_chaotic():
    skipped = {(golden.run, function) for _, golden, function in RUNS if comparison.chaotic(golden, function)}
    assert skipped == {
        ("adadelta", "rosenbrock"),
        *((run, f) for run in ("prodigyopt", "optax_prodigy") for f in comparison.PROBLEMS),
    }


def test_a_wrong_setting_is_noticed():
    wrong = Golden("adam", {"beta2": 0.9989})
    assert comparison.open_loop(optim.OPTIMIZERS["adam"], wrong, "quad") > 1e-6
    assert comparison.closed_loop(optim.OPTIMIZERS["adam"], wrong, "quad") > 1e-6


@pytest.mark.parametrize("function", comparison.PROBLEMS)
def test_the_problem_has_the_gradient_of_the_golden_runs(function):
    path = reference.golden_path("adam", function)
    expected = np.array([reference.golden_gradient(function, point) for point in path]).T
    np.testing.assert_allclose(optim.PROBLEMS[comparison.PROBLEMS[function]].gradient(path.T), expected, rtol=1e-12, atol=1e-12)


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
