"""A reader's own optimizer, an object with the book's `update(params, grads)`, raced as it is beside the built-in rules."""

import copy
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from optim.core.optimizer import ByHand, Optimizer
from optim.core.oracle import Block, Oracle
from optim.core.rules.text import Lines
from optim.core.types import Array, Hyper, State


def is_own(candidate: object) -> bool:
    """Whether an object has the method `update` that the book's optimizers have."""
    return not isinstance(candidate, type | Mapping | Set) and callable(getattr(candidate, "update", None))


def wrap_custom(own: Any) -> Optimizer:
    """Return an Optimizer that moves every run with a deep copy of `own`, made when the race starts.

    `update` gets the point and its gradient as dicts of NumPy floats, {"x": ..., "y": ...} in two dimensions, and changes the
    first; of a network it gets the weights and biases of each layer as an array.
    """

    def init(oracle: Oracle, x: Array, hp: Hyper) -> State:
        return {"objects": tuple(copy.deepcopy(own) for _ in range(x.shape[1]))}

    def step(oracle: Oracle, x: Array, state: State, hp: Hyper) -> tuple[Array, State]:
        blocks = oracle.blocks(x)
        gradient, moved = oracle.gradient(x), np.empty_like(x)
        for run, one in enumerate(state["objects"]):
            params = _parts(x[:, run], blocks)
            one.update(params, _parts(gradient[:, run], blocks))
            moved[:, run] = np.concatenate([np.ravel(part) for part in params.values()])
        return moved, state

    return Optimizer(
        name=f"own {type(own).__name__}",
        title=type(own).__name__,
        family="Your own",
        parameters=(),
        lines=Lines(),
        by_hand=ByHand(init, step),
        reference="your own class",
        idea="follows its own update method.",
    )


def _parts(point: Array, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return a point (d,) as the book's dict: its coordinates by name where they are one block, else an array for each block."""
    if len(blocks) > 1:
        return {block.name: point[block.part].reshape(block.shape).copy() for block in blocks}
    names = ("x", "y") if len(point) == 2 else tuple(f"x{axis + 1}" for axis in range(len(point)))
    return dict(zip(names, point, strict=True))
