"""Shampoo: a gradient matrix between the inverse fourth roots of what its rows and its columns have summed up."""

from typing import Any

import numpy as np

from optim.core.optimizer import ByHand, Optimizer
from optim.core.oracle import Oracle
from optim.core.parameter import Parameter
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, State
from optim.optimizers.first_order.shared import BETA1, BETA2, EPS, LR, meanings, with_default
from optim.optimizers.matrices.shared import (
    ELSE_LR,
    EXEMPT,
    FAMILY,
    adam_parts,
    begun,
    copied,
    eigen,
    flipped,
    in_columns,
    per_matrix,
    products,
    stack,
    times,
    weight_matrices,
)

EVERY = Parameter("every", "k", 10, 1, 100, kind="int", structural=True, doc="steps between two turns", valid=(1, 10_000))
DAMPING = Parameter("damping", "δ", 1e-4, 1e-12, 1.0, log=True, doc="what both sums start with on their diagonal")


def inverse_fourth_root(sums: Array) -> Array:
    """Return the inverse fourth roots of symmetric positive definite matrices (B, n, n)."""
    values, vectors = eigen(sums)
    least = values[:, :1] * np.finfo(values.dtype).eps  # rounding makes small eigenvalues too small or negative
    return times(vectors * np.maximum(values, least)[:, None, :] ** -0.25, flipped(vectors))


def _init(oracle: Oracle, x: Array, hp: Hyper) -> State:
    sums = {}
    for block in weight_matrices(oracle.blocks(x)):
        ones = np.ones((x.shape[1], 1, 1), dtype=x.dtype)
        unit = [ones * per_matrix(hp["damping"]) * np.eye(side, dtype=x.dtype) for side in block.shape]
        sums[block.name] = (*unit, *unit)  # the last two become roots with the first step
    return {**begun(x), "done": 0, "sums": sums}


def _step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g, x, new = oracle.gradient(x), x.copy(), copied(state, hp)
    blocks = oracle.blocks(x)
    matrices, sums = weight_matrices(blocks), dict[str, Any]()
    for block in matrices:
        slope = stack(g, block)
        left, right, left_root, right_root = state["sums"][block.name]
        left, right = (old + fresh for old, fresh in zip((left, right), products(slope), strict=True))
        if state["done"] < hp["every"] or state["done"] % hp["every"] == 0:  # at first the sums grow fast
            left_root, right_root = inverse_fourth_root(left), inverse_fourth_root(right)
        sums[block.name] = left, right, left_root, right_root
        x[block.part] -= in_columns(per_matrix(hp["lr"]) * times(times(left_root, slope), right_root))
    adam_parts(new, [block for block in blocks if block not in matrices], x, g, hp)
    return x, {**new, "done": state["done"] + 1, "sums": sums}


shampoo = Optimizer(
    "shampoo",
    "Shampoo",
    FAMILY,
    (with_default(LR, 0.1), DAMPING, EVERY, ELSE_LR, BETA1, BETA2, EPS),
    Lines(
        "g = gradient(x)",
        "x = x - lr * between_roots(g)",
        calls={"between_roots": Call(lambda g: g, r"L^{{-1/4}}\, {0:*}\, R^{{-1/4}}", "vector")},
    ),
    by_hand=ByHand(_init, _step),
    matrices=weight_matrices,
    reference="Gupta, Koren & Singer, Shampoo: preconditioned stochastic tensor optimization, arXiv:1802.09568 (2018)",
    idea="puts every gradient matrix between inverse fourth roots of all products seen; the rest is moved by Adam.",
    memory={**meanings("m", "v", "done"), "sums": "sums of gradient products by matrix, and their inverse fourth roots"},
    form="The paper's form: sums forget nothing, no momentum; roots are new in each of the first k steps, then every k steps.",
    exempt=EXEMPT,
)
