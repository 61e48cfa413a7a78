"""SOAP: Adam in the eigenbases of Shampoo's two averages, which turn slowly."""

from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.linalg import root
from optim.core.optimizer import ByHand, Optimizer
from optim.core.oracle import Oracle
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, State
from optim.optimizers.first_order.shared import BETA1, BETA2, DECOUPLED, EPS, LR, decay_rate, meanings, with_default
from optim.optimizers.matrices.shampoo import EVERY
from optim.optimizers.matrices.shared import (
    EXEMPT,
    FAMILY,
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

Bases = tuple[Array, Array]


def seen_in(bases: Bases, matrices: Array) -> Array:
    """Return matrices (B, rows, columns) as they look in two orthogonal bases."""
    return times(times(flipped(bases[0]), matrices), bases[1])


def seen_from(bases: Bases, matrices: Array) -> Array:
    """Return matrices that are given in two bases as they are."""
    return times(times(bases[0], matrices), flipped(bases[1]))


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


def _init(oracle: Oracle, x: Array, hp: Hyper) -> State:
    return {**begun(x), "done": 0, "averages": {}}


def _step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
    g = oracle.gradient(x)
    matrices = weight_matrices(oracle.blocks(x))
    if state["done"] == 0:  # the first call only looks
        averages = {}
        for block in matrices:
            left, right = _products(stack(g, block), hp)
            averages[block.name] = left, right, (eigen(left)[1], eigen(right)[1])
        return x, {**state, "done": 1, "averages": averages}
    new, slopes = copied(state, hp), g.copy()
    for block in matrices:
        slopes[block.part] = in_columns(seen_in(state["averages"][block.name][2], stack(g, block)))
    new["m"] = hp["beta1"] * new["m"] + (1 - hp["beta1"]) * slopes
    new["v"] = hp["beta2"] * new["v"] + (1 - hp["beta2"]) * slopes**2
    rate = hp["lr"] * root(1 - new["beta2_power"]) / (1 - new["beta1_power"])
    moves = new["m"] / (np.sqrt(new["v"]) + hp["eps"])
    for block in matrices:
        moves[block.part] = in_columns(seen_from(state["averages"][block.name][2], stack(moves, block)))
    x = x - rate * moves
    x = x - hp["lr"] * hp["weight_decay"] * x
    new["averages"] = {block.name: _learned(new, block, stack(g, block), state["averages"][block.name], hp) for block in matrices}
    return x, {**new, "done": state["done"] + 1}


def _products(slope: Array, hp: Hyper) -> Bases:
    new = 1 - per_matrix(hp["memory"])
    left, right = products(slope)
    return new * left, new * right


def _learned(new: dict[str, Any], block: Any, slope: Array, before: Any, hp: Hyper) -> Any:
    """Return the averages of a matrix after a step, and its bases; where these turn, its memory in `new` turns with them."""
    left, right, bases = before
    kept = per_matrix(hp["memory"])
    left, right = (kept * old + fresh for old, fresh in zip((left, right), _products(slope, hp), strict=True))
    if new["done"] % hp["every"]:
        return left, right, bases
    pairs = [turned(average, basis) for average, basis in zip((left, right), bases, strict=True)]
    after = pairs[0][0], pairs[1][0]
    m = seen_in(after, seen_from(bases, stack(new["m"], block)))
    v = np.take_along_axis(stack(new["v"], block), pairs[0][1][:, :, None], axis=1)
    v = np.take_along_axis(v, pairs[1][1][:, None, :], axis=2)
    new["m"][block.part], new["v"][block.part] = in_columns(m), in_columns(v)
    return left, right, after


soap = Optimizer(
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
        "g = gradient(x)",
        "x = x - lr * adam_in_bases(g)",
        calls={"adam_in_bases": Call(lambda g: g, r"Q_L \operatorname{{Adam}}(Q_L^\top {0:*} Q_R)\, Q_R^\top", "vector")},
    ),
    by_hand=ByHand(_init, _step),
    matrices=weight_matrices,
    reference="Vyas et al., SOAP: improving and stabilizing Shampoo using Adam, arXiv:2409.11321 (2024)",
    idea="is Adam on every matrix as it looks in the eigenbases of Shampoo's averages; the rest is moved by plain Adam.",
    memory={**meanings("m", "v", "done"), "averages": "averages of gradient products by matrix, and their bases"},
    form="The authors' form: the first step only looks, bases turn by one power step and QR every k steps.",
    exempt={**EXEMPT, "schedule": "its first step only looks, and a schedule would count it"},
)
