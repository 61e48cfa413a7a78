"""Shampoo: a gradient matrix between the inverse fourth roots of what its rows and its columns have summed up."""

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.parameter import Parameter
from optim.core.rules.text import Lines
from optim.core.types import Array
from optim.optimizers.first_order.shared import BETA1, BETA2, EPS, LR, with_default
from optim.optimizers.matrices.shared import (
    CALLS,
    ELSE_LR,
    EXEMPT,
    FAMILY,
    by_matrix,
    call,
    eigen,
    flipped,
    times,
    weight_matrices,
)

EVERY = Parameter("every", "k", 10, 1, 100, kind="int", structural=True, doc="steps between two turns", valid=(1, 10_000))


def inverse_fourth_root(sums: Array) -> Array:
    """Return the inverse fourth roots of symmetric positive definite matrices (B, n, n)."""
    values, vectors = eigen(sums)
    least = values[:, :1] * np.finfo(values.dtype).eps  # rounding makes small eigenvalues too small or negative
    return times(vectors * np.maximum(values, least)[:, None, :] ** -0.25, flipped(vectors))


shampoo = by_matrix(
    Optimizer(
        "shampoo",
        "Shampoo",
        FAMILY,
        (
            with_default(LR, 0.1),
            Parameter("damping", "δ", 1e-4, 1e-12, 1.0, log=True, doc="what both sums start with on their diagonal"),
            EVERY,
            ELSE_LR,
            BETA1,
            BETA2,
            EPS,
        ),
        Lines(
            "g = gradient(x)",
            "left starts at damping * unit_left(x)",
            "right starts at damping * unit_right(x)",
            "left_root starts at unit_left(x)",
            "right_root starts at unit_right(x)",
            "left = left + across(g)",
            "right = right + down(g)",
            "left_root = root(left) if done < every or done % every == 0 else left_root",
            "right_root = root(right) if done < every or done % every == 0 else right_root",
            "x = x - lr * between(left_root, g, right_root)",
            "done := done + 1",
            symbols={"left": "L", "right": "R", "left_root": r"\tilde L", "right_root": r"\tilde R"},
            calls={
                **CALLS,
                "root": call(inverse_fourth_root, r"{0:^}^{{-1/4}}", "array"),
                "between": call(lambda a, g, b: times(times(a, g), b), r"{0:*}\, {1:*}\, {2:*}", takes=3),
            },
            usual={"done": 10},
        ),
        reference="Gupta, Koren & Singer, Shampoo: preconditioned stochastic tensor optimization, arXiv:1802.09568 (2018)",
        idea="puts every gradient matrix between inverse fourth roots of all products seen; the rest is moved by Adam.",
        meanings={
            "left": "sum of the gradients' products g gᵀ",
            "right": "sum of the gradients' products gᵀ g",
            "left_root": "inverse fourth root of the left sum",
            "right_root": "inverse fourth root of the right sum",
        },
        form="The paper's form: sums forget nothing, no momentum; roots are new in each of the first k steps, then every k steps.",
        exempt=EXEMPT,
    ),
    weight_matrices,
)
