"""The oracle of a network: at every step the loss of another batch, the same for every entry, as a function of the weights."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from optim.core.linalg import dot, norm_by_squares
from optim.core.oracle import BATCH, OWN, Block, Count, Counter, SteppedOracle, seeded
from optim.core.types import Array, Mask
from optim.networks.data.data_set import DataSet
from optim.networks.layers import Normalised, Pass
from optim.networks.network import Network

MEMORY = 0.9
"""Share of the running mean and variance that a batch normalisation keeps at each step, as in the book.

Both start at those of the first batch: the book's start at 0, which would spoil the tests of the first thirty steps."""


Running = dict[str, tuple[Array, Array]]
"""Batch normalisation -> the mean and the variance (B, width) that it goes by in a test."""


class Asked(NamedTuple):
    """What a gradient said: where it was asked for, the loss (B,) and the gradient's norm (B,)."""

    x: Array
    loss: Array
    norm: Array


class BatchOracle(SteppedOracle):
    """The loss of a network on the batch of each step, drawn with replacement and keyed by (seed, step); 0 takes all examples.

    Dropped units are keyed alike. `weight_decay` adds half of it times the sum of squared weights to the loss. A value costs 1, a
    gradient 1. What the first gradient of a step said is kept, so that recording it costs nothing; `running` is what each batch
    normalisation goes by in a test.
    """

    def __init__(
        self,
        network: Network,
        data: DataSet,
        seed: int,
        batch: int,
        runs: int,
        running: Running | None = None,
        dtype: str = "float64",
        weight_decay: float = 0.0,
    ) -> None:
        self._dtype, self._decay = dtype, weight_decay
        self._network, self._data, self._seed, self._batch, self._runs = network, data, seed, batch, runs
        self._values, self._gradients = Counter(runs), Counter(runs)
        self._whole = None if batch else data.examples(data.train, dtype)
        self.running: Running = dict(running or {})
        self.begin(0)

    def begin(self, step: int) -> None:
        self._step, self._drawn = step, 0
        self._asked: Asked | None = None
        rng = np.random.default_rng(seeded(self._seed, BATCH, step))
        if self._whole is None:
            rows = rng.integers(0, self._data.training, self._batch)
            self._inputs, self._targets = self._data.examples(rows, self._dtype)
        else:
            self._inputs, self._targets = self._whole
        count = len(self._inputs)
        masks = {
            layer.name: (rng.random((count, layer.width)) >= layer.ratio).astype(self._dtype) for layer in self._network.masked
        }
        self._how = Pass(masks=masks) if masks else Pass()

    def blocks(self, x: Array) -> tuple[Block, ...]:  # noqa: ARG002
        return self._network.blocks

    def value(self, x: Array, where: Mask | None = None) -> Array:
        self._values.add(1, where)
        return self.loss(x)

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        self._gradients.add(1, where)
        loss, gradient, memory = self._asked_of_network(x)
        if self._asked is None:
            self._asked = Asked(x, loss, norm_by_squares(gradient))
            for layer in self._network.normalising:
                self._remember(layer.name, memory[layer.name])
        return gradient

    def hessian(self, x: Array, where: Mask | None = None) -> Array:
        raise NotImplementedError("rules that ask for a Hessian are refused: it has as many rows as there are weights")

    def normal(self, k: int) -> Array:
        rng = np.random.default_rng(seeded(self._seed, OWN, self._step, self._drawn))
        self._drawn += 1
        drawn = rng.standard_normal((k, self._network.dimension, 1)).astype(self._dtype, copy=False)
        return np.repeat(drawn, self._runs, axis=2)

    def loss(self, x: Array) -> Array:
        """Return the losses (B,) on this step's batch, free of charge."""
        return self._network.value(x, self._inputs, self._targets, self._how) + self._penalty(x)

    def _penalty(self, x: Array) -> Array | float:
        """Return what weight decay adds to the losses (B,): half of it times the sum of squared weights, biases left out."""
        if not self._decay:
            return 0.0
        return np.asarray(0.5 * self._decay * sum(dot(x[part], x[part]) for part in self._network.weights))

    def _asked_of_network(self, x: Array) -> tuple[Array, Array, dict[str, Any]]:
        """Return the losses (B,) on this step's batch, their gradients (d, B), and what the layers remember."""
        loss, gradient, memory = self._network.value_and_gradient(x, self._inputs, self._targets, self._how)
        for part in self._network.weights if self._decay else ():
            gradient[part] += self._decay * x[part]
        return loss + self._penalty(x), gradient, memory

    def said_of(self, x: Array) -> tuple[Array, Array]:
        """Return the losses and the gradients' norms (B,) at `x` on this step's batch: known where it asked first, else free."""
        if self._asked is not None and (self._asked.x is x or np.array_equal(self._asked.x, x)):
            return self._asked.loss, self._asked.norm
        loss, gradient, _ = self._asked_of_network(x)
        return loss, norm_by_squares(gradient)

    def counts(self) -> tuple[Count, Count]:
        """Return the evaluations so far, of values and of gradients: one number for all runs, or an array (B,)."""
        return self._values.total(), self._gradients.total()

    def _remember(self, name: str, seen: Normalised) -> None:
        mean, variance = self.running.get(name, (seen.mean, seen.variance))
        self.running[name] = (MEMORY * mean + (1 - MEMORY) * seen.mean, MEMORY * variance + (1 - MEMORY) * seen.variance)


def whole_pass(oracle: BatchOracle) -> Pass:
    """Return how a test goes through the network: no unit is dropped, and a batch normalisation goes by what it remembers."""
    return Pass(running=oracle.running or None)


class Measured(NamedTuple):
    """The mean loss and the share of right answers, (B,); the share is NaN where numbers are predicted."""

    loss: Array
    accuracy: Array


AT_ONCE = 1000
"""Examples that go through a network together: more leave the processor's cache."""


def measure(network: Network, x: Array, data: DataSet, which: slice, how: Pass) -> Measured:
    """Return loss and accuracy of networks (d, B) over a range of examples."""
    edges = range(which.start, which.stop, AT_ONCE)
    total, right, count = np.zeros(x.shape[1]), np.zeros(x.shape[1]), which.stop - which.start
    for begin in edges:
        inputs, targets = data.examples(slice(begin, min(begin + AT_ONCE, which.stop)), x.dtype.name)
        outputs = network.outputs(x, inputs, how)
        total += network.loss.value(outputs, targets) * len(inputs)
        right += _right(outputs, targets) if data.classes else np.nan
    return Measured(total / count, right / count)


def _right(outputs: Array, targets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many examples each network puts into their own class; one whose outputs are lost puts none."""
    known = np.isfinite(outputs).all(axis=(-2, -1))
    return np.asarray((outputs.argmax(axis=-1) == targets).sum(axis=-1) * known)
