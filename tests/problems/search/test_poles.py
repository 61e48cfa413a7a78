"""Formulas that fall without end at a zero of a divisor or logarithm, and those that only look so: each known by hand."""

import numpy as np
import pytest

import optim
from optim.problems.formulas.parse import parse
from optim.problems.formulas.typed import vanishing
from optim.problems.transforms import dialled
from tests.support import samples

POLES = {
    "x/(y + 3) + x**2 + y**2": lambda x, y: y + 3,
    "x/(y - 1) + x**2 + y**2": lambda x, y: y - 1,
    "x/(y + 5) + x**2 + y**2": lambda x, y: y + 5,
    "y/x + x**2 + y**2": lambda x, y: x,
    "0.001/(x - 2.37) + x**2 + y**2": lambda x, y: x - 2.37,
    "1e-6/(x - 2.37) + x**2 + y**2": lambda x, y: x - 2.37,
    "1e-5*x**(-3) + (x - 1)**2 + y**2": lambda x, y: x,
    "1e-3/cbrt(x - 1) + x**2 + y**2": lambda x, y: x - 1,
    "1e-3/(exp(x) - 2) + x**2 + y**2": lambda x, y: x - np.log(2),
    "1e-3*(exp(x) - 1 - x)/x**3 + x**2 + y**2": lambda x, y: x,
    "1e-4/(x**2 - 2.01*x + 1.01) + x**2 + y**2": lambda x, y: (x - 1) * (x - 1.01),
    "0.01*log(abs(x + y - 0.7)) + x**2 + y**2": lambda x, y: x + y - 0.7,
    "1e-3*log((x - 0.31)**2 + (y - 0.77)**2) + x**2 + y**2": lambda x, y: np.hypot(x - 0.31, y - 0.77),
    "x**2 + y**2 + atanh(x/3)": lambda x, y: x + 3,
    "0.01*tan(x*y) + x**2 + y**2": lambda x, y: np.cos(x * y),
    "0.001*log(1 - x**2 - y**2) + x**2 + y**2": lambda x, y: 1 - np.hypot(x, y),
    "1e-2*sinh(1/(x - 1)) + x**2 + y**2": lambda x, y: x - 1,
}
"""Formula -> what is zero at its poles."""

NONE = [
    "x/(y + 30) + x**2 + y**2",
    "1/(x - 1)**2 + x**2 + y**2",
    "x**2 + 1/x**2 + y**2",
    "(x**2 - 1)/(x - 1) + x**2 + y**2",
    "(x**2 - y**2)/(x - y) + x**2 + y**2",
    "sin(x)/x + x**2/100 + y**2",
    "(1 - cos(x))/x**2 + y**2",
    "(exp(x) - 1 - x)/x**2 + x**2 + y**2",
    "1.94*(exp(-1.4073*x - 1.32*y - 0.462650112) - 1 - (-1.4073*x - 1.32*y - 0.462650112))"
    "/(-1.4073*x - 1.32*y - 0.462650112)**2 + x**2 + y**2",
    "x*y/(x**2 + y**2) + x**2 + y**2",
    "x**2/(x**2 + y**2) + x**2 + y**2",
    "x*y/((x - sqrt(2))**2 + (y - pi)**2 + x*y*0.1) + x**2 + y**2",
    "(x - sqrt(2))*(y - pi)/((x - sqrt(2))**2 + (y - pi)**2) + x**2 + y**2",
    "(x - 1)*log(abs(x - 1)) + x**2 + y**2",
    "x**2 + y**2 - log(abs(x - 1))",
    "max(1/(x - 1), -1000) + x**2 + y**2",
    "-1/(x**2 + 1e-9) + x**2 + y**2",
    "x**2 + y**2 - atan(1/(x - 1))",
    "x**2 + y**2 + sin(1/(x - 1))",
    "x**2 + y**2 + tanh(1/y)",
    "exp(1/(x - 1)) + x**2 + y**2",
    "log(x**2 + y**2 + 1) + x/(2 + cos(y))",
]
"""Formulas that are bounded near the zeros of their divisors in the window."""

STEEP = [
    "x/(y + 3)",
    "1/(x - y)**3 + y",
    "log(x)/(y - 1)*sqrt(x) + x**(-y)",
    "1/(tan(x)*exp(y)*(x**2 + 1)**-2)",
    "tan(x*y) + x",
    "sinh(1/(x + 1))*cos(y)",
    "abs(x**2 - y)**-1.5 - 1/cbrt(y)",
]
"""Formulas whose poles are high a grid's step away."""


@pytest.mark.parametrize("formula", POLES)
def test_a_pole_is_found_where_a_divisor_is_zero(formula):
    problem = optim.problem(formula)
    assert problem.search.falls == "pole"
    assert not problem.bounded
    assert problem.lowest is None
    assert abs(POLES[formula](*problem.search.pole)) < 1e-7
    assert all(low <= c <= high for c, (low, high) in zip(problem.search.pole, problem.view, strict=True))


@pytest.mark.parametrize("formula", NONE)
def test_no_pole_is_claimed_where_the_function_is_bounded(formula):
    assert optim.problem(formula).search.pole is None


@pytest.mark.parametrize("formula", STEEP)
def test_one_of_the_parts_is_zero_wherever_the_formula_is_infinite(formula):
    """Values are near their largest only near a zero of a part."""
    problem = optim.problem(formula)
    x = samples.grid(((-5.0, 5.0), (-5.0, 5.0)), 401) + np.array([[3e-4], [7e-4]])
    with np.errstate(all="ignore"):
        sizes, parts = np.abs(problem.value(x)), np.abs(problem.divisors(x))
    steep = np.argsort(np.where(np.isfinite(sizes), sizes, -1.0))[-5:]
    typical = np.nanmedian(parts, axis=1, keepdims=True)
    assert np.all(np.min(parts / typical, axis=0)[steep] < 0.05)


def test_what_is_never_zero_by_its_form_is_no_part():
    assert vanishing(parse("1/(x**2 + 1) + log(exp(x)) + x/(2 + abs(y)) + x**3 + sqrt(y) + 1/7").typed) == ()
    assert [str(part) for part in vanishing(parse("1/(x**2*(y - 1))**0.5 + log(abs(x))").typed)] == ["x", "(y-1)"]


def test_a_turned_function_has_its_pole_where_the_dials_take_it():
    problem = optim.problem("0.001/(x - 2.37) + x**2 + y**2")
    moved = dialled(problem, 30.0)
    assert moved.search.falls == "pole"
    place = np.array(moved.search.pole)
    back = np.array([[np.cos(np.pi / 6), -np.sin(np.pi / 6)], [np.sin(np.pi / 6), np.cos(np.pi / 6)]])
    centre = np.array(problem.centre)
    assert (centre + back @ (place - centre))[0] == pytest.approx(2.37)
