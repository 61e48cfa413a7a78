"""What a search of the window finds: against minima known from elsewhere, closed forms, and functions that have none."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.problems.lowest_value import falling, lowest_value_source
from optim.problems.search.explore import DEFAULT, FARTHEST, MAX_LISTED
from optim.problems.transforms import dialled
from optim.reports.functions import lowest_in_words, search_in_words
from tests.support import reference, samples

SMOOTH = {
    "(1 - x)**2 + 100*(y - x**2)**2": [(1, 1, "minimum")],
    "x**2 - y**2": [(0, 0, "saddle")],
    "x*y": [(0, 0, "saddle")],
    "-x**2 - 3*y**2": [(0, 0, "maximum")],
    "x**3 - 3*x + y**2": [(1, 0, "minimum"), (-1, 0, "saddle")],
    "x**4 + y**4": [(0, 0, "minimum")],
    "-x**4 - y**6": [(0, 0, "maximum")],
    "x**3 - 3*x*y**2": [(0, 0, "saddle")],
    "x**3 + y**2": [(0, 0, "inflection")],
    "x**2*(x - 2)**2 + y**2": [(0, 0, "minimum"), (2, 0, "minimum"), (1, 0, "saddle")],
    "sqrt(x**2 + y**2)": [(0, 0, "minimum")],
    "abs(x - 1) + 10*abs(y + 2)": [(1, -2, "minimum")],
    "max(abs(x), abs(y - 1))": [(0, 1, "minimum")],
    "100*abs(3*x - y) + (x - 1)**2": [(1, 3, "minimum")],
    "x*log(x) + y**2": [(np.exp(-1), 0, "minimum")],
    "x**2 + 1/x**2 + y**2": [(1, 0, "minimum"), (-1, 0, "minimum")],
    "sqrt(x - 3) + y**2": [(3, 0, "minimum")],
    "(x - 100)**2 + y**2": [(100, 0, "minimum")],
    "(x - 2000)**2 + (y - 1500)**2": [(2000, 1500, "minimum")],
    "(x + 30000)**2/50 + abs(y - 4000)": [(-30000, 4000, "minimum")],
    "abs(x) + abs(y) + exp(-x**2 - y**2)": [(0, 0, "minimum")],
    "abs(x) + cos(x)/2 + y**2": [(0, 0, "minimum")],
    "abs(x) + abs(y) + x*y/10": [(0, 0, "minimum")],
    "abs(x) + abs(y) - x**2/9": [(0, 0, "minimum"), (4.5, 0, "saddle"), (-4.5, 0, "saddle")],
    "x**2 + y**2 + 1e8": [(0, 0, "minimum")],
    "1e-7*(x**2 + y**2)": [(0, 0, "minimum")],
    "1e-7*x + y**2": [],
    "(x**2 - 0.01)**2 + y**2": [(0.1, 0, "minimum"), (-0.1, 0, "minimum"), (0, 0, "saddle")],
    "exp(x**2 + y**2)": [(0, 0, "minimum")],
    "x + y": [],
    "exp(-x) + y**2": [],
    "1/x": [],
}
"""Formula -> every point without slope, or tip of a corner, with its kind."""

LIMITS = [
    "exp(x)",
    "exp(x/2)",
    "exp(x + y)",
    "exp(x/1000)",
    "exp(-x**2)",
    "1/(1 + exp(x))",
    "log(1 + exp(x))",
    "log(1 + exp(x + 100))",
    "tanh(x)",
    "atan(x)",
    "atan(x/1000)",
    "x/sqrt(1 + x**2)",
    "x/(1 + abs(x))",
    "sqrt(x**2 + 1) - x",
    "1e9 + exp(x)",
    "exp(-exp(-x))",
    "1/cosh(x)",
    "exp(x) + exp(y)",
]
"""Formulas without a minimum, whose values come ever nearer to a limit far away: arithmetic makes a flat of it."""

FLAT_BOTTOMS = {
    "max(0, x + 30)": (-30, 0),
    "max(0, (x - 30)**2 + y**2 - 400)": (30, 0),
    "max(x, -1e5)": (-1e5, 0),
    "((x - 300)/10)**20": (300, 0),
    "(x**2 + y**2 - 400)**2": (20, 0),
    "(x - 990000)**2 + y**2": (990000, 0),
}
"""Far minima of other kinds than a point, and near to as far as a window may reach -> one of them."""

LOWER_ELSEWHERE = {
    "min(x**2 + y**2, (x - 9)**2 + y**2 - 1)": ((9, 0), -1),
    "min((x - 1)**2 + (y - 1)**2, (x + 40)**2 + (y - 7)**2 - 5)": ((-40, 7), -5),
    "-exp(-(x - 12)**2 - y**2) - exp(-x**2 - y**2)/2": ((12, 0), -1),
    "min(x**2 + y**2, abs(x - 300) + abs(y + 200) - 50)": ((300, -200), -50),
}
"""Formula with a minimum in the default window -> its lowest minimum, outside that, and the value there."""

LINES = [
    "x**2",
    "(x**2 + y**2 - 1)**2",
    "max(x**2 + y**2 - 1, 0)",
    "(x*y - 1)**2",
    "sqrt(x - 3)",
    "abs(x**2 + y**2 - 1)",
    "3",
    "x**2*y**2",
    "abs(x - 2*y)",
    "abs(3*x + y - 1)*(2 + cos(x))",
    "sqrt(abs(2*x - 3*y))",
    "sqrt(abs(2*x + 4*y)) + 1",
    "min(0.7*y - 2*x + 0.3333, 0.3333 - 2*x - y)**2",
]

FALLING = {
    "x + y": "outside",
    "x**2 - y**2": "outside",
    "x*y": "outside",
    "sin(x)*y**2 + exp(-x**2)": "outside",
    "x + sin(3*x) + y**2": "outside",
    "-log(1 + x**2 + y**2)": "outside",
    "-exp(x)": "outside",
    "1e-7*x + y**2": "outside",
    "1e-30*(x - y)": "outside",
    "x**2 + y**2 - 1e-9*x**4": "outside",
    "x**2 + y**2 - 1e-5*x**3": "outside",
    "1/x": "pole",
    "log(x)": "pole",
    "log(x**2 + y**2)": "pole",
    "-1/((x - 0.3)**2 + (y - 0.2)**2)": "pole",
    "tan(x) + y**2": "pole",
}
NOT_FALLING = [
    "exp(-x) + y**2",
    "atan(x) + y**2",
    "1/(1 + x**2 + y**2)",
    "x**2 + y**2",
    "sqrt(x - 3)",
    "1/x**2 + y**2",
    "(x + 1)**2 - x**2 - 2*x",
    "(x + 1e9)**2 + y**2",
    "abs(x - 1e12) + y**2",
    "(x - 5e7)**2/1e6 + (y - 3e7)**2",
    "atan(x/1e9) + y**2",
]
AWKWARD = [
    "sqrt(-1 - x**2)",
    "log(log(log(x)))",
    "x**y",
    "asin(x*y)",
    "1/0.0001**x",
    "exp(exp(x*y))",
    "1e90*x**2 + 1e-90*y",
    "sign(x*y)",
    "acosh(x)*log(y)",
]
EVERY = [*SMOOTH, *LINES, *FALLING, *NOT_FALLING, *AWKWARD]


def kinds(problem):
    return sorted((round(found.point[0], 6) + 0.0, round(found.point[1], 6) + 0.0, found.kind) for found in problem.stationary)


@pytest.mark.parametrize("formula", SMOOTH)
def test_every_stationary_point_is_found_and_told_apart(formula):
    problem = optim.problem(formula)
    assert kinds(problem) == sorted((round(x, 6) + 0.0, round(y, 6) + 0.0, kind) for x, y, kind in SMOOTH[formula])
    for found in problem.stationary:
        assert found.isolated
        assert found.value == problem.value(np.array(found.point))


@pytest.mark.parametrize("name", [name for name, problem in optim.PROBLEMS.items() if problem.minima])
@pytest.mark.long
def test_the_minima_of_a_known_function_are_found_from_its_formula_alone(name):
    known = optim.PROBLEMS[name]
    found = optim.problem(known.formula)
    within = [point for point in known.minima if all(low <= c <= high for c, (low, high) in zip(point, found.view, strict=True))]
    minima = [one.point for one in found.stationary if one.kind == "minimum"]
    for point in within:
        assert min(np.hypot(*np.subtract(point, other)) for other in minima) < 1e-5
    if reference.FUNCTIONS[name]["lower_outside_domain"]:
        assert not found.bounded or found.search.edge or found.lowest < known.lowest
    elif within:
        assert found.lowest == pytest.approx(known.lowest, rel=1e-9, abs=1e-9)
        assert len(found.minima) == len(within)
    else:
        assert found.lowest > known.lowest


def test_rastrigin_has_as_many_points_as_its_factors_allow():
    """Each coordinate has 11 valleys and 10 crests in the window."""
    counts = dict(optim.problem(optim.PROBLEMS["rastrigin"].formula).search.counts)
    assert counts == {"minimum": 121, "maximum": 100, "saddle": 220}


def test_what_squares_of_rounding_errors_leave_of_a_lowest_value_is_0_and_a_small_one_is_kept():
    ripples = optim.problem("sin(3*pi*x)**2 + (x - 1)**2 + (y - 1)**2")
    assert ripples.minima == ((1.0, 1.0),)
    assert 0 < float(ripples.value(np.array([1.0, 1.0]))) < 1e-30
    assert lowest_in_words(ripples) == "lowest minimum found in the window 0 at (1, 1)"
    assert optim.problem("x**2 + y**2 + 1e-20").lowest == 1e-20


def test_hundreds_of_minima_are_counted_and_the_lowest_listed():
    problem = optim.problem("sin(10*x) + cos(10*y)")
    counts = dict(problem.search.counts)
    assert counts["minimum"] == 256
    assert sum(counts.values()) == len(problem.stationary) + problem.search.omitted
    assert len(problem.stationary) == MAX_LISTED
    assert len(problem.minima) == len(problem.targets) == 256
    assert "256 minima" in search_in_words(problem)
    assert f"The lowest {MAX_LISTED} are listed" in search_in_words(problem)


@pytest.mark.parametrize("formula", LINES)
def test_a_line_of_minima_is_no_place_to_measure_a_distance_to(formula):
    problem = optim.problem(formula)
    assert problem.minima
    assert not problem.targets
    assert not any(found.isolated for found in problem.stationary if found.point in problem.minima)
    np.testing.assert_allclose(problem.value(np.array(problem.minima).T), problem.lowest, atol=1e-8)
    assert "many places" in lowest_in_words(problem)


@pytest.mark.parametrize("formula", FALLING)
def test_a_function_that_falls_without_end_has_no_lowest_value(formula):
    problem = optim.problem(formula)
    assert not problem.bounded
    assert problem.search.falls == FALLING[formula]
    assert problem.minima == ()
    assert problem.lowest is None
    found = "no lowest value" if problem.search.falls == "pole" else "no lowest value found"
    assert lowest_in_words(problem) == f"{found}: {falling(problem)}"


@pytest.mark.parametrize("formula", NOT_FALLING)
def test_a_function_with_a_floor_is_not_said_to_fall_without_end(formula):
    assert optim.problem(formula).bounded


def test_lower_at_the_edge_than_at_any_minimum_is_told():
    problem = optim.problem("exp(-x) + y**2")
    assert problem.search.edge
    assert "window's edge" in lowest_in_words(problem)


@pytest.mark.parametrize("formula", EVERY)
def test_every_formula_gets_a_window_and_starts_without_a_warning(formula):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = optim.problem(formula)
    assert problem.domain == problem.view
    assert all(-FARTHEST <= side[0] < side[1] <= FARTHEST for side in problem.view)
    assert 1 <= len(problem.starts) <= 3
    for start in problem.starts:
        assert all(low <= c <= high for c, (low, high) in zip(start, problem.view, strict=True))
    assert search_in_words(problem)
    assert lowest_in_words(problem)


@pytest.mark.parametrize("formula", LIMITS)
def test_a_limit_that_rounding_makes_a_flat_moves_no_window(formula):
    problem = optim.problem(formula)
    assert problem.view == DEFAULT
    assert not problem.minima


@pytest.mark.parametrize(("formula", "place"), FLAT_BOTTOMS.items())
def test_a_far_minimum_is_gone_to_though_many_places_are_as_low(formula, place):
    problem = optim.problem(formula)
    lowest = float(problem.value(np.array(place, dtype=float)[:, None])[0])
    assert problem.lowest == pytest.approx(lowest, abs=1e-9 * problem.height)
    assert problem.view[0][0] <= place[0] <= problem.view[0][1]
    assert problem.view != DEFAULT


@pytest.mark.parametrize("formula", LOWER_ELSEWHERE)
def test_a_window_reaches_a_lower_minimum_that_is_seen_outside(formula):
    problem = optim.problem(formula)
    place, value = LOWER_ELSEWHERE[formula]
    assert problem.lowest == pytest.approx(value, abs=1e-9)
    np.testing.assert_allclose(problem.minima, [place], atol=1e-6)
    assert problem.search.lower is None


@pytest.mark.parametrize("formula", ["100*x/(y + 30) + x**2 + y**2", "x**2 + y**2 - 4000/sqrt(abs(x - 41.2))"])
def test_what_is_lower_outside_and_no_minimum_to_go_to_is_told(formula):
    problem = optim.problem(formula)
    assert problem.view == DEFAULT
    assert problem.minima
    assert float(problem.value(np.array(problem.search.lower)[:, None])[0]) < problem.lowest
    assert lowest_in_words(problem).startswith("lowest minimum found in the window")
    assert "outside the window the function is lower, as at (" in lowest_in_words(problem)
    moved = dialled(problem, shift=(0.5, 0.25))
    np.testing.assert_allclose(moved.search.lower, np.add(problem.search.lower, (0.5, 0.25)))


def test_no_window_is_so_wide_that_what_was_seen_to_be_lower_is_lost():
    """The ditch along y = -3 is 91 deep at x = 10 and -10; a wide grid shows only the bowl, and its minimum of 0."""
    problem = optim.problem("x**2 + y**2 - 20*abs(x)*exp(-1000*(y + 3)**2)")
    assert problem.lowest is None or problem.lowest == pytest.approx(-91)
    assert "at (0, 0)" not in lowest_in_words(problem)


@pytest.mark.parametrize("place", [9e5, 999_000.0, 1e6, 5e6, 1e9, 1e20])
@pytest.mark.parametrize("formula", ["(x - {place})**2 + y**2", "abs(x) + abs(y + {place})", "(x + {place})**2 + exp(y)"])
def test_no_window_reaches_farther_than_a_start_may_lie(formula, place):
    problem = optim.problem(formula.format(place=place))
    assert np.max(np.abs(problem.view)) <= FARTHEST
    assert np.max(np.abs(problem.starts)) <= FARTHEST


@pytest.mark.parametrize("formula", [formula for formula in [*SMOOTH, *FALLING] if formula not in AWKWARD])
def test_the_starts_are_places_to_start_from(formula):
    problem = optim.problem(formula)
    assert len(problem.starts) == 3
    x = np.array(problem.starts).T
    assert np.isfinite(problem.value(x)).all()
    assert np.all(np.linalg.norm(problem.gradient(x), axis=0) > 0)


@pytest.mark.parametrize(
    "formula", ["log(x) + y**2", "sqrt(x - 3)", "sqrt(1 - x**2 - y**2)", "x**y", "acosh(x) + y**2", "sqrt(-x - 7) + y**2"]
)
def test_the_window_is_where_the_function_is_defined(formula):
    problem = optim.problem(formula)
    with np.errstate(all="ignore"):
        share = np.mean(np.isfinite(problem.value(samples.grid(problem.view))))
        before = np.mean(np.isfinite(problem.value(samples.grid(((-5.0, 5.0), (-5.0, 5.0))))))
    assert share > max(0.3, 1.5 * before)


def test_nothing_lower_than_the_lowest_minimum_found_is_on_a_grid():
    for formula in EVERY:
        problem = optim.problem(formula)
        if problem.lowest is not None:
            with np.errstate(all="ignore"):
                values = problem.value(samples.grid(problem.view, 201))
            assert np.nanmin(values) >= problem.lowest - 1e-9 * max(1, abs(problem.lowest)), formula


def test_a_nowhere_defined_function_says_so():
    problem = optim.problem("sqrt(-1 - x**2)")
    assert problem.search.defined == 0
    assert "not defined anywhere" in lowest_in_words(problem)
    result = optim.race(optim.RaceSpec("sqrt(-1 - x**2)", optim.Entry("sgd"), problem.starts[0], 5))
    assert result.status[0].kind == "diverged"


def test_the_search_is_deterministic():
    from optim.problems.from_formula import typed

    formula = "sin(3*x)*cos(2*y) + abs(x)/3 + y**2/20"
    first = optim.problem(formula)
    typed.cache_clear()
    again = optim.problem(formula)
    assert again is not first
    assert (again.stationary, again.minima, again.view, again.starts, again.search) == (
        (first.stationary, first.minima, first.view, first.starts, first.search)
    )


@pytest.mark.parametrize("dials", [(30.0, 1.0, (0.0, 0.0)), (0.0, 4.0, (0.0, 0.0)), (-75.0, 0.25, (0.3, 0.2))])
@pytest.mark.parametrize(
    "formula", ["x**2*(x - 2)**2 + y**2", "(1 - x)**2 + 100*(y - x**2)**2", "sin(x)*cos(y)", "log(x**2 + y**2)"]
)
def test_what_was_found_moves_with_the_dials(formula, dials):
    """What a dial leaves in the domain is found there, and what it brings in."""
    problem = optim.problem(formula)
    moved = dialled(problem, *dials)
    for point in moved.stationary:
        there = np.array(point.point)[:, None]
        np.testing.assert_allclose(moved.value(there)[0], point.value, atol=1e-9)
        np.testing.assert_allclose(moved.gradient(there), 0, atol=1e-5)
        curvature = np.linalg.eigvalsh(moved.hessian(there)[:, :, 0])
        if point.kind == "saddle":
            assert curvature[0] < 0 < curvature[1]
        if point.kind == "minimum":
            assert curvature[0] >= -1e-9
    angle, (wide, narrow) = np.radians(dials[0]), (np.sqrt(dials[1]), 1 / np.sqrt(dials[1]))
    turned = np.diag([wide, narrow]) @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array(problem.centre)
    for known in problem.stationary:
        image = centre + np.array(dials[2]) + np.linalg.solve(turned, np.array(known.point) - centre)
        if all(low + 0.01 < c < high - 0.01 for c, (low, high) in zip(image, moved.domain, strict=True)):
            assert any(np.allclose(image, one.point, atol=1e-5) and one.kind == known.kind for one in moved.stationary)
    if moved.search.pole is not None:
        assert abs(moved.value(np.array(moved.search.pole) + 1e-9)) > 10


def test_dials_turn_and_shift_what_was_found_as_they_do_the_function():
    problem = optim.problem("x**2*(x - 2)**2 + y**2")
    moved = dialled(problem, 90.0, 1.0, (0.5, 0.0))
    assert sorted(np.round(point, 9).tolist() for point in moved.minima) == [[0.5, -2.0], [0.5, 0.0]]


def test_where_the_lowest_value_comes_from():
    known, found = optim.PROBLEMS["sphere"], optim.problem("x**2 + y**2")
    assert lowest_value_source(known, 0.0) == "known"
    assert lowest_value_source(found, 0.0) == "found"
    assert lowest_value_source(found, -1.0) == "met"
    assert lowest_value_source(replace(found, minima=()), 3.0) == "met"
    assert lowest_value_source(found, None) == "none"
    assert search_in_words(known) == ""
