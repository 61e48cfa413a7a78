"""Rules that scale by a matrix of past gradients: beside plain loops for one run, and on turned functions."""

import math

import numpy as np
import pytest

import optim
from optim.core.simulate import Conditions, simulate
from optim.networks.spec import no_network
from tests.support import samples

TURNED = {"adagrad_full": {"lr": 0.5}}
"""Rule -> the settings that it is raced with."""
RULES = pytest.mark.parametrize("name", TURNED)
BOWL = np.diag([0.5, 3.0, 12.0, 0.1]) + 0.2


def turned_by(degrees, point):
    """Return a point (2,) turned about the origin as the dial turns a function."""
    c, s = math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))
    return np.array([[c, -s], [s, c]]) @ point


def raced(name, problem, start, steps, **dials):
    return optim.race(optim.RaceSpec(problem, optim.Entry(name, TURNED.get(name, {"lr": 0.1})), tuple(start), steps, **dials)).path[
        0
    ]


def apart_when_turned(name, problem="elongated_bowl", start=(-7.0, 2.0), steps=60):
    """Return how far a race on a function turned by 30 degrees, its start turned along, is from the plain race turned."""
    moved = np.array([turned_by(30.0, point) for point in raced(name, problem, start, steps)])
    return np.abs(raced(name, problem, moved[0], steps, rotate=30.0) - moved).max()


def along(name, values, d, steps, gradient):
    """Return a rule's own path (steps + 1, d) with these gradients."""
    problem = optim.Problem("bowl", lambda x: np.sum(x * x, axis=0), lambda x: gradient(x[:, 0])[:, None], dimension=d)
    hp, log = samples.entry(optim.OPTIMIZERS[name], **values).hyper, []
    simulate(optim.OPTIMIZERS[name], hp, np.ones((d, 1)), Conditions(problem, steps), [0], lambda x, *_: log.append(x[:, 0]))
    return np.array(log)


@RULES
def test_a_turned_function_has_the_turned_path(name):
    assert apart_when_turned(name) < 1e-9
    assert len(np.unique(raced(name, "elongated_bowl", (-7.0, 2.0), 60), axis=0)) > 50


@pytest.mark.parametrize("name", ["adagrad", "adam"])
def test_for_a_scale_per_coordinate_it_has_another(name):
    assert apart_when_turned(name) > 0.1


@RULES
def test_no_network_is_trained_by_a_matrix_as_large_as_its_weights_squared(name):
    assert no_network(optim.OPTIMIZERS[name]) == "it keeps a matrix that has as many rows as there are weights"
    with pytest.raises(optim.SpecError, match="a matrix that has as many rows as there are weights"):
        optim.NetworkSpec(entries=optim.Entry(name))


@pytest.mark.parametrize("d", [2, 4])
def test_full_matrix_adagrad_is_a_plain_loop_with_eigenvalues(d):
    curvature, start = BOWL[:d, :d], np.ones(d)
    x, total, wanted = start, 1e-3 * np.eye(d), [start]
    for _ in range(40):
        g = curvature @ x
        total = total + np.outer(g, g)
        values, vectors = np.linalg.eigh(total)
        x = x - 0.3 * vectors @ (vectors.T @ g / np.sqrt(values))
        wanted.append(x)
    ours = along("adagrad_full", {"lr": 0.3, "eps": 1e-3}, d, 40, lambda x: curvature @ x)
    np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-10)


def test_along_an_axis_full_matrix_adagrad_is_adagrad():
    full, plain = (
        optim.race(optim.RaceSpec("elongated_bowl", optim.Entry(name, {"lr": 0.5, "eps": 1e-16}), (0.0, 2.0), 30)).path[0]
        for name in ("adagrad_full", "adagrad")
    )
    np.testing.assert_allclose(full, plain, rtol=0, atol=1e-12)
