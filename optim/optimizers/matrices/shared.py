"""What rules on matrices share: stacks of matrices out of a batch of points, and Adam for all that is no matrix."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from optim.core.linalg import product
from optim.core.oracle import Block
from optim.core.parameter import Parameter
from optim.core.types import Array, Hyper
from optim.optimizers.first_order.shared import ADAM_LR

FAMILY = "On matrices"
ELSE_LR = Parameter("else_lr", "η₂", 1e-3, ADAM_LR.low, ADAM_LR.high, log=True, doc="learning rate of Adam for the rest")
EXEMPT = {
    "schedule": "it has two learning rates, and a schedule changes one",
    "modifiers": "it moves matrices as wholes, which a modifier of coordinates would take apart",
    "script": "it moves matrices in a way of its own, which the lines do not hold",
}


def weight_matrices(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks that are matrices: the weights of every layer."""
    return tuple(block for block in blocks if len(block.shape) == 2)


def hidden_matrices(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the matrices between two hidden layers: all but the first and the last."""
    return weight_matrices(blocks)[1:-1]


def stack(x: Array, block: Block) -> Array:
    """Return a block of points (d, B) as matrices (B, rows, columns)."""
    return np.ascontiguousarray(x[block.part].T).reshape(-1, *block.shape)


def in_columns(matrices: Array) -> Array:
    """Return matrices (B, rows, columns) as part of points, (rows x columns, B)."""
    return matrices.reshape(len(matrices), -1).T


def per_matrix(value: Any) -> Any:
    """Return a setting, a number or (B,), so that it multiplies matrices (B, rows, columns)."""
    return value[:, None, None] if isinstance(value, np.ndarray) else value


def times(a: Array, b: Array) -> Array:
    """Return the products of two stacks of matrices."""
    return product(a, b, np.empty((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]), dtype=a.dtype))


def flipped(matrices: Array) -> Array:
    """Return matrices (B, rows, columns) with rows and columns exchanged."""
    return np.swapaxes(matrices, -1, -2)


def products(matrices: Array) -> tuple[Array, Array]:
    """Return matrices (B, rows, columns) times themselves flipped, from the right and from the left."""
    return times(matrices, flipped(matrices)), times(flipped(matrices), matrices)


def eigen(matrices: Array) -> tuple[Array, Array]:
    """Return eigenvalues (B, n), the largest first, and eigenvectors in columns, of symmetric matrices; NaN where one is lost."""
    known = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))[:, None, None]
    values, vectors = np.linalg.eigh(np.where(known, matrices, np.eye(matrices.shape[-1], dtype=matrices.dtype)))
    return np.where(known[..., 0], values[:, ::-1], np.nan), np.where(known, vectors[..., ::-1], np.nan)


def adam_parts(state: dict[str, Any], blocks: Iterable[Block], x: Array, g: Array, hp: Hyper) -> None:
    """Move blocks of `x` (d, B) as Adam does, in place, with its memory m, v and the powers of its βs in `state`."""
    for block in blocks:
        own = block.part
        m, v = state["m"], state["v"]
        m[own] = hp["beta1"] * m[own] + (1 - hp["beta1"]) * g[own]
        v[own] = hp["beta2"] * v[own] + (1 - hp["beta2"]) * g[own] ** 2
        m_hat, v_hat = m[own] / (1 - state["beta1_power"]), v[own] / (1 - state["beta2_power"])
        x[own] -= hp["else_lr"] * m_hat / (np.sqrt(v_hat) + hp["eps"])


def begun(x: Array) -> dict[str, Any]:
    """Return the memory that all have before the first step."""
    return {"m": np.zeros_like(x), "v": np.zeros_like(x), "beta1_power": 1.0, "beta2_power": 1.0}


def copied(state: Any, hp: Hyper) -> dict[str, Any]:
    """Return the memory to write over in a step, with the powers of that step."""
    powers = {f"{name}_power": state[f"{name}_power"] * hp[name] for name in ("beta1", "beta2")}
    return {**state, "m": state["m"].copy(), "v": state["v"].copy(), **powers}
