"""What rules on matrices share: the step of a rule whose lines move some blocks as matrices and all other coordinates by others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optim.core.linalg import product
from optim.core.optimizer import ByHand, Optimizer
from optim.core.oracle import Block, Oracle
from optim.core.parameter import Parameter
from optim.core.rules.text import Call, Lines
from optim.core.types import Array, Hyper, Mask, State
from optim.optimizers.first_order.shared import ADAM_LR, M_HAT, MOMENTS, V_HAT

FAMILY = "On matrices"
ELSE_LR = Parameter("else_lr", "η₂", 1e-3, ADAM_LR.low, ADAM_LR.high, log=True, doc="learning rate of Adam for the rest")
ADAM = Lines("g = gradient(x)", MOMENTS, M_HAT, V_HAT, "x = x - else_lr * m_hat / (sqrt(v_hat) + eps)")
"""What moves the coordinates of no matrix, with a learning rate of its own."""
EXEMPT = {
    "schedule": "it has two learning rates, and a schedule changes one",
    "modifiers": "it moves matrices as wholes, which a modifier of coordinates would take apart",
    "script": "its lines move matrices, and scripts are written for vectors",
}


def weight_matrices(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks that are matrices: the weights of every layer."""
    return tuple(block for block in blocks if len(block.shape) == 2)


def hidden_matrices(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the matrices between two hidden layers: all but the first and the last."""
    return weight_matrices(blocks)[1:-1]


class _Slope(Oracle):
    """A gradient that was taken before, which is all that the lines of a part may ask for."""

    def __init__(self, slope: Array) -> None:
        self._slope = slope

    def gradient(self, x: Array, where: Mask | None = None) -> Array:  # noqa: ARG002 - at the point that the lines stand at
        return self._slope

    def value(self, x: Array, where: Mask | None = None) -> Array:
        raise NotImplementedError

    hessian = value

    def normal(self, k: int) -> Array:
        raise NotImplementedError


def by_matrix(rule: Optimizer, chosen: Callable[[Sequence[Block]], tuple[Block, ...]], rest: Lines = ADAM) -> Optimizer:
    """Return the rule that moves each `chosen` block by the lines of `rule`, as matrices (rows, columns, B), and others by `rest`.

    Its memory is that of the lines of each matrix, by the name of the block, and that of the rest.
    """
    other = replace(rule, lines=rest)

    def parts(oracle: Oracle, x: Array) -> Iterator[tuple[str, Optimizer, Any, tuple[int, ...]]]:
        blocks = oracle.blocks(x)
        matrices = chosen(blocks)
        yield from ((block.name, rule, block.part, block.shape) for block in matrices)
        places = [np.arange(len(x))[block.part] for block in blocks if block not in matrices]
        if places:
            yield "rest", other, np.concatenate(places), (-1,)

    def init(oracle: Oracle, x: Array, hp: Hyper) -> State:
        runs = x.shape[1]
        return {name: one.init(oracle, x[own].reshape(*shape, runs), hp) for name, one, own, shape in parts(oracle, x)}

    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        g, moved, new, runs = oracle.gradient(x), np.empty_like(x), dict[str, Any](), x.shape[1]
        for name, one, own, shape in parts(oracle, x):
            point, slope = (array[own].reshape(*shape, runs) for array in (x, g))
            point, new[name] = one.step(_Slope(slope), point, state[name], hp)
            moved[own] = point.reshape(-1, runs)
        return moved, new

    return replace(rule, by_hand=ByHand(init, step), matrices=chosen)


def call(function: Callable[..., Array], latex: str, gives: str = "vector", takes: int = 1) -> Call:
    """Return a call of a function of stacks of matrices (B, rows, columns), for lines in which the runs come last."""

    def by_run(*matrices: Array) -> Array:
        return np.moveaxis(function(*(np.ascontiguousarray(np.moveaxis(one, -1, 0)) for one in matrices)), 0, -1)

    return Call(by_run, latex, gives, takes)


def times(a: Array, b: Array) -> Array:
    """Return the products of two stacks of matrices."""
    return product(a, b, np.empty((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]), dtype=a.dtype))


def flipped(matrices: Array) -> Array:
    """Return matrices (B, rows, columns) with rows and columns exchanged."""
    return np.swapaxes(matrices, -1, -2)


def eigen(matrices: Array) -> tuple[Array, Array]:
    """Return eigenvalues (B, n), the largest first, and eigenvectors in columns, of symmetric matrices; NaN where one is lost."""
    known = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))[:, None, None]
    values, vectors = np.linalg.eigh(np.where(known, matrices, np.eye(matrices.shape[-1], dtype=matrices.dtype)))
    return np.where(known[..., 0], values[:, ::-1], np.nan), np.where(known, vectors[..., ::-1], np.nan)


CALLS = {
    "unit_left": Call(lambda x: np.eye(x.shape[0])[..., None], "I", "array"),
    "unit_right": Call(lambda x: np.eye(x.shape[1])[..., None], "I", "array"),
    "across": call(lambda g: times(g, flipped(g)), r"{0:*} {0:*}^\top", "array"),
    "down": call(lambda g: times(flipped(g), g), r"{0:*}^\top {0:*}", "array"),
}
"""Squares as wide as a matrix is high, or as it is wide: with ones, and with the products of its rows, or of its columns."""
