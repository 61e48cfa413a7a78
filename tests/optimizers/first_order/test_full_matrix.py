"""Rules that scale by a matrix of past gradients: beside plain loops for one run, and on turned functions."""

import math

import numpy as np
import pytest

import optim
from optim.core.oracle import Block, Oracle
from optim.core.simulate import Conditions, simulate
from optim.networks.spec import no_network
from optim.optimizers import MATRIX_OPTIMIZERS
from tests.support import samples

TURNED = {"adagrad_full": {"lr": 0.5}, "soap_vector": {"lr": 0.1}}
"""Rule -> the settings that it is raced with."""
RULES = pytest.mark.parametrize("name", TURNED)
START = (3.1, -2.3)
BOWL = np.diag([0.5, 3.0, 12.0, 0.1]) + 0.2


def turned_by(degrees, point):
    """Return a point (2,) turned about the origin as the dial turns a function."""
    c, s = math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))
    return np.array([[c, -s], [s, c]]) @ point


def raced(name, start, rotate=0.0, **values):
    entry = optim.Entry(name, {**TURNED.get(name, {"lr": 0.1}), **values})
    return optim.race(optim.RaceSpec("elongated_bowl", entry, tuple(start), 60, rotate=rotate)).path[0]


def apart_when_turned(name, **values):
    """Return how far a race on a function turned by 30 degrees, its start turned along, is from the plain race turned."""
    moved = np.array([turned_by(30.0, point) for point in raced(name, START, **values)])
    return np.abs(raced(name, moved[0], 30.0, **values) - moved).max()


def along(name, values, d, steps, gradient):
    """Return a rule's own path (steps + 1, d) with these gradients."""
    problem = optim.Problem("bowl", lambda x: np.sum(x * x, axis=0), lambda x: gradient(x[:, 0])[:, None], dimension=d)
    hp, log = samples.entry(optim.OPTIMIZERS[name], **values).hyper, []
    simulate(optim.OPTIMIZERS[name], hp, np.ones((d, 1)), Conditions(problem, steps), [0], lambda x, *_: log.append(x[:, 0]))
    return np.array(log)


@RULES
def test_a_turned_function_has_the_turned_path(name):
    assert apart_when_turned(name) < 1e-9
    assert len(np.unique(raced(name, START), axis=0)) > 50


@RULES
def test_rounding_is_not_divided_by_its_own_size(name):
    """At first all gradients lie along one line: what is left of them across it is rounding, and other where it is turned."""
    assert apart_when_turned(name, eps=1e-16) < 2e-11


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


class Column(Oracle):
    """A bowl with noise in every gradient, whose coordinates are a matrix of one column, or a vector."""

    def __init__(self, d, steps, as_matrix):
        rng = np.random.default_rng(7)
        self._curvature, self._noise = BOWL[:d, :d], rng.standard_normal((steps, d, 1))
        self._as_matrix, self.step = as_matrix, 0

    def blocks(self, x):
        return (Block("a.W", (len(x), 1), slice(0, len(x))),) if self._as_matrix else super().blocks(x)

    def gradient(self, x, where=None):
        return np.einsum("ij,jb->ib", self._curvature, x) + self._noise[self.step]

    def value(self, x, where=None):
        raise NotImplementedError

    hessian = normal = value


@pytest.mark.parametrize("d", [2, 4])
@pytest.mark.parametrize("values", [{"every": 1}, {"every": 3, "memory": 0.8, "weight_decay": 0.1, "beta1": 0.5, "beta2": 0.99}])
def test_soap_on_a_vector_is_soap_on_a_matrix_of_one_column(d, values):
    steps, paths = 40, []
    for rule, as_matrix in ((optim.OPTIMIZERS["soap_vector"], False), (MATRIX_OPTIMIZERS["soap"], True)):
        oracle, x = Column(d, steps, as_matrix), np.ones((d, 1))
        hp = samples.entry(rule, lr=0.05, eps=1e-3, **{"weight_decay": 0.0, **values}).hyper
        state, log = rule.init(oracle, x, hp), [x]
        for oracle.step in range(steps):
            x, state = rule.step(oracle, x, state, hp)
            log.append(x)
        paths.append(np.array(log))
    np.testing.assert_allclose(*paths, rtol=0, atol=1e-10)
    assert np.array_equal(paths[0][1], paths[0][0])
    assert np.abs(np.diff(paths[0][1:], axis=0)).min() > 0


def test_the_axes_of_soap_stay_orthogonal_and_turn_towards_the_eigenvectors():
    spec = optim.RaceSpec("rotated_ellipse", optim.Entry("soap_vector", {"lr": 0.1, "every": 1}), (-1.5, 2.0), 60, noise=0.5)
    axes, average = (optim.race(spec, states=True).states[0][name][1:] for name in ("axes", "average"))
    across = np.array([a.T @ a for a in axes])
    np.testing.assert_allclose(across, np.broadcast_to(np.eye(2), across.shape), atol=1e-14)
    seen = np.array([a.T @ b @ a for a, b in zip(axes, average, strict=True)])
    assert abs(seen[0, 0, 1]) < 1e-12 * seen[0, 0, 0]
    assert np.all(np.abs(seen[30:, 0, 1]) < 0.2 * seen[30:, 0, 0])
