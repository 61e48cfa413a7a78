"""Facts about functions: held against the reference's table, closed forms, and gradients that are wrong on purpose."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.i18n.numbers import powers
from optim.problems.diagnostics import conditioning, gradient_check
from optim.races.suggested import first_race
from optim.reports.functions import checked, facts, lowest_in_words, tags
from tests.support import reference

# function -> (kappa, 2 / largest curvature) at the first global minimum, four digits, as tabulated for the reference data
TABLE = {
    "elongated_bowl": (20, 1),
    "sphere": (1, 1),
    "rotated_ellipse": (100, 0.02),
    "booth": (9, 0.111),
    "matyas": (25, 2),
    "rosenbrock": (2508, 0.002),
    "serpentine_valley": (2002, 0.02),
    "beale": (162.5, 0.0408),
    "himmelblau": (3.2, 0.0243),
    "goldstein_price": (2.396, 0.00207),
    "three_hump_camel": (2.784, 0.453),
    "six_hump_camel": (2.147, 0.121),
    "styblinski_tang": (1, 0.0578),
    "mccormick": (2.309, 0.5),
    "branin": (25.88, 0.0897),
    "rastrigin": (1, 0.00504),
    "griewank": (1.999, 2),
    "schwefel": (1, 7.92),
    "levi13": (89.83, 0.0111),
    "drop_wave": (1, 0.0276),
    "easom": (1, 0.667),
    "michalewicz": (2.492, 0.0247),
    "stalling_saddle": (2, 1),
    "plateau": (1, 2),
    "cliff": (4e5, 0.05),
    "sharp_flat": (1, 0.0346),
    "noisy_quadratic": (25, 0.08),
}
WHY = {
    "quartic_bowl": "zero",
    "l1_ravine": "kink",
    "ackley": "kink",
    "bukin6": "kink",
    "eggholder": "edge of the domain",
    "saddle": "no lowest point",
    "monkey_saddle": "no lowest point",
}
ALL = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)


@pytest.mark.parametrize("name", TABLE)
def test_condition_number_and_stable_step_are_those_of_the_reference_table(name):
    bent = conditioning(optim.PROBLEMS[name])
    assert (bent.kappa, bent.stable_step) == pytest.approx(TABLE[name], rel=6e-3)


def test_cross_in_tray_is_smooth_at_its_minimum_though_it_has_kinks_elsewhere():
    problem = optim.PROBLEMS["cross_in_tray"]
    record, place = reference.FUNCTIONS["cross_in_tray"], np.array(problem.minima[0])
    curved = reference.central(lambda x: reference.gradient(record, x), place, h=1e-4)
    low, high = np.linalg.eigvalsh((curved + curved.T) / 2)
    assert conditioning(problem).curvatures == pytest.approx((low, high), rel=1e-5)


@pytest.mark.parametrize("name", WHY)
def test_where_there_is_no_condition_number_the_reason_is_given(name):
    bent = conditioning(optim.PROBLEMS[name])
    assert bent.curvatures is bent.kappa is bent.stable_step is None
    assert WHY[name] in bent.reason
    assert WHY[name] in facts(optim.PROBLEMS[name])["Condition number κ"]


def test_the_tables_name_every_function():
    assert {*TABLE, *WHY, "cross_in_tray"} == set(optim.PROBLEMS)


@pytest.mark.parametrize("name", [name for name in TABLE if name not in ("cliff", "michalewicz")])
def test_gradient_descent_settles_below_the_stable_step_and_not_above(name):
    problem = optim.PROBLEMS[name]
    limit = conditioning(problem).stable_step
    rng = np.random.default_rng(0)
    near = np.array(problem.minima[0]) + 1e-6 * min(problem.widths) * rng.standard_normal(2)
    entries = [optim.Entry("sgd", {"lr": share * limit}) for share in (0.95, 1.05)]
    result = optim.race(optim.RaceSpec(name, entries, tuple(near), 100))
    slopes = result.gradient_norm
    assert slopes[0, -1] < slopes[0, 0] < slopes[1, -1]


@ALL
def test_every_gradient_agrees_with_differences(problem):
    check = gradient_check(problem)
    assert check.difference < 1e-5
    assert check.points >= 199
    assert check.points + check.left_out == 200
    assert check == gradient_check(problem)


@ALL
@pytest.mark.parametrize("error", [1e-3, -0.5, 1.0])
def test_a_wrong_gradient_is_found(problem, error):
    wrong = replace(problem, gradient=lambda x: problem.gradient(x) * (1 + error))
    assert gradient_check(wrong).difference == pytest.approx(abs(error), rel=0.15)


@ALL
def test_a_gradient_wrong_in_one_coordinate_is_found(problem):
    wrong = replace(problem, gradient=lambda x: problem.gradient(x) * np.array([[1.0], [1.01]]))
    assert gradient_check(wrong).difference > 2e-3


def test_a_function_defined_on_half_of_its_window_is_checked_there():
    check = gradient_check(optim.problem("log(x) + y**2"))
    assert check.difference < 1e-5
    assert 50 < check.points <= 200


@ALL
def test_facts_are_told_in_words(problem):
    said = facts(problem)
    assert list(said) == ["Minima", "Condition number κ", "Largest stable step"]
    assert said["Minima"].lower() == lowest_in_words(problem).lower()
    assert all(said.values())
    assert not any(word in text for text in said.values() for word in ("None", "nan", "inf "))


def test_all_are_checked_in_one_sentence():
    assert checked().startswith(f"{len(optim.PROBLEMS)} gradients checked; the largest relative difference is ")
    worst = max(gradient_check(problem).difference for problem in optim.PROBLEMS.values())
    assert powers(f"{worst:.0e}") in checked()


def test_tags_are_those_of_the_functions():
    assert list(tags()) == sorted(set(tags()))
    assert all(set(problem.tags) <= set(tags()) for problem in optim.PROBLEMS.values())


@ALL
def test_the_first_race_from_every_start_throws_nobody_far(problem):
    for i, start in enumerate(problem.starts):
        spec = first_race(problem, i)
        assert (spec.problem, spec.start) == (problem.name, start)
        result = optim.race(spec)
        first = np.linalg.norm(result.path[:, 1] - result.path[:, 0], axis=1)
        assert np.all(first < 0.08 * min(problem.widths))
        # From a start without slope nobody moves; else at least one racer gets lower.
        assert np.nanmin(result.loss) < result.loss[0, 0] or result.gradient_norm[0, 0] < 1e-9
