"""Races whose ends were once told wrong, with what is right by first principles: one of each kind, others in the properties."""

import numpy as np
import pytest

import optim

ENDS = [
    # function, optimizer, its values, start, steps, dials; how it ends, and words of the reason
    ("x**2+y**2+1e8", "sgd", {"lr": 1e-4}, (3.0, 3.0), 10, {}, "moving", "still improving"),
    ("1e-7*(x**2+y**2)", "sgd", {"lr": 0.1}, (1.0, 1.0), 30, {}, "stalled", "while the slope is"),
    ("(x-2000)**2+(y-1500)**2", "newton", {}, (2003.0, 1499.0), 10, {}, "converged", "the minimum (2000, 1500)"),
    ("sphere", "sgd", {"lr": 0.1}, (-4.0, 3.0), 60, {"shift": (6.0, 0.0)}, "converged", "the minimum (6, 0)"),
    ("sphere", "sgd", {"lr": 0.1}, (-4.0, 3.0), 100, {"shift": (3000.0, 0.0)}, "converged", "the minimum (3000, 0)"),
    ("schwefel", "momentum", {"lr": 2.0}, (-250.0, -350.0), 200, {"rotate": 45.0}, "local minimum", "(-272.1, -272.1)"),
    ("schwefel_n", "momentum", {"lr": 2.0}, (-250.0, -350.0), 200, {"rotate": 45.0}, "local minimum", "(-272.1, -272.1)"),
    ("abs(x)+abs(y)+exp(-x**2-y**2)", "nelder_mead", {}, (1.0, 1.3), 200, {}, "converged", "the minimum (0, 0)"),
    ("abs(x)+cos(x)/2+y**2", "nelder_mead", {}, (1.0, 1.3), 200, {}, "converged", "the minimum (0, 0)"),
    (
        "sqrt(abs(x))+sqrt(abs(y))-5*exp(-(x-4)**2-(y-4)**2)",
        "nelder_mead",
        {},
        (0.3, 0.2),
        200,
        {},
        "local minimum",
        "everything around (0, 0) is higher",
    ),
    ("abs(x)**2+y**2", "newton", {}, (0.0, 1.0), 10, {}, "converged", "since step 1"),
    ("x+y**2", "newton", {}, (1.0, 1.0), 10, {}, "diverged", "the Hessian is singular at (1, 1)"),
    ("abs(x-2*y)", "nelder_mead", {}, (1.0, 3.0), 200, {}, "converged", "one of many minima"),
    ("drop_wave", "momentum", {"lr": 0.02}, (-1.6, 1.2), 300, {}, "local minimum", "one of a line or ring"),
    ("easom", "adopt", {"lr": 0.2}, (-1.814, 7.536), 60, {}, "stalled", "a plateau"),
    ("x**3+y**2", "sgd", {"lr": 0.1}, (1.5, 1.0), 300, {}, "stalled", "an inflection"),
    ("sqrt(x**2+y**2)", "conjugate_gradient", {}, (1.3, 0.7), 50, {}, "stalled", "line search"),
    ("sin(100*x)+y**2", "adam", {"lr": 0.01}, (1.0, 1.0), 3000, {}, "converged", "the minimum (0.9896, 0)"),
    ("1e-7*x+y**2", "sgd", {"lr": 0.3}, (1.0, 1.0), 100, {}, "moving", ""),
]


def two_dimensional(name):
    return optim.problem(name, 2 if name in optim.PROBLEM_FAMILIES else None)


@pytest.mark.parametrize(("problem", "rule", "values", "start", "steps", "dials", "kind", "words"), ENDS)
def test_the_end_is_told_right(problem, rule, values, start, steps, dials, kind, words):
    function = two_dimensional(problem)
    result = optim.race(optim.RaceSpec(function, [optim.Entry(rule, values)], start, steps, **dials))
    assert result.status[0].kind == kind, result.status[0]
    assert words in result.status[0].reason


def test_the_typed_window_holds_the_book_s_start():
    spec = optim.RaceSpec("x**2/20 + y**2", optim.Entry("sgd", {"lr": 0.95}), (-7.0, 2.0), 30)
    assert optim.race(spec).status[0].kind != "left the window"


def test_a_product_of_corners_has_the_hessian_of_x_times_y_away_from_them():
    at_one = optim.problem("min(x,y)*max(x,y)").hessian(np.array([[1.0], [1.0]]))[..., 0]
    assert at_one.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("name", ["schwefel", "mccormick", "eggholder", "schwefel_n", "michalewicz_n", "cross_in_tray"])
@pytest.mark.parametrize("rotate", [45.0, -100.0])
def test_nothing_in_a_turned_domain_is_below_the_lowest_value_that_is_said(name, rotate):
    turned = optim.RaceSpec(two_dimensional(name), optim.Entry("sgd"), (0.5, 0.5), 1, rotate=rotate).dialled_problem
    grid = np.stack(np.meshgrid(*(np.linspace(low, high, 801) for low, high in turned.domain)))
    assert turned.lowest is not None
    assert np.min(turned.value(grid)) >= turned.lowest - turned.target
    for point in turned.minima:
        assert turned.value(np.array(point)) == pytest.approx(turned.lowest, abs=turned.target)
