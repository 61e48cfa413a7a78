"""The small linear algebra: right to rounding, the same for a run in a batch, and never an exception."""

import math

import numpy as np
import pytest

import optim
from optim.core.linalg import dot, norm_by_squares, point_norms, product, roots, solve, times
from tests.support import samples

DIMENSIONS = pytest.mark.parametrize("d", [1, 2, 3, 5, 8])


def drawn(d, runs=50, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(d, d, runs)), rng.normal(size=(d, runs))


@DIMENSIONS
def test_products_are_numpy_s(d):
    matrix, vector = drawn(d)
    np.testing.assert_allclose(dot(matrix[0], vector), np.einsum("ib,ib->b", matrix[0], vector), rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(times(matrix, vector), np.einsum("ijb,jb->ib", matrix, vector), rtol=1e-13, atol=1e-14)


@DIMENSIONS
def test_solutions_are_numpy_s(d):
    matrix, vector = drawn(d)
    expected = np.linalg.solve(np.moveaxis(matrix, -1, 0), vector.T[:, :, None])[:, :, 0].T
    np.testing.assert_allclose(solve(matrix, vector), expected, rtol=1e-9, atol=1e-12)


@DIMENSIONS
def test_a_zero_on_the_diagonal_is_no_obstacle(d):
    matrix, vector = drawn(d)
    if d > 1:
        matrix[range(d), range(d)] = 0.0
        np.testing.assert_allclose(times(matrix, solve(matrix, vector)), vector, rtol=1e-8, atol=1e-8)


@DIMENSIONS
def test_a_singular_run_alone_gets_nan(d):
    matrix, vector = drawn(d)
    expected = solve(matrix, vector)
    matrix[:, -1, 3] = 0.0
    matrix[0, :, 4] = 0.0
    matrix[..., 5] = np.nan
    result = solve(matrix, vector)
    assert np.isnan(result[:, 3:6]).any(axis=0).all()
    assert d > 2 or np.isnan(result[:, 3:6]).all()
    others = np.delete(np.arange(50), [3, 4, 5])
    assert samples.bits(result[:, others]) == samples.bits(expected[:, others])


@DIMENSIONS
@pytest.mark.parametrize("size", [1e-290, 1e-155, 1e155, 1e290])
def test_entries_of_any_size_are_solved(d, size):
    matrix, vector = drawn(d, seed=2)
    np.testing.assert_allclose(solve(matrix * size, vector) * size, solve(matrix, vector), rtol=1e-9)


@DIMENSIONS
def test_nothing_given_is_written_to(d):
    matrix, vector = drawn(d)
    matrix.setflags(write=False)
    vector.setflags(write=False)
    solve(matrix, vector)
    roots(times(matrix, matrix.transpose(1, 0, 2)[:, None]) if d == 1 else np.abs(matrix) + 9 * np.eye(d)[:, :, None])


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_run_alone_is_the_run_in_a_batch(d):
    matrix, vector = drawn(d, seed=5)
    positive = covariances(d)
    for i in range(50):
        alone = slice(i, i + 1)
        assert samples.bits(solve(matrix[..., alone], vector[..., alone])) == samples.bits(solve(matrix, vector)[..., alone])
        for one, every in zip(roots(positive[..., alone]), roots(positive), strict=True):
            assert samples.bits(one) == samples.bits(every[..., alone])


def covariances(d, seed=7):
    matrix, _ = drawn(d, seed=seed)
    return np.einsum("ikb,jkb->ijb", matrix, matrix)


@DIMENSIONS
def test_the_root_of_a_covariance_is_symmetric_and_its_square_is_the_covariance(d):
    covariance = covariances(d)
    root, inverse = roots(covariance)
    for matrix in (root, inverse):
        np.testing.assert_allclose(matrix, matrix.transpose(1, 0, 2), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.einsum("ikb,kjb->ijb", root, root), covariance, rtol=1e-10, atol=1e-12)
    identity = np.einsum("ikb,kjb->ijb", root, inverse)
    np.testing.assert_allclose(identity, np.repeat(np.eye(d)[:, :, None], 50, axis=2), atol=1e-6)
    assert np.all(np.linalg.eigvalsh(np.moveaxis(root, -1, 0)) > 0)


@DIMENSIONS
def test_a_covariance_that_is_hardly_positive_has_a_finite_root_and_one_that_is_not_finite_has_none(d):
    covariance = np.stack([np.ones((d, d)), np.full((d, d), np.inf), np.eye(d), np.full((d, d), np.nan)], axis=-1)
    root, inverse = roots(covariance)
    assert np.isfinite(root[..., [0, 2]]).all()
    assert np.isfinite(inverse[..., [0, 2]]).all()
    np.testing.assert_allclose(root[..., 2], np.eye(d), rtol=1e-15)
    assert np.isnan(root[..., [1, 3]]).any(axis=(0, 1)).all() or d == 1


@DIMENSIONS
@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-170, 1e-155, 1.0, 1e150, 1e155, 1e200, 1e300])
def test_norms_by_squares_neither_overflow_nor_vanish(d, size):
    _, vector = drawn(d, seed=4)
    vector = vector * size
    exact = np.array([math.hypot(*run) for run in vector.T.tolist()])
    tolerance = 1e-14 if size > 1e-310 else 1e-2  # denormal numbers have few digits
    with np.errstate(all="raise"):
        norms = norm_by_squares(vector), point_norms(vector.T)
    np.testing.assert_allclose(norms, (exact, exact), rtol=tolerance)


@DIMENSIONS
def test_ordinary_norms_are_the_root_of_the_sum_of_squares_to_the_last_bit(d):
    _, vector = drawn(d, seed=5)
    vector[:, 0] = 0.0
    vector[:, 1] = np.nan
    vector[0, 2] = np.inf
    assert samples.bits(norm_by_squares(vector)) == samples.bits(np.sqrt(dot(vector, vector)))
    assert samples.bits(point_norms(vector.T)) == samples.bits(np.sqrt(np.sum(vector.T * vector.T, axis=-1)))


@pytest.mark.parametrize("factor", [1e-170, 1e-165, 1.0, 1e160, 1e200, -1e250])
def test_a_race_records_the_gradient_s_norm_whatever_its_size(factor):
    scaled = optim.Problem("scaled", lambda x: factor * (x[0] ** 2 + x[1] ** 2), lambda x: factor * 2.0 * x)
    result = optim.race(optim.RaceSpec(scaled, optim.Entry("sgd", {"lr": 1e-300}), (3.0, 4.0), 1))
    np.testing.assert_allclose(result.gradient_norm[0, 0], 10.0 * abs(factor), rtol=1e-14)


def test_products_in_pieces_are_the_products():
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((2, 130, 90)), rng.standard_normal((2, 90, 110))
    assert np.allclose(product(a, b, np.empty((2, 130, 110))), a @ b, rtol=1e-13)
