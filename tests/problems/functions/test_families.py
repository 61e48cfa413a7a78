"""Functions of any number of variables: against the reference formulas, and raced like any other."""

import dataclasses
import itertools

import numpy as np
import pytest

import optim
from optim.core.metrics import inside
from optim.problems.family import added
from tests.support import reference, samples

EACH = pytest.mark.parametrize("name", optim.PROBLEM_FAMILIES)
SEVERAL = pytest.mark.parametrize("dimension", [2, 3, 10])


def both(name, dimension):
    return optim.problem(name, dimension=dimension), reference.FAMILIES[name]


def points(problem, count=300, seed=5):
    return samples.points(problem.domain, count, np.random.default_rng(seed))


def assert_close(actual, expected, tolerance):
    """Assert a deviation of at most tolerance times the largest size, per point."""
    axes = tuple(range(expected.ndim - 1))
    size = 1 + np.max(np.abs(expected), axis=axes)
    assert np.all(np.max(np.abs(actual - expected), axis=axes) <= tolerance * size)


def test_the_families_are_those_of_the_reference_and_stand_apart_from_the_problems():
    assert set(optim.PROBLEM_FAMILIES) == set(reference.FAMILIES)
    assert not set(optim.PROBLEM_FAMILIES) & set(optim.PROBLEMS)


@EACH
@SEVERAL
def test_value_and_gradient_are_the_reference_s(name, dimension):
    problem, record = both(name, dimension)
    x = points(problem)
    np.testing.assert_allclose(problem.value(x), reference.family(record, record["formula"], x), rtol=1e-12, atol=1e-12)
    assert_close(problem.gradient(x), np.moveaxis(reference.family(record, record["grad"], x), -1, 0), 1e-9)


@EACH
@SEVERAL
def test_the_derivatives_are_complex_steps(name, dimension):
    problem, record = both(name, dimension)
    x = points(problem, 60)
    formula = lambda at: reference.family(record, record["formula"], at)  # noqa: E731
    assert_close(problem.gradient(x), reference.complex_step(formula, x), 1e-9)
    if problem.hessian is not None:
        slopes = lambda at: np.moveaxis(reference.family(record, record["grad"], at), -1, 0)  # noqa: E731
        assert_close(problem.hessian(x), reference.complex_step(slopes, x), 1e-9)


@EACH
@SEVERAL
def test_the_facts_are_the_reference_s(name, dimension):
    problem, record = both(name, dimension)
    names = {"np": np, "n": dimension}
    assert problem.dimension == dimension
    assert problem.domain == (tuple(record["domain"]),) * dimension
    assert problem.starts == (tuple(eval(record["start"], names).tolist()),)
    assert inside(np.array(problem.starts[0]), problem.domain)
    if record["xstar"]:
        assert problem.minima == (tuple(eval(record["xstar"], names).tolist()),)
        assert problem.lowest == pytest.approx(eval(record["fstar"], names), rel=0, abs=1e-9)


@pytest.mark.parametrize("dimension", [int(number) for number in reference.FAMILIES["michalewicz_n"]["fstar_table"]])
def test_the_lowest_value_of_michalewicz_is_the_reference_s(dimension):
    stored = reference.FAMILIES["michalewicz_n"]["fstar_table"][str(dimension)]
    assert optim.problem("michalewicz_n", dimension=dimension).lowest == pytest.approx(stored, rel=0, abs=1e-9)


def test_each_coordinate_of_michalewicz_is_at_its_own_lowest_point():
    family = optim.PROBLEM_FAMILIES["michalewicz_n"]
    minimum = np.array(family.of(family.high).minima[0])
    # The function is a sum: one coordinate of each column is moved over the domain, the others stay.
    values = np.linspace(*family.side, 2001)
    for i in (*range(4), *range(9, family.high, 15), family.high - 1):
        x = np.repeat(minimum[:, None], len(values), axis=1)
        x[i] = values
        assert np.min(family.value(x)) >= family.value(minimum) - 1e-9


@EACH
@pytest.mark.parametrize("dimension", [2, 10, 100])
def test_the_minimum_is_one(name, dimension):
    problem, _ = both(name, dimension)
    minimum = np.array(problem.minima[0])
    near = minimum[:, None] + 1e-3 * np.random.default_rng(1).standard_normal((dimension, 100))
    assert np.max(np.abs(problem.gradient(minimum))) < 1e-6
    assert np.all(problem.value(near) > problem.lowest)
    assert np.all(problem.value(points(problem)) > problem.lowest)


def test_rosenbrock_has_the_second_minimum_that_it_speaks_of():
    problem, record = both("rosenbrock_n", 10)
    x = np.ones((10, 1))
    x[0] = -1.0
    for _ in range(200):
        x = x - np.linalg.solve(problem.hessian(x)[..., 0], problem.gradient(x)[:, 0])[:, None]
    assert problem.value(x)[0] == pytest.approx(record["second_minimum_f"]["10"], abs=1e-8)


@EACH
def test_one_point_in_a_batch_is_the_point_alone(name):
    for dimension, exact in ((2, True), (7, False)):
        problem, _ = both(name, dimension)
        x = points(problem, 33)
        for function in (problem.value, problem.gradient, problem.hessian):
            if function is None:
                continue
            together = function(x)
            for i in range(x.shape[1]):
                alone = function(x[:, i : i + 1].copy())[..., 0]
                if exact:
                    assert samples.bits(alone) == samples.bits(together[..., i])
                np.testing.assert_allclose(alone, together[..., i], rtol=1e-12, atol=1e-12)


def test_a_sum_over_coordinates_is_the_same_bits_in_any_batch():
    parts = np.random.default_rng(3).standard_normal((33, 40))
    together = added(parts)
    for i in range(parts.shape[1]):
        assert samples.bits(added(parts[:, i : i + 1].copy())[0]) == samples.bits(together[i])


@EACH
@pytest.mark.parametrize("shape", [(), (1,), (3, 4)])
def test_shapes_follow_the_points_which_are_left_alone(name, shape):
    problem, _ = both(name, 5)
    x = points(problem, int(np.prod(shape))).reshape(5, *shape)
    x.setflags(write=False)
    assert problem.value(x).shape == shape
    assert problem.gradient(x).shape == (5, *shape)
    assert problem.hessian is None or problem.hessian(x).shape == (5, 5, *shape)


@EACH
def test_everything_is_finite_on_the_axes_and_at_the_corners(name):
    problem, _ = both(name, 3)
    sides = [{low, high, (low + high) / 2, *([0.0] if low <= 0 <= high else [])} for low, high in problem.domain]
    x = np.array(list(itertools.product(*sides))).T
    functions = [function for function in (problem.value, problem.gradient, problem.hessian) if function]
    assert all(np.isfinite(function(x)).all() for function in functions)


@EACH
@pytest.mark.parametrize("dimension", [2, 4])
def test_a_family_races_and_reports_like_any_other(name, dimension):
    problem, _ = both(name, dimension)
    entries = [optim.Entry("sgd", {"lr": 1e-7}), optim.Entry("adam", {"lr": 0.05})]
    spec = optim.RaceSpec(name, entries, problem.starts[0], 40)
    assert spec.base_problem is problem
    assert optim.RaceSpec.from_json(spec.to_json()) == spec
    result = optim.race(spec)
    assert result.path.shape == (2, 41, dimension)
    assert result.lowest == problem.lowest
    assert result.loss[1, -1] < result.loss[1, 0]
    assert len(result.standings()) == 2
    assert {f"x{axis + 1}" for axis in range(dimension)} <= set(result.table()) or dimension == 2
    assert result.figure().data


def test_a_run_that_ends_in_ten_dimensions_is_told_in_one_line():
    result = optim.race(optim.RaceSpec("sphere_n", optim.Entry("sgd", {"lr": 0.4}), (3.0,) * 10, 60))
    assert result.status[0].kind == "converged"
    assert "the minimum (0, 0, 0, ..., 0)" in result.status[0].reason


@EACH
def test_the_dimension_is_the_start_s(name):
    for dimension in (2, 3, 17):
        assert optim.RaceSpec(name, optim.Entry("sgd"), (1.0,) * dimension).base_problem is optim.problem(name, dimension)


@EACH
@pytest.mark.parametrize("dimension", [1, 0, -3, 101, 2.5, True, "3"])
def test_a_dimension_that_a_family_has_not_is_named(name, dimension):
    with pytest.raises(optim.SpecError, match="a whole number from 2 to 100") as error:
        optim.problem(name, dimension=dimension)
    assert error.value.field == "dimension"


@EACH
@pytest.mark.parametrize("count", [1, 101])
def test_a_start_of_a_dimension_that_a_family_has_not_is_named(name, count):
    with pytest.raises(optim.SpecError, match="2 to 100 numbers") as error:
        optim.RaceSpec(name, optim.Entry("sgd"), (1.0,) * count)
    assert error.value.field == "start"


@pytest.mark.parametrize("text", ["rosenbrock", "x**2 + y"])
def test_a_function_of_two_variables_has_no_other_dimension(text):
    assert optim.problem(text, dimension=2).dimension == 2
    with pytest.raises(optim.SpecError, match="two variables") as error:
        optim.problem(text, dimension=3)
    assert error.value.field == "dimension"


@EACH
def test_a_family_says_what_it_is(name):
    family = optim.PROBLEM_FAMILIES[name]
    for words in (family.title, family.latex, family.teaches, family.reference):
        assert words.strip() == words != ""
    assert family.teaches.endswith(".")
    assert family.tags
    assert family.low <= family.default <= family.high
    assert family.of() is optim.problem(name) is family.of(family.default)
    assert dataclasses.replace(family, title="Other").of(3).title == "Other in 3 dimensions"
