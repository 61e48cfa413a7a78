"""Rules that scale the gradient by a matrix of past gradients, not by coordinate: turned axes make no difference to them."""

import numpy as np
import numpy.typing as npt

from optim.core.linalg import dot, norm, times
from optim.core.optimizer import Golden, Optimizer
from optim.core.rules.text import Call, Lines
from optim.core.types import Array
from optim.optimizers.first_order.shared import DECOUPLED, EPS, LR, NO_MOMENTUM, with_default
from optim.optimizers.matrices.shared import eigen
from optim.optimizers.matrices.soap import soap, turned

FAMILY = "Full matrix"
_ROUNDING, _LEAST = 2.0**-48, 2.0**-52
"""Share of a gradient's length below which its part along an axis is rounding, which these rules would divide by its own size; and
of the largest eigenvalue, below which another is."""


def outer(g: Array) -> Array:
    """Return the products g gᵀ (d, d, B) of vectors (d, B) with themselves."""
    return g[:, None] * g[None]


def seen_along(axes: Array, g: Array) -> Array:
    """Return vectors (d, B) by their parts along axes, the columns of (d, d, B); what rounding alone leaves of a part is 0."""
    parts = times(np.swapaxes(axes, 0, 1), g)
    return np.where(np.abs(parts) > _ROUNDING * norm(g), parts, 0.0 * parts)


@np.errstate(all="ignore")
def eigenvectors(matrix: Array) -> Array:
    """Return the eigenvectors of symmetric matrices (d, d, B) as columns, the one of the largest eigenvalue first.

    In two dimensions by a formula that treats both coordinates alike.
    """
    if len(matrix) != 2:
        return np.moveaxis(eigen(np.moveaxis(matrix, -1, 0))[1], 0, -1)
    (a, b), (_, c) = matrix
    half = (a - c) / 2
    long = np.abs(half) + np.hypot(half, b)
    return _first_axis(np.stack([np.where(half < 0, b, long), np.where(half < 0, long, b)]), np.stack([1 + 0 * a, 0 * a]))


def _first_axis(vector: Array, other: Array) -> Array:
    """Return the axes (2, 2, B) of which the first points along a vector (2, B), along `other` where it has no length."""
    length = np.hypot(vector[0], vector[1])
    u, v = np.where(length > 0, vector / length, np.where(length == 0, other, np.nan))
    return np.stack([np.stack([u, -v]), np.stack([v, u])])


def sizes(axes: Array, matrix: Array) -> Array:
    """Return what symmetric matrices (d, d, B) make of axes, (d, B): their eigenvalues, where the axes are eigenvectors."""
    return np.stack([dot(axis, times(matrix, axis)) for axis in np.swapaxes(axes, 0, 1)])


@np.errstate(all="ignore")
def whitened(matrix: Array, g: Array) -> Array:
    """Return the inverse symmetric roots of positive definite matrices (d, d, B) times vectors (d, B).

    Eigenvalues that rounding made too small or negative count as the smallest ones believable.
    """
    axes = eigenvectors(matrix)
    values = sizes(axes, matrix)
    return times(axes, seen_along(axes, g) / np.sqrt(np.maximum(values, _LEAST * values[0])))


def _order(axes: Array, average: Array) -> npt.NDArray[np.intp]:
    """Return the order (d, B) of axes by what they make of an average, the largest first."""
    return np.argsort(-sizes(axes, average), axis=0, kind="stable")


def reordered(parts: Array, axes: Array, average: Array) -> Array:
    """Return what belongs to each axis, (d, B), in the order in which `turned_axes` takes them."""
    return np.take_along_axis(parts, _order(axes, average), axis=0)


@np.errstate(all="ignore")
def turned_axes(axes: Array, average: Array) -> Array:
    """Return axes (d, d, B) turned towards the eigenvectors of an average: one power step, made orthogonal again."""
    if len(axes) != 2:
        return np.moveaxis(turned(*(np.moveaxis(part, -1, 0) for part in (average, axes)))[0], 0, -1)
    first = np.take_along_axis(axes, _order(axes, average)[None], axis=1)[:, 0]
    return _first_axis(times(average, first), first)


adagrad_full = Optimizer(
    "adagrad_full",
    "Full-matrix AdaGrad",
    FAMILY,
    (with_default(LR, 1e-2), with_default(EPS, 1e-6)),
    Lines(
        "g = gradient(x)",
        "sums = sums + outer(g)",
        "x = x - lr * whitened(sums + eps * identity, g)",
        symbols={"sums": "G"},
        calls={
            "outer": Call(outer, r"{0:*} {0:*}^\top", "matrix"),
            "whitened": Call(whitened, r"{0:^}^{{-1/2}}\, {1:*}", "vector", takes=2),
        },
    ),
    reference="Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 12 (2011)",
    idea="multiplies the gradient by the inverse root of the sum of all products g gᵀ so far, so turned axes make no difference.",
    meanings={"sums": "sum of the gradients' products g gᵀ, a matrix"},
    demo={"lr": 1.5},
    golden=(Golden("koz_shampoo1d"),),
    form="ε stands inside the root, on the diagonal, as in Shampoo, which on a vector is this rule. The paper adds δ to the "
    "diagonal of the root. What rounding alone leaves of a gradient along an axis, below 2⁻⁴⁸ of its length, counts as 0.",
)

soap_vector = Optimizer(
    "soap_vector",
    "SOAP on a vector",
    FAMILY,
    tuple(DECOUPLED if one.name == "weight_decay" else one for one in soap.parameters),
    Lines(
        "g = gradient(x)",
        "m = m if done == 0 else beta1 * m + (1 - beta1) * g",
        "v = v if done == 0 else beta2 * v + (1 - beta2) * seen(axes, g)**2",
        "weight1 := weight1 if done == 0 else beta1 * weight1 + (1 - beta1)",
        "weight2 := weight2 if done == 0 else beta2 * weight2 + (1 - beta2)",
        "move = zero(x) if done == 0 else sqrt(weight2) / weight1 * axes @ (seen(axes, m) / (sqrt(v) + eps))",
        "x = x if done == 0 else (x - lr * move) * (1 - lr * weight_decay)",
        "average = memory * average + (1 - memory) * outer(g)",
        "v = reordered(v, axes, average) if done % every == 0 else v",
        "axes = eigenvectors(average) if done == 0 else turned(axes, average) if done % every == 0 else axes",
        "done := done + 1",
        symbols={
            "move": "u",
            "average": "L",
            "axes": "Q",
            "weight1": r"1-\beta_1^{t-1}",
            "weight2": r"1-\beta_2^{t-1}",
        },
        calls={
            "outer": Call(outer, r"{0:*} {0:*}^\top", "matrix"),
            "seen": Call(seen_along, r"{0:^}^\top {1:*}", "vector", takes=2),
            "eigenvectors": Call(eigenvectors, r"\operatorname{{eigenvectors}}{0:(}", "matrix"),
            "reordered": Call(reordered, r"\operatorname{{reordered}}{0:(}", "vector", takes=3),
            "turned": Call(turned_axes, r"\operatorname{{QR}}\left({1:*} {0:*}\right)", "matrix", takes=2),
        },
        carries=("m",),
        usual={"done": 10},
    ),
    reference="Vyas et al., SOAP: improving and stabilizing Shampoo using Adam, arXiv:2409.11321 (2024)",
    idea="is Adam along the eigenvectors of an average of the products g gᵀ, so turned axes make no difference; its first step "
    "only looks and does not move.",
    cases=(NO_MOMENTUM,),
    meanings={
        "v": "moving average of squared gradients along the axes",
        "weight1": "sum of the weights in m",
        "weight2": "sum of the weights in v",
        "average": "moving average of the gradients' products g gᵀ, a matrix",
        "axes": "the axes along which it is Adam, as columns",
    },
    demo={"lr": 0.3},
    golden=(Golden("mpmath_soap_vector"),),
    form="SOAP with its one-sided preconditioner, which the authors' code leaves off for vectors by default (precondition_1d). "
    "Axes turn by one power step and QR every k steps; there is no decay by default, where theirs is 0.01. What rounding alone "
    "leaves of a gradient along an axis, below 2⁻⁴⁸ of its length, counts as 0.",
)
