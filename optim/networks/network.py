"""A network as a function of its weights: `x` is (d, B), one column per network, in blocks of weights and biases."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from optim.core.oracle import Block
from optim.core.types import Array
from optim.networks.layers import PLAIN, Activation, BatchNorm, Dense, Dropout, Layer, Pass

INITIAL: Mapping[str, Callable[[int], float]] = {"he": lambda n: (2.0 / n) ** 0.5, "xavier": lambda n: (1.0 / n) ** 0.5}
"""The deviation of a layer's first weights, by how many inputs it has."""


class Loss(NamedTuple):
    """A mean loss (B,) of outputs (B, n, C) against targets, and its slope by the outputs."""

    value: Callable[[Array, npt.NDArray[Any]], Array]
    slope: Callable[[Array, npt.NDArray[Any]], Array]


def _log_shares(outputs: Array) -> Array:
    """Return the logarithm of the softmax, which neither overflows nor loses a small share."""
    lowered = outputs - outputs.max(axis=-1, keepdims=True)
    return np.asarray(lowered - np.log(np.sum(np.exp(lowered), axis=-1, keepdims=True)))


def _cross_entropy(outputs: Array, targets: npt.NDArray[Any]) -> Array:
    return np.asarray(-np.mean(_log_shares(outputs)[:, np.arange(len(targets)), targets], axis=-1))


def _cross_entropy_slope(outputs: Array, targets: npt.NDArray[Any]) -> Array:
    slope = np.exp(_log_shares(outputs))
    slope[:, np.arange(len(targets)), targets] -= 1.0
    return np.asarray(slope / len(targets))


CROSS_ENTROPY = Loss(_cross_entropy, _cross_entropy_slope)
SQUARES = Loss(
    lambda outputs, targets: np.mean((outputs - targets) ** 2, axis=(-2, -1)),
    lambda outputs, targets: 2.0 / targets.size * (outputs - targets),
)


@dataclass(frozen=True)
class Network:
    """Layers one after the other, and the loss of what the last one gives."""

    layers: tuple[Layer, ...]
    loss: Loss

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The weights and biases of all layers, in order: their names, their shapes and where they stand in a point."""
        found, begin = [], 0
        for layer in self.layers:
            for kind, shape in layer.shapes.items():
                end = begin + int(np.prod(shape))
                found.append(Block(f"{layer.name}.{kind}", shape, slice(begin, end)))
                begin = end
        return tuple(found)

    @cached_property
    def weights(self) -> tuple[slice, ...]:
        """Where the weights of all layers stand in a point: everything but biases, scales and shifts."""
        return tuple(block.part for block in self.blocks if block.name.endswith(".W"))

    @property
    def dimension(self) -> int:
        """How many weights and biases there are."""
        return int(self.blocks[-1].part.stop)

    @property
    def masked(self) -> tuple[Dropout, ...]:
        """The layers that leave units out."""
        return tuple(layer for layer in self.layers if isinstance(layer, Dropout))

    @property
    def normalising(self) -> tuple[BatchNorm, ...]:
        """The layers that go by the mean and the variance of a batch."""
        return tuple(layer for layer in self.layers if isinstance(layer, BatchNorm))

    def initial(self, rng: np.random.Generator, weights: str | float) -> Array:
        """Return random first weights (d,): normal, of the deviation that a name of INITIAL or a number says; biases are 0."""
        parts = []
        for block in self.blocks:
            kind = block.name.rpartition(".")[2]
            if kind == "W":
                deviation = INITIAL[weights](block.shape[0]) if isinstance(weights, str) else weights
                parts.append(deviation * rng.standard_normal(block.shape).ravel())
            else:
                parts.append(np.full(block.shape, 1.0 if kind == "gamma" else 0.0))
        return np.concatenate(parts)

    def outputs(self, x: Array, inputs: Array, how: Pass = PLAIN) -> Array:
        """Return what networks (d, B) give for inputs (n, features): (B, n, outputs)."""
        return self.traced(x, inputs, how)[0]

    def value(self, x: Array, inputs: Array, targets: npt.NDArray[Any], how: Pass = PLAIN) -> Array:
        """Return the mean losses (B,) of networks (d, B) over examples."""
        return self.loss.value(self.outputs(x, inputs, how), targets)

    def traced(self, x: Array, inputs: Array, how: Pass = PLAIN) -> tuple[Array, dict[str, Any]]:
        """Return the outputs (B, n, outputs), and by layer what each remembers of the pass."""
        parameters, h, memory = self._parameters(np.ascontiguousarray(x.T)), inputs, {}
        for layer, own in zip(self.layers, parameters, strict=True):
            h, memory[layer.name] = layer.forward(own, h, how)
        return h, memory

    def value_and_gradient(
        self, x: Array, inputs: Array, targets: npt.NDArray[Any], how: Pass = PLAIN
    ) -> tuple[Array, Array, dict[str, Any]]:
        """Return the mean losses (B,) over examples, their gradients (d, B), and by layer what it remembers of the pass."""
        outputs, memory = self.traced(x, inputs, how)
        rows = np.empty(x.shape[::-1], dtype=x.dtype)
        parameters, gradients = self._parameters(np.ascontiguousarray(x.T)), self._parameters(rows)
        slope = self.loss.slope(outputs, targets)
        for i in reversed(range(len(self.layers))):
            layer = self.layers[i]
            layer.gradients(memory[layer.name], slope, gradients[i])
            if i:  # nobody asks for the slope by the inputs
                slope = layer.back(parameters[i], memory[layer.name], slope)
        return self.loss.value(outputs, targets), np.ascontiguousarray(rows.T), memory

    def _parameters(self, rows: Array) -> list[dict[str, Array]]:
        """Return by layer its parameters (B, *shape), views of `rows` (B, d)."""
        blocks = iter(self.blocks)
        return [
            {
                kind: rows[:, block.part].reshape(-1, *shape)
                for (kind, shape), block in zip(layer.shapes.items(), blocks, strict=False)
            }
            for layer in self.layers
        ]


def dense_network(
    widths: Sequence[int], activation: str, *, classifies: bool, batch_norm: bool = False, dropout: float = 0.0
) -> Network:
    """Return a network of dense layers of these widths, inputs and outputs included, with an activation between any two.

    Between a dense layer and its activation stands a batch normalisation where one is asked for, and after it a dropout, as in
    the book.
    """
    layers: list[Layer] = []
    for number, (inputs, outputs) in enumerate(itertools.pairwise(widths), start=1):
        layers.append(Dense(f"dense{number}", inputs, outputs))
        if number == len(widths) - 1:
            break
        if batch_norm:
            layers.append(BatchNorm(f"norm{number}", outputs))
        layers.append(Activation(f"{activation}{number}", activation))
        if dropout:
            layers.append(Dropout(f"dropout{number}", outputs, dropout))
    return Network(tuple(layers), CROSS_ENTROPY if classifies else SQUARES)
