"""Layers for a stack of B networks at once: forward, and backward by the chain rule, as the book's chapter has them.

What goes through a layer is (B, examples, width), or (examples, width) where all networks see the same. `forward` returns what it
passes on and what its backward pass needs of it; parameters and their gradients are (B, *shape).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from optim.core.linalg import product
from optim.core.types import Array

Arrays = Mapping[str, Array]
BATCH_NORM_EPS = 1e-6
"""The book's 10e-7, added to the variance."""


class Pass(NamedTuple):
    """What a forward pass is for: without `masks` dropped units are scaled instead, without `running` a batch is its own measure.

    `masks` maps a dropout layer to the units it keeps, (examples, width); `running` a batch normalisation to the mean and the
    variance (B, width) that it goes by.
    """

    masks: Mapping[str, Array] | None = None
    running: Mapping[str, tuple[Array, Array]] | None = None


PLAIN = Pass()


class Layer(ABC):
    """A layer: its `name`, and its parameters by their kind ("W", "b") with their shapes."""

    name: str

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Its parameters: kind -> shape."""
        return {}

    @abstractmethod
    def forward(self, own: Arrays, h: Array, how: Pass) -> tuple[Array, Any]:
        """Return what the layer makes of `h`, and what it must remember of it for the way back."""

    @abstractmethod
    def back(self, own: Arrays, memory: Any, slope: Array) -> Array:
        """Return the slope by what came in, given the slope by what went out, (B, examples, width)."""

    def gradients(self, memory: Any, slope: Array, out: Arrays) -> None:  # noqa: B027 - most layers have nothing to learn
        """Write the gradients by its own parameters into `out`."""


@dataclass(frozen=True)
class Dense(Layer):
    """Every output is a weighted sum of all inputs, plus a bias."""

    name: str
    inputs: int
    outputs: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (self.inputs, self.outputs), "b": (self.outputs,)}

    def forward(self, own: Arrays, h: Array, how: Pass) -> tuple[Array, Any]:  # noqa: ARG002
        z = product(h, own["W"], np.empty((len(own["W"]), h.shape[-2], self.outputs), dtype=own["W"].dtype))
        z += own["b"][:, None, :]
        return z, h

    def back(self, own: Arrays, memory: Any, slope: Array) -> Array:  # noqa: ARG002
        return product(slope, own["W"].swapaxes(-1, -2), np.empty((*slope.shape[:-1], self.inputs), dtype=slope.dtype))

    def gradients(self, memory: Any, slope: Array, out: Arrays) -> None:
        product(memory.swapaxes(-1, -2), slope, out["W"])
        np.sum(slope, axis=1, out=out["b"])


class Shape(NamedTuple):
    """An activation: its function, and its slope given what the function gave."""

    function: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def _sigmoid(z: Array) -> Array:
    # By tanh: exp(-z) overflows far below 0.
    return 0.5 * (1.0 + np.tanh(0.5 * z))


ACTIVATIONS: Mapping[str, Shape] = {
    "relu": Shape(lambda z: np.maximum(z, 0.0), lambda a: (a > 0.0).astype(a.dtype)),
    "tanh": Shape(np.tanh, lambda a: 1.0 - a * a),
    "sigmoid": Shape(_sigmoid, lambda a: a * (1.0 - a)),
}


@dataclass(frozen=True)
class Activation(Layer):
    """A function of each unit alone, a name of ACTIVATIONS."""

    name: str
    kind: str

    def forward(self, own: Arrays, h: Array, how: Pass) -> tuple[Array, Any]:  # noqa: ARG002
        a = ACTIVATIONS[self.kind].function(h)
        return a, a

    def back(self, own: Arrays, memory: Any, slope: Array) -> Array:  # noqa: ARG002
        return np.asarray(slope * ACTIVATIONS[self.kind].slope(memory))


class Normalised(NamedTuple):
    """What a batch normalisation remembers: the scaled batch, its deviation, mean and variance, and whether they are its own."""

    scaled: Array
    deviation: Array
    mean: Array
    variance: Array
    own: bool


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Each unit less its mean over its deviation, within a batch, then scaled and shifted by what is learned."""

    name: str
    width: int

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"gamma": (self.width,), "beta": (self.width,)}

    def forward(self, own: Arrays, h: Array, how: Pass) -> tuple[Array, Any]:
        if how.running is None:
            mean = h.mean(axis=-2)
            centred = h - mean[..., None, :]
            variance = np.mean(centred * centred, axis=-2)
        else:
            mean, variance = how.running[self.name]
            centred = h - mean[..., None, :]
        deviation = np.sqrt(variance + BATCH_NORM_EPS)[..., None, :]
        scaled = centred / deviation
        out = own["gamma"][:, None, :] * scaled + own["beta"][:, None, :]
        return out, Normalised(scaled, deviation, mean, variance, how.running is None)

    def back(self, own: Arrays, memory: Any, slope: Array) -> Array:
        by_scaled: Array = slope * own["gamma"][:, None, :]
        if memory.own:  # a batch's mean and deviation follow its examples
            along = np.mean(by_scaled * memory.scaled, axis=-2, keepdims=True)
            by_scaled = by_scaled - np.mean(by_scaled, axis=-2, keepdims=True) - memory.scaled * along
        return np.asarray(by_scaled / memory.deviation)

    def gradients(self, memory: Any, slope: Array, out: Arrays) -> None:
        np.sum(slope * memory.scaled, axis=-2, out=out["gamma"])
        np.sum(slope, axis=-2, out=out["beta"])


@dataclass(frozen=True)
class Dropout(Layer):
    """Units left out at random while training; in a test all are there, scaled by the share that was kept, as in the book."""

    name: str
    width: int
    ratio: float

    def forward(self, own: Arrays, h: Array, how: Pass) -> tuple[Array, Any]:  # noqa: ARG002
        kept = 1.0 - self.ratio if how.masks is None else how.masks[self.name]
        return np.asarray(h * kept), kept

    def back(self, own: Arrays, memory: Any, slope: Array) -> Array:  # noqa: ARG002
        return np.asarray(slope * memory)
