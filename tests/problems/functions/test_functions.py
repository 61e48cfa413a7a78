"""Every problem of the registry against the reference formulas, gradients, Hessians, minima and facts."""

import numpy as np
import pytest

import optim
from tests.support import reference, samples

NOT_IN_REFERENCE: dict[str, str] = {}
"""Problem -> why the reference data does not know it."""

KNOWN = [name for name in optim.PROBLEMS if name in reference.FUNCTIONS]


KINKS = {
    "l1_ravine": [lambda x: np.stack([x, 0 * x]), lambda x: np.stack([0 * x, x])],
    "bukin6": [lambda x: np.stack([x, 0.01 * x**2]), lambda x: np.stack([0 * x - 10, x + 10])],
    "cross_in_tray": [lambda x: np.stack([x, 0 * x]), lambda x: np.stack([0 * x, x])],
    "eggholder": [lambda x: np.stack([x, -x / 2 - 47]), lambda x: np.stack([x, x - 47])],
    "schwefel": [lambda x: np.stack([x, 0 * x]), lambda x: np.stack([0 * x, x])],
    "ackley": [lambda x: np.stack([0 * x, 0 * x])],
    "drop_wave": [lambda x: np.stack([0 * x, 0 * x])],
}
"""Problem -> the curves (n,) -> (2, n) on which its slope jumps, ends or has a root of zero in its formula."""


def each(names):
    return pytest.mark.parametrize("name", list(names))


def both(name):
    return optim.PROBLEMS[name], reference.FUNCTIONS[name]


def sample(problem, where):
    return samples.points(getattr(problem, where), 1000, np.random.default_rng(11))


def assert_close(actual, expected, tolerance, least=1.0):
    """Assert a deviation of at most tolerance * (least + |expected|), the size taken per point."""
    axes = tuple(range(expected.ndim - 1))
    size = least + np.max(np.abs(expected), axis=axes)
    assert np.all(np.max(np.abs(actual - expected), axis=axes) <= tolerance * size)


def test_the_problems_are_those_of_the_reference():
    assert set(optim.PROBLEMS) == {*reference.FUNCTIONS, *NOT_IN_REFERENCE}


@each(KNOWN)
@pytest.mark.parametrize("where", ["domain", "view"])
def test_value_gradient_and_hessian_are_the_reference_s(name, where):
    problem, record = both(name)
    x = sample(problem, where)
    np.testing.assert_allclose(problem.value(x), reference.value(record, x), rtol=1e-12, atol=1e-12)
    assert_close(problem.gradient(x), reference.gradient(record, x), 1e-9, least=1e-12)
    assert_close(problem.hessian(x), reference.hessian(record, x), 1e-9, least=1e-12)


@each(KNOWN)
def test_there_is_a_slope_to_compare_in_the_view(name):
    """Easom's domain alone would prove nothing: its slope is zero to nine digits nearly everywhere in it."""
    problem, record = both(name)
    assert np.mean(np.max(np.abs(reference.gradient(record, sample(problem, "view"))), axis=0) > 1e-9) > 0.5


@each(KNOWN)
@pytest.mark.parametrize("where", ["domain", "view"])
def test_the_derivatives_are_the_complex_steps_of_the_reference(name, where):
    problem, record = both(name)
    x = sample(problem, where)
    assert_close(problem.hessian(x), reference.complex_step(lambda at: reference.gradient(record, at), x), 1e-9)
    assert_close(problem.gradient(x), reference.complex_step(lambda at: reference.value(record, at), x), 1e-9)


@each(KNOWN)
def test_the_facts_are_the_reference_s(name):
    problem, record = both(name)
    assert problem.dimension == record["dim"]
    assert problem.domain == tuple(map(tuple, record["domain"]))
    assert problem.view == tuple(map(tuple, record["view"]))
    assert problem.starts == tuple(map(tuple, record["starts"]))
    assert problem.minima == tuple(tuple(minimum["x"]) for minimum in record["minima"])
    assert problem.log_z is (record["z"]["scale"] == "log")
    assert problem.bounded is bool(record["minima"])
    assert sorted(problem.tags) == sorted(record["tags"])
    levels = reference.evaluate(record, record["z"]["levels"], np.zeros((2, 1)))
    np.testing.assert_allclose(problem.levels, levels, rtol=1e-12)


@each(KNOWN)
@pytest.mark.long
def test_the_formula_is_the_reference_s(name):
    problem, record = both(name)
    x = sample(problem, "view")
    again = optim.problem(problem.formula)
    np.testing.assert_allclose(again.value(x), reference.value(record, x), rtol=1e-12, atol=1e-12)


@each(optim.PROBLEMS)
@pytest.mark.parametrize("where", ["domain", "view"])
def test_everything_is_finite_on_a_grid_with_the_axes(name, where):
    problem = optim.PROBLEMS[name]
    x = samples.grid(getattr(problem, where))
    assert x.shape[1] >= 45 * 45
    with np.errstate(all="ignore"):
        assert all(np.isfinite(function(x)).all() for function in (problem.value, problem.gradient, problem.hessian))


@each(optim.PROBLEMS)
def test_everything_is_finite_at_the_minima_and_the_starts(name):
    problem = optim.PROBLEMS[name]
    x = np.array([*problem.minima, *problem.starts]).T
    assert all(np.isfinite(function(x)).all() for function in (problem.value, problem.gradient, problem.hessian))


@pytest.mark.parametrize(("name", "kink"), [(name, kink) for name, kinks in KINKS.items() for kink in kinks])
def test_everything_is_finite_on_a_kink(name, kink):
    problem = optim.PROBLEMS[name]
    x = kink(np.linspace(*problem.domain[0], 41))
    assert all(np.isfinite(function(x)).all() for function in (problem.value, problem.gradient, problem.hessian))


@each(KNOWN)
def test_what_falls_lower_outside_its_domain_says_so(name):
    problem, record = both(name)
    middle, half = np.mean(problem.domain, axis=1), np.ptp(problem.domain, axis=1) / 2
    with np.errstate(all="ignore"):
        around = [problem.value(samples.grid(np.stack([middle - k * half, middle + k * half], axis=1), 301)) for k in (3, 10, 100)]
    lowest = np.min(problem.value(samples.grid(problem.domain, 301))) if problem.lowest is None else problem.lowest
    assert bool(min(map(np.nanmin, around)) < lowest - 1e-9) is record["lower_outside_domain"]
    if problem.bounded and record["lower_outside_domain"]:
        assert any(word in problem.teaches.lower() for word in ("outside", "border"))


@each(optim.PROBLEMS)
def test_nothing_on_the_grid_is_lower_than_the_minimum(name):
    problem = optim.PROBLEMS[name]
    values = problem.value(samples.grid(problem.domain, 301))
    if problem.lowest is None:
        assert not problem.bounded or not problem.minima
    else:
        assert np.min(values) >= problem.lowest - 1e-9


@each(KNOWN)
def test_every_minimum_is_one(name):
    problem, record = both(name)
    for minimum in record["minima"]:
        x = np.array(minimum["x"])
        assert problem.value(x) == pytest.approx(minimum["f"], rel=0, abs=1e-9)
        assert problem.lowest == pytest.approx(minimum["f"], rel=0, abs=1e-9)
        assert problem.lowest == 0 or abs(problem.lowest) > 1e-9  # what is left of 0 by rounding is not told
        if record["smooth"]:
            np.testing.assert_allclose(problem.gradient(x), 0, atol=1e-8)
            assert np.all(np.linalg.eigvalsh(problem.hessian(x)) >= -1e-9)


@each(KNOWN)
def test_the_lowest_value_is_none_only_where_the_reference_has_no_minimum(name):
    problem, record = both(name)
    assert (problem.lowest is None) is (not record["minima"])


@each(optim.PROBLEMS)
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4)])
def test_shapes_follow_the_points(name, shape):
    problem = optim.PROBLEMS[name]
    x = samples.points(problem.view, int(np.prod(shape)), np.random.default_rng(2))
    one_by_one = [problem.value(x[:, i]) for i in range(x.shape[1])]
    gradients = np.stack([problem.gradient(x[:, i]) for i in range(x.shape[1])], axis=-1)
    hessians = np.stack([problem.hessian(x[:, i]) for i in range(x.shape[1])], axis=-1)
    at = x.reshape(2, *shape)
    assert problem.value(at).shape == shape
    assert problem.gradient(at).shape == (2, *shape)
    assert problem.hessian(at).shape == (2, 2, *shape)
    np.testing.assert_allclose(problem.value(at).ravel(), one_by_one, rtol=1e-13)
    np.testing.assert_allclose(problem.gradient(at).reshape(2, -1), gradients, rtol=1e-13)
    np.testing.assert_allclose(problem.hessian(at).reshape(2, 2, -1), hessians, rtol=1e-13)


@each(optim.PROBLEMS)
def test_functions_leave_their_points_alone(name):
    problem = optim.PROBLEMS[name]
    x = samples.points(problem.view, 9, np.random.default_rng(3))
    before = x.copy()
    x.setflags(write=False)
    for function in (problem.value, problem.gradient, problem.hessian):
        function(x)
    assert np.array_equal(x, before)


@each(optim.PROBLEMS)
def test_the_hessian_is_symmetric(name):
    problem = optim.PROBLEMS[name]
    hessian = problem.hessian(samples.points(problem.view, 50, np.random.default_rng(4)))
    assert_close(hessian, np.swapaxes(hessian, 0, 1), 1e-12)


def test_ackley_has_a_finite_slope_and_curvature_at_its_tip():
    ackley, tip = optim.PROBLEMS["ackley"], np.zeros((2, 1))
    assert abs(ackley.value(tip)[0]) < 1e-14
    with np.errstate(all="ignore"):
        assert np.array_equal(ackley.gradient(tip), [[0.0], [0.0]])
        assert np.isfinite(ackley.hessian(tip)).all()
    beside = ackley.gradient(np.array([[1e-9], [0.0]]))
    assert beside[0, 0] == pytest.approx(4 / np.sqrt(2), rel=1e-6)


def test_one_tip_in_a_batch_leaves_the_other_gradients_exact():
    ackley, x = optim.PROBLEMS["ackley"], np.array([[0.0, 1.5, -2.0], [0.0, 0.5, 3.0]])
    with np.errstate(all="ignore"):
        gradient, hessian = ackley.gradient(x), ackley.hessian(x)
    assert samples.bits(gradient[:, 1:]) == samples.bits(ackley.gradient(x[:, 1:].copy()))
    assert samples.bits(hessian[..., 1:]) == samples.bits(ackley.hessian(x[:, 1:].copy()))


def test_a_derivative_that_is_mended_comes_without_a_warning():
    optim.PROBLEMS["ackley"].gradient(np.zeros((2, 1)))
    optim.PROBLEMS["ackley"].hessian(np.zeros((2, 1)))


def test_the_registries_are_read_only_and_keyed_by_name():
    for registry in (optim.PROBLEMS, optim.OPTIMIZERS):
        assert all(item.name == name for name, item in registry.items())
        assert len(registry) == len(set(registry))
        with pytest.raises(TypeError):
            registry["another"] = None


def test_a_name_gives_the_registry_s_own_object():
    for name in optim.PROBLEMS:
        assert optim.problem(name) is optim.PROBLEMS[name]
