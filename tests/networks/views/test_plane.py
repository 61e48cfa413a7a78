"""Planes and landscapes: shares and projections of an independent SVD, and losses that are those of the network."""

from dataclasses import replace

import numpy as np
import pytest

import optim
from optim.networks.views.landscape import COARSE, SIZE, line_between, losses_at, surfaces, truth
from optim.networks.views.plane import Plane, joint_plane, random_plane

ENTRIES = tuple(optim.Entry(name, {"lr": 0.05}) for name in ("sgd", "momentum", "adam"))
SPEC = optim.NetworkSpec("two_moons", ENTRIES, layers=(6, 5), steps=60, every=6)


@pytest.fixture(scope="module")
def result():
    return optim.train(SPEC)


@pytest.fixture(scope="module")
def plane(result):
    return joint_plane(result)


@pytest.fixture(scope="module")
def svd(result):
    """The points of all paths, their middle, and the singular values and vectors of the points about it."""
    points = result.points.reshape(-1, result.points.shape[-1])
    _, values, vectors = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    return points, points.mean(axis=0), values, vectors


def test_axes_and_shares_are_those_of_an_svd_of_the_points(plane, svd):
    _, middle, values, vectors = svd
    assert np.allclose(plane.centre, middle, rtol=1e-13)
    assert np.allclose(plane.axes.T @ plane.axes, np.eye(2), atol=1e-9)
    assert np.allclose(np.abs(plane.axes.T @ vectors[:2].T), np.eye(2), atol=1e-9)
    assert np.allclose(plane.shares[:5], (values**2 / np.sum(values**2))[:5], atol=1e-12)
    assert plane.share == pytest.approx(np.sum(values[:2] ** 2) / np.sum(values**2), rel=1e-12)


def test_projected_points_and_losses_are_those_of_an_svd(result, plane, svd):
    points, middle, _, vectors = svd
    projected = middle + (points - middle) @ vectors[:2].T @ vectors[:2]
    assert np.allclose(plane.points(plane.paths).reshape(points.shape), projected, atol=1e-9)
    inputs, targets = SPEC.examples.examples(slice(0, 480))
    found = truth(result, plane)
    assert np.allclose(found.true.ravel(), SPEC.network.value(points.T, inputs, targets), rtol=1e-12)
    assert np.allclose(found.projected.ravel(), SPEC.network.value(projected.T, inputs, targets), rtol=1e-9)
    apart = np.abs(found.true - found.projected)
    assert apart[found.largest] == apart.max() > 0


def test_finer_pictures_follow_coarse_ones_and_end_in_the_loss_at_every_point(plane):
    drawn = list(surfaces(SPEC, plane, size=41))
    assert [one.size for one in drawn] == [COARSE, 21, SIZE]
    last = drawn[-1]
    for one, step in zip(drawn, (4, 2, 1), strict=True):
        assert np.array_equal(one.loss, last.loss[::step, ::step])
        assert np.array_equal(one.u, last.u[::step])
    assert np.isfinite(last.loss).all()
    for row, column in ((0, 0), (3, 40), (40, 7)):
        point = plane.points(np.array([last.u[column], last.v[row]]))
        assert last.loss[row, column] == pytest.approx(losses_at(SPEC, point[None])[0], rel=1e-12)
    (low, high), _ = plane.box
    assert (last.u[0], last.u[-1]) == (low, high)
    assert [one.size for one in surfaces(SPEC, plane, size=5)] == [5]


def test_no_point_of_a_picture_is_computed_twice(plane, monkeypatch):
    seen = []
    network = type(SPEC.network)
    value = network.value
    monkeypatch.setattr(network, "value", lambda self, x, *rest: seen.append(x.shape[1]) or value(self, x, *rest))
    list(surfaces(SPEC, plane, size=21))
    assert sum(seen) == 21 * 21


def test_the_window_holds_every_path_with_a_margin(plane):
    for axis, (low, high) in enumerate(plane.box):
        assert low < plane.paths[..., axis].min() < plane.paths[..., axis].max() < high


def test_a_path_that_diverged_is_left_out(result):
    wild = optim.train(replace(SPEC, entries=(*ENTRIES, optim.Entry("sgd", {"lr": 1e200}))))
    found = joint_plane(wild)
    assert np.isnan(found.paths[3]).all()
    assert np.allclose(found.paths[:3], joint_plane(result).paths, atol=1e-9)
    assert np.isnan(truth(wild, found).true[3]).all()
    with pytest.raises(optim.DataError, match="every entry diverged"):
        joint_plane(optim.train(replace(SPEC, entries=(optim.Entry("sgd", {"lr": 1e200}),))))


def test_a_plane_says_how_much_it_hides(plane):
    assert plane.sentence.startswith(f"This plane holds {plane.share:.0%} of the variance")
    little = Plane(plane.centre, plane.axes, plane.paths, np.full(10, 0.1))
    assert little.sentence.endswith("more of them is hidden than is seen.")
    assert "20%" in little.sentence
    assert "hidden" not in Plane(plane.centre, plane.axes, plane.paths, np.array([0.4, 0.2, 0.4])).sentence


def test_paths_on_a_line_have_one_axis():
    still = optim.train(replace(SPEC, entries=(optim.Entry("sgd", {"lr": 0.05}),), steps=1, every=1))
    found = joint_plane(still)
    assert found.shares[0] == pytest.approx(1.0)
    assert np.allclose(found.paths[..., 1], 0)
    assert all(low < high for low, high in found.box)
    alone = joint_plane(optim.train(replace(SPEC, entries=(optim.Entry("sgd", {"lr": 0.0}),), steps=2, every=1)))
    assert alone.share == 1.0
    assert (alone.axes == 0).all()
    assert np.isfinite([surface.loss for surface in surfaces(SPEC, alone, size=3)]).all()


def test_a_random_plane_moves_each_units_weights_by_their_own_length(result):
    found = random_plane(result, 1, seed=4)
    end = result.points[1, -1]
    assert np.array_equal(found.centre, end)
    for block in result.blocks:
        for axis in range(2):
            moved, there = found.axes[block.part, axis].reshape(block.shape), end[block.part].reshape(block.shape)
            if len(block.shape) == 2:
                assert np.allclose(np.linalg.norm(moved, axis=0), np.linalg.norm(there, axis=0), rtol=1e-12)
            else:
                assert (moved == 0).all()
    assert np.allclose(found.paths[1, -1], 0, atol=1e-12)
    assert np.allclose(found.coordinates(found.points(np.array([0.3, -0.7]))), [0.3, -0.7])
    assert np.isnan(found.share)
    assert "shadows" in found.sentence
    assert not np.allclose(random_plane(result, 1, seed=5).axes, found.axes)


def test_a_line_goes_from_one_end_to_the_other(result):
    found = line_between(result, 0, 2, size=7)
    assert np.allclose(found.t, [-0.25, 0, 0.25, 0.5, 0.75, 1, 1.25])
    ends = losses_at(SPEC, result.points[[0, 2], -1])
    assert np.allclose(found.loss[[1, 5]], ends, rtol=1e-12)
    assert np.isclose(found.loss[3], losses_at(SPEC, result.points[[0, 2], -1].mean(axis=0, keepdims=True))[0], rtol=1e-9)
