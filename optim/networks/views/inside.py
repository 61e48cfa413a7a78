"""Inside a network at a mark: by layer its activations, weights and gradients, how fast it moves, and which units are dead."""

from dataclasses import dataclass

import numpy as np

from optim.core.types import Array, Mask
from optim.networks.layers import Activation, Dense
from optim.networks.result import NetworkResult

EXAMPLES = 500
"""Training examples that a layer is looked at with, the first ones."""


@dataclass(frozen=True, eq=False)
class LayerState:
    """One dense layer of one entry, over the first training examples: what a histogram is made of.

    `activations` (examples, width) are what its units give after their activation, plain sums in the last layer; a unit is `dead`
    (width,) that gives the same for every example, as a ReLU does below 0, so that nothing comes back through it. `weights` and
    `gradients` are (inputs, width); `moved` is the length of the way from this mark to the next over that of the weights, per
    step; NaN at the last one.
    """

    name: str
    activations: Array
    dead: Mask
    weights: Array
    gradients: Array
    moved: float


def inside(result: NetworkResult, entry: int, place: int, examples: int = EXAMPLES) -> tuple[LayerState, ...]:
    """Return the dense layers of an entry at one of its marks, from the first to the last; no unit is dropped."""
    network, data = result.spec.network, result.spec.examples
    inputs, targets = data.examples(slice(0, min(examples, data.training)))
    point = np.asarray(result.points[entry, place])
    with np.errstate(all="ignore"):
        outputs = network.outputs(point[:, None], inputs)[0]
        _, gradient, memory = network.value_and_gradient(point[:, None], inputs, targets)
    given = [memory[layer.name][0] for layer in network.layers if isinstance(layer, Activation)]
    dense = [layer.name for layer in network.layers if isinstance(layer, Dense)]
    ahead = _way(result, entry, place)
    blocks = {block.name: block for block in network.blocks}
    states = []
    for name, activations in zip(dense, [*given, outputs], strict=True):
        block = blocks[f"{name}.W"]
        weights = point[block.part].reshape(block.shape)
        with np.errstate(all="ignore"):
            moved = float(np.linalg.norm(ahead[block.part]) / np.linalg.norm(weights))
        dead = np.ptp(activations, axis=0) == 0
        states.append(LayerState(name, activations, dead, weights, gradient[block.part, 0].reshape(block.shape), moved))
    return tuple(states)


def _way(result: NetworkResult, entry: int, place: int) -> Array:
    """Return how far an entry goes from a mark to the next, per step, (d,)."""
    if place + 1 >= len(result.marks):
        return np.full(result.points.shape[-1], np.nan)
    steps = result.marks[place + 1] - result.marks[place]
    return np.asarray((result.points[entry, place + 1] - result.points[entry, place]) / steps)
