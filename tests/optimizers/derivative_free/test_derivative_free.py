"""Nelder-Mead and CMA-ES against SciPy and purecma, and by their own laws."""

import numpy as np
import pytest

import optim
from optim.core.optimizer import Golden
from optim.core.oracle import CountingOracle
from optim.core.simulate import Conditions, simulate
from optim.optimizers.derivative_free.cma_es import constants
from tests.optimizers.second_order.test_second_order import recorded
from tests.support import compare_second_order, samples

NAMES = ("nelder_mead", "cma_es")
RULES = pytest.mark.parametrize("optimizer", [optim.OPTIMIZERS[name] for name in NAMES], ids=NAMES)
PROBLEMS = pytest.mark.parametrize("problem", optim.PROBLEMS.values(), ids=lambda problem: problem.name)
SIMPLEX, CLOUD = (optim.OPTIMIZERS[name] for name in NAMES)


def in_the_plane(cases):
    return [case for case in cases if compare_second_order.OURS["runs"][case.id]["function"]]


@RULES
def test_the_golden_runs_of_a_rule_are_among_those_compared_here(optimizer):
    assert optimizer.golden
    for golden in optimizer.golden:
        assert compare_second_order.OURS["runs"][golden.run]["values"] == dict(golden.values)
        assert compare_second_order.deviations(optimizer, golden)


@pytest.mark.parametrize(("optimizer", "golden"), in_the_plane(recorded("scipy_Nelder-Mead", "nelder_mead", "exact")))
def test_nelder_mead_is_scipy_s_bit_for_bit(optimizer, golden):
    (result,) = compare_second_order.exact(optimizer, golden)
    assert result.steps == 120
    assert result.largest == 0.0


def rosenbrock4(x):
    total = 0.0
    for i in range(3):
        a, b = 1.0 - x[i], x[i + 1] - x[i] * x[i]
        total = total + (a * a + 100.0 * (b * b))
    return total


def test_nelder_mead_is_scipy_s_bit_for_bit_in_four_dimensions_too():
    rows = compare_second_order.rows("scipy_Nelder-Mead/rosenbrock4")
    ours = compare_second_order.path(
        SIMPLEX, {}, optim.Problem("four", rosenbrock4, np.zeros_like, dimension=4), rows[0], len(rows) - 1
    )
    assert len(rows) == 201
    assert np.array_equal(ours, rows)


@pytest.mark.parametrize("run", ["himmelblau", "himmelblau_origin", "rosenbrock_axis", "rosenbrock4"])
def test_nelder_mead_looks_as_often_as_scipy(run):
    made, rows = (
        compare_second_order.OURS["runs"][f"scipy_Nelder-Mead/{run}"],
        compare_second_order.rows(f"scipy_Nelder-Mead/{run}"),
    )
    problem = (
        compare_second_order.problem(made["function"])
        if made["function"]
        else optim.Problem("four", rosenbrock4, np.zeros_like, dimension=4)
    )
    counts = []
    simulate(SIMPLEX, {}, rows[0][:, None], Conditions(problem, len(rows) - 1), [0], lambda *seen: counts.append(seen[2].counts()))
    assert np.ravel(counts[-1][0])[0] == made["looks"]
    assert np.ravel(counts[0][0])[0] == rows.shape[1] + 1


@pytest.mark.parametrize(("optimizer", "golden"), in_the_plane(recorded("purecma", "cma_es", "samples")))
def test_cma_es_learns_from_samples_what_purecma_does(optimizer, golden):
    mean, sigma, covariance = compare_second_order.samples(optimizer, golden)
    assert mean.steps == 60
    assert mean.largest <= 1e-12
    assert sigma.largest <= 1e-11
    assert covariance.largest <= 1e-11


@pytest.mark.parametrize("d", [1, 5])
def test_cma_es_learns_the_same_in_other_dimensions(d):
    def ellipsoid(x):
        return sum(10.0**i * (x[i] * x[i]) for i in range(d))

    run = f"purecma/ellipsoid{d}"
    golden = Golden(run, compare_second_order.OURS["runs"][run]["values"], "samples")
    on = optim.Problem("ellipsoid", ellipsoid, np.zeros_like, dimension=d)
    for result in compare_second_order.samples(CLOUD, golden, on):
        assert result.largest <= 1e-11


def test_a_wrong_setting_shows():
    results = compare_second_order.samples(CLOUD, Golden("purecma/beale", {"sigma": 0.50001}))
    assert results[1].largest > 1e-6


def test_the_constants_of_the_plane_are_the_tutorial_s():
    plane = constants(2)
    assert (plane.samples, len(plane.weights)) == (6, 3)
    assert plane.parents == pytest.approx(2.0286, abs=1e-4)
    assert sum(plane.weights) == pytest.approx(1.0, abs=1e-15)
    assert [constants(d).samples for d in (1, 2, 3, 5, 10, 20)] == [4, 6, 7, 8, 10, 12]


def test_cma_es_samples_the_normal_distribution_that_its_state_describes():
    runs, points = 4000, []

    def value(x):
        points.append(x)
        return np.zeros(x.shape[1:])

    covariance = np.array([[4.0, 1.5], [1.5, 1.0]])
    state = CLOUD.init(None, np.zeros((2, runs)), {"sigma": 0.5})
    state["covariance"] = np.repeat(covariance[:, :, None], runs, axis=2)
    numbers = np.random.default_rng(0).normal(size=(6, 2, runs))
    fed = compare_second_order.Fed(normal=numbers)
    fed.value = lambda x, where=None: value(x)
    CLOUD.step(fed, np.array([[3.0], [-1.0]]) + np.zeros((2, runs)), state, {"sigma": 0.5})
    seen = np.concatenate(points, axis=1)
    np.testing.assert_allclose(seen.mean(axis=1), [3.0, -1.0], atol=0.02)
    np.testing.assert_allclose(np.cov(seen), 0.25 * covariance, atol=0.03)


@pytest.mark.parametrize(
    ("name", "start", "seeds"), [("elongated_bowl", (-7.0, 2.0), 5), ("rosenbrock", (-1.2, 1.0), 5), ("beale", (1.0, 1.5), 5)]
)
def test_cma_es_finds_the_minimum_from_any_seed(name, start, seeds):
    problem, x = optim.PROBLEMS[name], np.repeat(np.array(start)[:, None], seeds, axis=1)
    end = simulate(CLOUD, {"sigma": 0.5}, x, Conditions(problem, 300), range(seeds))
    assert np.all(problem.value(end) < 1e-12)


def test_cma_es_sees_only_the_order_of_the_values():
    problem = optim.PROBLEMS["himmelblau"]
    squeezed = optim.Problem("squeezed", lambda x: np.log1p(problem.value(x)) * 3 - 5, problem.gradient)
    x = samples.points(problem.view, 9, np.random.default_rng(1))
    one, other = (simulate(CLOUD, {"sigma": 0.5}, x, Conditions(on, 20), range(9)) for on in (problem, squeezed))
    assert samples.bits(one) == samples.bits(other)


def test_cma_es_differs_with_the_seed_and_repeats_with_it():
    ends = [optim.race(optim.RaceSpec("beale", optim.Entry("cma_es"), (1.0, 1.5), 10, seed=seed)).path[0] for seed in (3, 3, 4)]
    assert samples.bits(ends[0]) == samples.bits(ends[1])
    assert not np.array_equal(ends[0], ends[2])


@PROBLEMS
def test_nelder_mead_keeps_its_corners_in_order_with_their_values_and_shows_the_best(problem):
    x = samples.points(problem.view, 20, np.random.default_rng(3))
    log = []
    simulate(SIMPLEX, {}, x, Conditions(problem, 40), [0] * 20, lambda x, state, _: log.append((x, state)))
    for point, state in log[1:]:
        assert np.array_equal(point, state["simplex"][0])
        assert np.all(np.diff(state["values"], axis=0) >= 0)
        for corner, value in zip(state["simplex"], state["values"], strict=True):
            assert samples.bits(problem.value(corner)) == samples.bits(value)
    assert np.all(np.diff([state["values"][0] for _, state in log], axis=0) <= 0)


def test_nelder_mead_shrinks_in_place_where_nothing_is_lower():
    result = optim.race(optim.RaceSpec("0*x", optim.Entry("nelder_mead"), (1.0, 2.0), 3), states=True)
    assert np.all(result.path[0] == [1.0, 2.0])
    sides = result.states[0]["simplex"][:, 1] - result.states[0]["simplex"][:, 0]
    np.testing.assert_allclose(sides[:, 0], 0.05 * 0.5 ** np.arange(4), rtol=1e-12)
    assert result.evaluations[0].tolist() == [3, 7, 11, 15]


def test_equal_values_keep_their_order():
    """Every third corner is a step lower; within a step the corners stand in the order in which they were made."""
    steps = optim.Problem(
        "steps", lambda x: -np.sum(x[::3] > np.arange(1.0, 31.0, 3)[:, None], axis=0) * 1.0, np.zeros_like, dimension=30
    )
    start = np.arange(1.0, 31.0)
    simplex = SIMPLEX.init(CountingOracle(steps, [0], 1), start[:, None], {})["simplex"][:, :, 0]
    moved = [int(np.argmax(corner != start)) if np.any(corner != start) else -1 for corner in simplex]
    assert moved == [*range(0, 30, 3), -1, *(axis for axis in range(30) if axis % 3)]


def test_nelder_mead_does_not_leave_a_worse_value_than_it_had_for_one_that_is_none():
    hole = optim.Problem("hole", lambda x: np.where(x[0] < 0, np.nan, x[0] ** 2 + x[1] ** 2), np.zeros_like)
    result = optim.race(optim.RaceSpec(hole, optim.Entry("nelder_mead"), (1.0, 1.0), 60))
    assert np.isfinite(result.loss).all()
    assert result.loss[0, -1] < 1e-3


def test_cma_es_pays_for_six_values_per_step_in_the_plane():
    result = optim.race(optim.RaceSpec("beale", optim.Entry("cma_es"), (1.0, 1.5), 4))
    assert result.evaluations[0].tolist() == [0, 6, 12, 18, 24]
