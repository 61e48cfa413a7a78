"""Bowls and a valley in any dimension: what a method pays for stiff directions, and for how many there are."""

from collections.abc import Callable

import numpy as np

from optim.core.types import Array, Function
from optim.problems.family import ProblemFamily, added, along, diagonal, repeated


def _weighted(weights: Callable[[int], Array]) -> tuple[Function, Function, Function]:
    """Return value, gradient and Hessian of the weighted sum of squares, `weights(d)` being (d,)."""

    def value(x: Array) -> Array:
        return added(along(weights(len(x)), x) * x * x)

    def gradient(x: Array) -> Array:
        return 2.0 * along(weights(len(x)), x) * x

    def hessian(x: Array) -> Array:
        return diagonal(2.0 * along(weights(len(x)), x) + 0.0 * x)

    return value, gradient, hessian


def _first(first: float, others: float) -> Callable[[int], Array]:
    """Return the weights of a sum of squares in which one coordinate differs from all others."""
    return lambda dimension: np.array([first] + [others] * (dimension - 1))


_SPHERE = _weighted(_first(1.0, 1.0))
_ELLIPSOID = _weighted(lambda dimension: 10.0 ** (6.0 * np.arange(dimension) / (dimension - 1)))
_DISCUS = _weighted(_first(1e6, 1.0))
_CIGAR = _weighted(_first(1.0, 1e6))
_BBOB = "Hansen et al., Real-parameter black-box optimization benchmarking 2009: noiseless functions definitions (2009)"

sphere_n = ProblemFamily(
    "sphere_n",
    "Sphere",
    value=_SPHERE[0],
    gradient=_SPHERE[1],
    hessian=_SPHERE[2],
    side=(-5.0, 5.0),
    minimum=repeated(0.0),
    start=repeated(3.0),
    latex=r"\sum_i x_i^2",
    log_z=True,
    tags=("convex", "quadratic", "separable"),
    teaches="The baseline for dimension: the same curvature in every direction, so each step of plain SGD shortens the distance by "
    "the same factor in 100 dimensions as in 2.",
    reference=f"f1 without its shift, in {_BBOB}",
)

ellipsoid_n = ProblemFamily(
    "ellipsoid_n",
    "Ellipsoid",
    value=_ELLIPSOID[0],
    gradient=_ELLIPSOID[1],
    hessian=_ELLIPSOID[2],
    side=(-5.0, 5.0),
    minimum=repeated(0.0),
    start=repeated(3.0),
    latex=r"\sum_i 10^{6\frac{i-1}{n-1}} x_i^2",
    log_z=True,
    tags=("convex", "quadratic", "separable", "ill-conditioned"),
    teaches="The steepest direction is a million times steeper than the flattest, the others lie between. The axes of the bowl are "
    "the coordinates, which flatters methods with a scale per coordinate.",
    reference=f"the core of f2 and f10, in {_BBOB}",
)

discus_n = ProblemFamily(
    "discus_n",
    "Discus",
    value=_DISCUS[0],
    gradient=_DISCUS[1],
    hessian=_DISCUS[2],
    side=(-5.0, 5.0),
    minimum=repeated(0.0),
    start=repeated(3.0),
    latex=r"10^6 x_1^2 + \sum_{i \geq 2} x_i^2",
    log_z=True,
    tags=("convex", "quadratic", "separable", "ill-conditioned"),
    teaches="One stiff direction among easy ones: that single coordinate decides how large plain SGD's learning rate may be, and "
    "all the others wait.",
    reference=f"the core of f11, in {_BBOB}",
)

bent_cigar_n = ProblemFamily(
    "bent_cigar_n",
    "Cigar",
    value=_CIGAR[0],
    gradient=_CIGAR[1],
    hessian=_CIGAR[2],
    side=(-5.0, 5.0),
    minimum=repeated(0.0),
    start=repeated(3.0),
    latex=r"x_1^2 + 10^6 \sum_{i \geq 2} x_i^2",
    log_z=True,
    tags=("convex", "quadratic", "separable", "ill-conditioned"),
    teaches="One soft direction among stiff ones: the loss falls by a factor of millions at once, and then one valley is left, "
    "along which almost nothing moves.",
    reference=f"the core of f12, without the bend, in {_BBOB}",
)


def _rosenbrock(x: Array) -> Array:
    bend, rest = x[1:] - x[:-1] * x[:-1], 1.0 - x[:-1]
    return added(100.0 * bend * bend + rest * rest)


def _rosenbrock_gradient(x: Array) -> Array:
    bend = x[1:] - x[:-1] * x[:-1]
    result = np.zeros(x.shape)
    result[:-1] = -400.0 * x[:-1] * bend - 2.0 * (1.0 - x[:-1])
    result[1:] += 200.0 * bend
    return result


def _rosenbrock_hessian(x: Array) -> Array:
    entries = np.zeros(x.shape)
    entries[:-1] = 2.0 - 400.0 * (x[1:] - 3.0 * x[:-1] * x[:-1])
    entries[1:] += 200.0
    result = diagonal(entries)
    for i in range(len(x) - 1):
        result[i, i + 1] = result[i + 1, i] = -400.0 * x[i]
    return result


rosenbrock_n = ProblemFamily(
    "rosenbrock_n",
    "Rosenbrock (chained)",
    value=_rosenbrock,
    gradient=_rosenbrock_gradient,
    hessian=_rosenbrock_hessian,
    side=(-5.0, 10.0),
    minimum=repeated(1.0),
    start=repeated(-1.2, 1.0),
    latex=r"\sum_{i=1}^{n-1} 100\,(x_{i+1} - x_i^2)^2 + (1 - x_i)^2",
    log_z=True,
    tags=("valley", "curved", "ill-conditioned"),
    teaches="Every pair of neighbours is a curved valley, and each bend hangs on the one before. From four dimensions on there "
    "is a second minimum near (-1, 1, ..., 1), of loss near 4, where a run may end for good.",
    reference="after Rosenbrock, An automatic method for finding the greatest or least value of a function (1960)",
)
