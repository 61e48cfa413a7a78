"""SOAP: Adam in the eigenbases of Shampoo's two averages, which turn slowly."""

import numpy as np
import numpy.typing as npt

from optim.core.optimizer import Optimizer
from optim.core.rules.text import Lines
from optim.core.types import Array
from optim.optimizers.first_order.shared import BETA1, BETA2, DECOUPLED, EPS, LR, decay_rate, with_default
from optim.optimizers.matrices.shampoo import EVERY
from optim.optimizers.matrices.shared import CALLS, EXEMPT, FAMILY, by_matrix, call, eigen, flipped, times, weight_matrices


def turned(average: Array, basis: Array) -> tuple[Array, npt.NDArray[np.intp]]:
    """Return a basis turned towards the eigenvectors of an average, one power step and QR, and the order of its columns before it.

    Columns are sorted by what they make of the average, the largest first.
    """
    made = np.einsum("bij,bij->bj", basis, times(average, basis))
    order = np.argsort(-made, axis=1, kind="stable")
    power = times(average, np.take_along_axis(basis, order[:, None, :], axis=2))
    known = np.isfinite(power).all(axis=(-2, -1), keepdims=True)
    turned, _ = np.linalg.qr(np.where(known, power, np.eye(power.shape[-1], dtype=power.dtype)))
    return np.where(known, turned, np.nan), order


def _reordered(seen: Array, left_axes: Array, left: Array, right_axes: Array, right: Array) -> Array:
    """Return matrices as they look in two bases, in the order in which the bases take their columns when they turn."""
    rows, columns = turned(left, left_axes)[1], turned(right, right_axes)[1]
    return np.take_along_axis(np.take_along_axis(seen, rows[:, :, None], axis=1), columns[:, None, :], axis=2)


AVERAGES = """
    m = m if done == 0 else beta1 * m + (1 - beta1) * g
    v = v if done == 0 else beta2 * v + (1 - beta2) * seen(left_axes, g, right_axes)**2
    weight1 := weight1 if done == 0 else beta1 * weight1 + (1 - beta1)
    weight2 := weight2 if done == 0 else beta2 * weight2 + (1 - beta2)
"""
"""Adam's averages, from the second step on."""
soap = by_matrix(
    Optimizer(
        "soap",
        "SOAP",
        FAMILY,
        (
            with_default(LR, 3e-3),
            with_default(BETA1, 0.95),
            with_default(BETA2, 0.95),
            decay_rate("memory", "β₃", 0.95, "memory of the averages whose eigenvectors are taken"),
            EVERY,
            with_default(DECOUPLED, 0.01),
            EPS,
        ),
        Lines(
            "left starts at 0 * unit_left(x)",
            "right starts at 0 * unit_right(x)",
            "left_axes starts at unit_left(x)",
            "right_axes starts at unit_right(x)",
            "g = gradient(x)",
            AVERAGES,
            "u = zero(x) if done == 0 else sqrt(weight2) / weight1 * seen_from(left_axes,"
            " seen(left_axes, m, right_axes) / (sqrt(v) + eps), right_axes)",
            "x = x if done == 0 else (x - lr * u) * (1 - lr * weight_decay)",
            "left = memory * left + (1 - memory) * across(g)",
            "right = memory * right + (1 - memory) * down(g)",
            "v = reordered(v, left_axes, left, right_axes, right) if done > 0 and done % every == 0 else v",
            "left_axes = eigenvectors(left) if done == 0 else turned(left, left_axes) if done % every == 0 else left_axes",
            "right_axes = eigenvectors(right) if done == 0 else turned(right, right_axes) if done % every == 0 else right_axes",
            "done := done + 1",
            symbols={
                "left": "L",
                "right": "R",
                "left_axes": "Q_L",
                "right_axes": "Q_R",
                "weight1": r"1-\beta_1^{t-1}",
                "weight2": r"1-\beta_2^{t-1}",
            },
            calls={
                **CALLS,
                "seen": call(lambda a, g, b: times(times(flipped(a), g), b), r"{0:^}^\top {1:*}\, {2:*}", takes=3),
                "seen_from": call(lambda a, g, b: times(times(a, g), flipped(b)), r"{0:*}\, {1:*}\, {2:^}^\top", takes=3),
                "eigenvectors": call(lambda average: eigen(average)[1], r"\operatorname{{eigenvectors}}{0:(}", "array"),
                "turned": call(
                    lambda average, axes: turned(average, axes)[0],
                    r"\operatorname{{QR}}\left({0:*} {1:*}\right)",
                    "array",
                    takes=2,
                ),
                "reordered": call(_reordered, r"\operatorname{{reordered}}{0:(}", takes=5),
            },
            carries=("m",),
            usual={"done": 10},
        ),
        reference="Vyas et al., SOAP: improving and stabilizing Shampoo using Adam, arXiv:2409.11321 (2024)",
        idea="is Adam on every matrix as it looks in the eigenbases of Shampoo's averages; the rest is moved by plain Adam.",
        meanings={
            "v": "moving average of squared gradients along the axes",
            "weight1": "sum of the weights in m",
            "weight2": "sum of the weights in v",
            "left": "moving average of the gradients' products g gᵀ",
            "right": "moving average of the gradients' products gᵀ g",
            "left_axes": "eigenvectors of the left average, as columns",
            "right_axes": "eigenvectors of the right average, as columns",
        },
        form="The authors' form: the first step only looks, bases turn by one power step and QR every k steps.",
        exempt={**EXEMPT, "schedule": "its first step only looks, and a schedule would count it"},
    ),
    weight_matrices,
    Lines(
        "g = gradient(x)",
        AVERAGES.replace("seen(left_axes, g, right_axes)", "g"),
        "x = x if done == 0 else (x - lr * sqrt(weight2) / weight1 * m / (sqrt(v) + eps)) * (1 - lr * weight_decay)",
        "done := done + 1",
    ),
)
