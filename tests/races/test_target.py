"""What "reached" means: the default target belongs to the function, moves with its scale, and no constant added changes it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optim
from optim.sweeps.spec import SweepSpec

FUNCTIONS = (
    "sphere",
    "rosenbrock",
    "himmelblau",
    "rastrigin",
    "ackley",
    "l1_ravine",
    "styblinski_tang",
    "easom",
    "stalling_saddle",
)
RULES = ("sgd", "momentum", "adagrad", "adam", "nelder_mead")


def scaled(problem, factor=1.0, constant=0.0):
    """Return the problem times a factor plus a constant, and nothing else of it changed."""
    return replace(
        problem,
        value=lambda x: factor * problem.value(x) + constant,
        gradient=lambda x: factor * problem.gradient(x),
        hessian=lambda x: factor * problem.hessian(x),
    )


def shifted(problem, by):
    """Return the problem with its coordinates moved by `by`, with domain, view and minima, by code of its own."""
    by = np.array(by)
    box = lambda sides: tuple((low + d, high + d) for (low, high), d in zip(sides, by, strict=True))  # noqa: E731
    back = lambda x: x - by.reshape(2, *[1] * (x.ndim - 1))  # noqa: E731
    return replace(
        problem,
        value=lambda x: problem.value(back(x)),
        gradient=lambda x: problem.gradient(back(x)),
        hessian=lambda x: problem.hessian(back(x)),
        domain=box(problem.domain),
        view=box(problem.view),
        minima=tuple(tuple(np.array(point) + by) for point in problem.minima),
    )


def mirrored(problem):
    """Return the problem with x and y exchanged."""
    swap = lambda x: x[::-1]  # noqa: E731
    return replace(
        problem,
        value=lambda x: problem.value(swap(x)),
        gradient=lambda x: swap(problem.gradient(swap(x))),
        hessian=lambda x: problem.hessian(swap(x))[::-1, ::-1],
        domain=problem.domain[::-1],
        view=problem.view[::-1],
        minima=tuple(point[::-1] for point in problem.minima),
    )


def test_a_constant_added_to_a_typed_function_reaches_nothing():
    ended = optim.race(optim.RaceSpec("x**2+y**2+1e8", optim.Entry("sgd", {"lr": 1e-4}), (3.0, 3.0), 10))
    assert ended.status[0].kind == "moving"
    np.testing.assert_allclose(ended.path[0, -1], 3 * (1 - 2e-4) ** 10, rtol=1e-9)
    assert ended.reached == (None,)


def test_a_small_factor_on_a_typed_function_reaches_nothing():
    ended = optim.race(optim.RaceSpec("1e-7*(x**2+y**2)", optim.Entry("sgd", {"lr": 0.1}), (1.0, 1.0), 30))
    assert ended.status[0].kind != "converged"
    assert ended.reached == (None,)


@pytest.mark.parametrize("constant", [-1e6, 1e3, 1e8])
def test_a_sweep_of_rates_does_not_depend_on_a_constant(constant):
    rates = tuple(np.geomspace(1e-4, 1.0, 9))
    results = []
    for formula in ("x**2/20 + y**2", f"x**2/20 + y**2 + {constant!r}"):
        race = optim.RaceSpec(formula, optim.Entry("sgd"), (-4.0, 2.0), 600)
        results.append(optim.sweep(SweepSpec(race, axes={"lr": rates})))
    assert results[0].reached.tolist() == results[1].reached.tolist()
    assert results[0].reached.any()
    assert not results[0].reached.all()


@pytest.mark.parametrize("name", [name for name, problem in optim.PROBLEMS.items() if problem.minima])
def test_the_target_is_that_of_the_function_and_near_a_millionth_of_its_size(name):
    problem = optim.PROBLEMS[name]
    rounding = 1e-9 * max(1.0, abs(problem.lowest))
    for factor in (1e-12, 0.25, 1e7):
        assert scaled(problem, factor).target == pytest.approx(factor * problem.target, rel=1e-9)
    assert scaled(problem, 1.0, 17.0).target == pytest.approx(problem.target, abs=1e-6 * rounding, rel=1e-9)
    values = problem.value(np.stack(np.meshgrid(*(np.linspace(*side, 97) for side in problem.view))).reshape(2, -1))
    above = np.sort(values[np.isfinite(values)]) - problem.lowest
    assert 0.5 < problem.target / (1e-6 * above[len(above) // 20]) < 2


def test_a_map_of_starts_has_one_target():
    spec = optim.RaceSpec("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", optim.Entry("sgd", {"lr": 0.01}), (0.0, 0.0), 10)
    targets = {replace(spec, start=start).target_from(0.0) for start in ((0.0, 0.0), (4.0, -4.0), (30.0, 7.0), (-800.0, 1.0))}
    assert len(targets) == 1


def test_a_value_below_the_lowest_known_one_is_a_finding():
    claimed = replace(optim.PROBLEMS["sphere"], minima=((1.0, 0.0),))
    result = optim.race(optim.RaceSpec(claimed, optim.Entry("sgd", {"lr": 0.3}), (2.0, 0.0), 60))
    assert result.lowest == np.min(result.loss) < 1e-12
    assert result.status[0].kind != "converged"


def race_of(problem, rule, start, steps, factor=1.0):
    lr = 0.01 / factor if rule in {"sgd", "momentum"} else 0.05
    return optim.race(optim.RaceSpec(problem, optim.Entry(rule, {} if rule == "nelder_mead" else {"lr": lr}), start, steps))


CASES = st.tuples(st.sampled_from(FUNCTIONS), st.sampled_from(RULES), st.floats(0.1, 0.9), st.floats(0.1, 0.9))


def start_of(problem, shares):
    return tuple(round(low + share * (high - low), 3) for share, (low, high) in zip(shares, problem.view, strict=True))


def same_end(one, other):
    """Whether two races end alike: kind, steps reached, and the sentence with its numbers left out."""
    words = ["".join(c for c in result.status[0].reason if not (c.isdigit() or c in ".e+-×⁻")) for result in (one, other)]
    assert one.status[0].kind == other.status[0].kind
    assert words[0] == words[1]
    hits = [result.reached[0] for result in (one, other)]
    assert (hits[0] is None) == (hits[1] is None)
    if hits[0] is not None:
        assert abs(hits[0] - hits[1]) <= 1


@settings(deadline=None, max_examples=25)
@given(CASES, st.integers(-12, 12))
def test_a_power_of_two_as_factor_changes_no_end(case, power):
    name, rule, *shares = case
    problem, factor = optim.PROBLEMS[name], 2.0**power
    start = start_of(problem, shares)
    if rule in {"adagrad", "adam"}:
        # Their epsilon is a length of gradients: it would have to be scaled along.
        return
    same_end(race_of(problem, rule, start, 60), race_of(scaled(problem, factor), rule, start, 60, factor))


@settings(deadline=None, max_examples=25)
@given(CASES, st.integers(-64, 64))
def test_a_constant_changes_no_end(case, constant):
    name, rule, *shares = case
    problem = optim.PROBLEMS[name]
    start = start_of(problem, shares)
    here, higher = race_of(problem, rule, start, 60), race_of(scaled(problem, 1.0, float(constant)), rule, start, 60)
    if np.allclose(here.path[0], higher.path[0], rtol=0, atol=1e-6, equal_nan=True):  # Nelder-Mead compares rounded values
        same_end(here, higher)


@settings(deadline=None, max_examples=25)
@given(CASES, st.integers(-32, 32), st.integers(-32, 32))
def test_moved_coordinates_change_no_end(case, right, up):
    name, rule, *shares = case
    problem = optim.PROBLEMS[name]
    start = start_of(problem, shares)
    if rule == "nelder_mead":
        # Its first simplex is a share of the coordinates themselves.
        return
    moved = race_of(shifted(problem, (right, up)), rule, (start[0] + right, start[1] + up), 60)
    here = race_of(problem, rule, start, 60)
    if np.allclose(here.path[0] + (right, up), moved.path[0], rtol=0, atol=1e-6, equal_nan=True):  # rounding parts a chaotic run
        same_end(here, moved)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_exchanged_coordinates_change_no_end(case):
    name, rule, *shares = case
    problem = optim.PROBLEMS[name]
    start = start_of(problem, shares)
    if rule == "nelder_mead":
        return
    same_end(race_of(problem, rule, start, 60), race_of(mirrored(problem), rule, start[::-1], 60))
