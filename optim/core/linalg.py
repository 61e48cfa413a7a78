"""Small linear algebra for a batch of runs, coordinates first: sums go over coordinates in a fixed order, and nothing raises."""

import math
from typing import Any

import numpy as np

from optim.core.types import Array

_TINY = np.finfo(float).eps
"""Smallest eigenvalue of a covariance that is believed, relative to the largest: below it is rounding."""
_FEW = 32
"""Up to so many coordinates sums go in a fixed order, so that a run alone has the bits of a batch; beyond, in NumPy's: 40 times
faster on the 6 310 weights of a network. Of its ways einsum is the fastest on one core: on four networks of 37 810 weights it
takes 0.2 ms, np.sum of the products 0.9, and np.hypot for a norm 3.7."""
_SERIAL = 2**18
"""Multiplications up to which OpenBLAS keeps a product on one core. Beyond, its threads wait for each other: on two cores that
others use too a step of the book's network took 50 ms with them and 3 without."""
_SQUARES = (1e-146, 1e153)
"""Norms between these are the root of a sum of squares to the last bit: no square overflows, none that counts is denormal."""


def dot(a: Array, b: Array) -> Array:
    """Return the inner products (...) of two arrays (d, ...), added up in the order of the coordinates where they are few."""
    if len(a) > _FEW:
        return np.asarray(np.einsum("i...,i...->...", a, b))
    total: Array = a[0] * b[0]
    for axis in range(1, len(a)):
        total = total + a[axis] * b[axis]
    return total


def mean(a: Array) -> Array:
    """Return the mean (...) of the coordinates of vectors (d, ...); a number that all of them share is its own mean."""
    if np.ndim(a) == 0:
        return a
    result: Array = dot(a, np.ones_like(a)) / len(a)
    return result


def norm(a: Array) -> Array:
    """Return the Euclidean norm (B,) of each run's vector (d, B); it overflows only where the norm itself does."""
    if len(a) > _FEW:
        largest = np.max(np.abs(a), axis=0)
        scale = np.where((largest > 0) & (largest < np.inf), largest, 1.0)
        return np.asarray(scale * np.sqrt(dot(a / scale, a / scale)))
    total: Array = np.abs(a[0])
    for axis in range(1, len(a)):
        total = np.hypot(total, a[axis])
    return total


def norm_by_squares(a: Array) -> Array:
    """Return the Euclidean norms (...) of vectors (d, ...) as the root of their sum of squares.

    Apart from `norm`, which rounds otherwise: what was measured with squares keeps its bits.
    """
    with np.errstate(all="ignore"):
        return _where_squares_fail(np.asarray(np.sqrt(dot(a, a))), a, axis=0)


def point_norms(points: Array) -> Array:
    """Return the Euclidean norms (...) of points (..., d), coordinates last, by squares.

    Apart from `norm_by_squares`: from eight coordinates on, NumPy's sum along the last axis adds in another order than `dot`.
    """
    with np.errstate(all="ignore"):
        return _where_squares_fail(np.asarray(np.sqrt(np.sum(points * points, axis=-1))), points, axis=-1)


def _where_squares_fail(norms: Array, a: Array, axis: int) -> Array:
    """Return norms of vectors along an axis of `a`, scaled where squares overflow, above 1e154, or lose their digits."""
    if norms.size and _SQUARES[0] < norms.min() and norms.max() < _SQUARES[1]:
        return norms
    outside = ~((norms > _SQUARES[0]) & (norms < _SQUARES[1])) & np.isfinite(a).all(axis=axis)
    if not outside.any():
        return norms
    _, exponent = np.frexp(np.max(np.abs(a), axis=axis, keepdims=True))
    scaled = np.ldexp(a, -exponent)
    return np.where(outside, np.ldexp(np.sqrt(np.sum(scaled * scaled, axis=axis)), exponent.squeeze(axis)), norms)


def product(a: Array, b: Array, out: Array) -> Array:
    """Write the matrix products of two stacks into `out`, so many rows at a time that each stays on one core, and return it."""
    rows = max(1, _SERIAL // (a.shape[-1] * b.shape[-1]))
    for begin in range(0, a.shape[-2], rows):
        part = slice(begin, begin + rows)
        np.matmul(a[..., part, :], b, out=out[..., part, :])
    return out


def times(matrix: Array, vector: Array) -> Array:
    """Return the products (d, ...) of matrices (d, d, B) with vectors (d, B)."""
    return np.stack([dot(row, vector) for row in matrix])


@np.errstate(all="ignore")
def solve(matrix: Array, vector: Array) -> Array:
    """Return the solutions (d, B) of `matrix` (d, d, B) times solution = `vector` (d, B); NaN in a run whose matrix is singular.

    Two coordinates are solved by determinants, which treat both alike; more by Gaussian elimination with partial pivoting.
    """
    if len(vector) == 2:
        return _two_by_two(matrix, vector)
    rows = np.concatenate([matrix, vector[:, None]], axis=1)
    for column in range(len(vector)):
        rows = _eliminated(rows, column)
    solution = np.empty(vector.shape)
    for row in reversed(range(len(vector))):
        rest = rows[row, -1]
        for column in range(row + 1, len(vector)):
            rest = rest - rows[row, column] * solution[column]
        solution[row] = rest / rows[row, row]
    return solution


def _two_by_two(matrix: Array, vector: Array) -> Array:
    # A power of two takes the size out of the matrix, exactly: the determinant of large entries does not overflow.
    _, exponent = np.frexp(np.max(np.abs(matrix), axis=(0, 1)))
    (a, b), (c, d) = np.ldexp(matrix, -exponent)
    determinant = a * d - b * c
    determinant = np.where(determinant == 0.0, np.nan, determinant)
    u, v = vector
    solution: Array = np.ldexp(np.stack([(d * u - b * v) / determinant, (a * v - c * u) / determinant]), -exponent)
    return solution


def _eliminated(rows: Array, column: int) -> Array:
    """Return the rows (d, d + 1, B) with the largest entry of `column` moved to the diagonal and zeros below it."""
    pivot = column + np.argmax(np.abs(rows[column:, column]), axis=0)
    order = np.repeat(np.arange(len(rows))[:, None], rows.shape[2], axis=1)
    order = np.where(order == pivot, column, order)
    order[column] = pivot
    rows = np.take_along_axis(rows, order[:, None, :], axis=0)
    rows[column, column] = np.where(rows[column, column] == 0.0, np.nan, rows[column, column])
    for row in range(column + 1, len(rows)):
        rows[row] = rows[row] - rows[row, column] / rows[column, column] * rows[column]
    return rows


@np.errstate(all="ignore")
def roots(matrix: Array) -> tuple[Array, Array]:
    """Return the symmetric root and its inverse, both (d, d, B), of symmetric positive definite matrices (d, d, B).

    Eigenvalues that rounding made too small or negative count as the smallest ones believable; a matrix that is not finite
    has NaN roots.
    """
    if len(matrix) == 2:
        return _two_by_two_roots(matrix)
    finite = np.isfinite(matrix).all(axis=(0, 1))
    safe = np.where(finite, matrix, np.eye(len(matrix))[:, :, None])
    values, vectors = np.linalg.eigh(np.moveaxis(safe, -1, 0))
    lengths = np.sqrt(np.maximum(values, _TINY * values[:, -1:]))
    vectors, lengths = np.moveaxis(vectors, 0, -1), lengths.T
    root, inverse = (_product(vectors, scale) for scale in (lengths, 1.0 / lengths))
    return np.where(finite, root, np.nan), np.where(finite, inverse, np.nan)


def _product(vectors: Array, scale: Array) -> Array:
    """Return V diag(scale) V' for eigenvectors in the columns of V (d, d, B)."""
    return np.stack([np.stack([dot(one * scale, other) for other in vectors]) for one in vectors])


def _two_by_two_roots(matrix: Array) -> tuple[Array, Array]:
    """Return (C + s I) / t and its inverse, with s the root of the determinant and t that of trace + 2 s."""
    (a, b), (_, c) = matrix
    trace = a + c
    s = np.sqrt(np.maximum(a * c - b * b, _TINY * trace * trace))
    t = np.sqrt(trace + 2.0 * s)
    root = np.stack([np.stack([a + s, b]), np.stack([b, c + s])]) / t
    inverse = np.stack([np.stack([c + s, -b]), np.stack([-b, a + s])]) / (s * t)
    return root, inverse


def root(value: Any) -> Any:
    """Return the square root of a plain number or an array, the same to the last bit."""
    return math.sqrt(value) if isinstance(value, float) and value >= 0.0 else np.sqrt(value)


def power(base: Any, exponent: Any) -> Any:
    """Return base to the power of exponent, plain numbers or arrays (B,), the same alone and in a batch.

    NumPy's vector pow rounds otherwise than the plain one, and a run must not depend on its neighbours.
    """
    if isinstance(base, np.ndarray) or isinstance(exponent, np.ndarray):
        pairs = np.broadcast(base, exponent)
        powers = np.array([_power(float(one), float(other)) for one, other in pairs]).reshape(pairs.shape)
        single = np.result_type(base, exponent) == np.float32
        return powers.astype(np.float32) if single else powers
    return _power(float(base), float(exponent))


def _power(base: float, exponent: float) -> float:
    """Return a power of plain numbers, infinite or not a number where Python's own would raise or be complex."""
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError, ZeroDivisionError):
        return float(np.power(base, exponent))
