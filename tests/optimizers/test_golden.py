"""Every optimizer against recorded runs of independent implementations, step by step: PyTorch, Optax, the authors' own packages."""

import dataclasses

import numpy as np
import pytest

import optim
from tests.support import compare_step_by_step, reference

CASES = pytest.mark.parametrize("case", compare_step_by_step.cases(), ids=lambda case: case.name)


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_every_optimizer_is_held_against_something(rule):
    assert rule.golden


@pytest.mark.parametrize("rule", optim.OPTIMIZERS.values(), ids=lambda rule: rule.name)
def test_every_setting_of_an_optimizer_is_compared_away_from_its_default(rule):
    runs = [case.entry for case in compare_step_by_step.cases() if case.entry.optimizer == rule.name]
    if not runs:
        pytest.skip("it is compared in another way, not step by step")
    for parameter in rule.parameters:
        assert any(entry.hyper[parameter.name] != parameter.default for entry in runs), parameter.name


@CASES
def test_a_race_follows_the_recorded_path(case):
    if case.chaotic:
        pytest.skip(f"rounding alone moves this run by {case.floor:.1g}")
    assert compare_step_by_step.closed_loop(case) <= case.tolerance


@CASES
def test_the_rule_fed_the_recorded_gradients_makes_the_recorded_steps(case):
    if case.gradients is None:
        pytest.skip(case.entry.rule.exempt["open loop"])
    assert compare_step_by_step.open_loop(case) <= case.fed_tolerance


@pytest.mark.parametrize(
    "case", [case for case in compare_step_by_step.cases() if case.rates is not None], ids=lambda case: case.name
)
def test_a_schedule_gives_the_recorded_learning_rates(case):
    np.testing.assert_allclose(case.entry.rates(len(case.rates)), case.rates, rtol=0, atol=1e-15)


def test_few_runs_are_chaotic():
    chaotic = {case.name for case in compare_step_by_step.cases() if case.chaotic}
    assert {name.split("/")[0] for name in chaotic} == {"adadelta", "prodigyopt", "optax_prodigy", "prodigy_2", "koz_shampoo1d"}
    assert len(chaotic) == 10


def test_a_rule_fed_gradients_is_within_1e_12_but_where_a_library_is_not():
    assert [case.name for case in compare_step_by_step.cases() if case.fed_tolerance != 1e-12] == ["koz_shampoo1d/rosenbrock"]


def test_a_wrong_setting_is_noticed():
    case = next(case for case in compare_step_by_step.cases() if case.name == "adam/quad")
    wrong = dataclasses.replace(case, entry=optim.Entry("adam", {**case.entry.hyper, "beta2": 0.9989}))
    assert compare_step_by_step.open_loop(wrong) > 1e-6
    assert compare_step_by_step.closed_loop(wrong) > 1e-6


@pytest.mark.parametrize("function", compare_step_by_step.PROBLEMS)
def test_the_problem_has_the_gradient_of_the_golden_runs(function):
    path = reference.golden_path("adam", function)
    expected = np.array([reference.golden_gradient(function, point) for point in path]).T
    np.testing.assert_allclose(
        optim.PROBLEMS[compare_step_by_step.PROBLEMS[function]].gradient(path.T), expected, rtol=1e-12, atol=1e-12
    )


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
