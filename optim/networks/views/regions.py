"""What networks decide where, for data in a plane: over its window, the share of each class, or the value that they predict."""

from dataclasses import dataclass

import numpy as np

from optim.core.types import Array
from optim.networks.layers import Normalised, Pass
from optim.networks.result import NetworkResult

SIZE = 61
"""Points along a side of the window."""


@dataclass(frozen=True, eq=False)
class Regions:
    """What each entry's network gives at a mark: `answers` (entries, n, n, outputs) at `u` (n,), columns, and `v` (n,), rows.

    Shares of the classes where there are classes, else the predicted value in the data's own unit; NaN where weights are lost.
    """

    u: Array
    v: Array
    answers: Array

    @property
    def decided(self) -> Array:
        """The number of the class with the largest share, (entries, n, n); NaN where weights are lost."""
        lost = np.isnan(self.answers).any(axis=-1)
        return np.where(lost, np.nan, np.argmax(np.nan_to_num(self.answers), axis=-1))


def regions(result: NetworkResult, place: int, size: int = SIZE) -> Regions:
    """Return what each entry's network decides at a mark, over the window of data with two inputs.

    No unit is dropped, and a batch normalisation goes by all training examples.
    """
    network, data = result.spec.network, result.spec.examples
    u, v = (np.linspace(low, high, size) for low, high in data.view)
    grid = data.scaled(np.stack([part.ravel() for part in np.meshgrid(u, v)], axis=1))
    answers = np.full((len(result.points), size * size, data.outputs), np.nan)
    for i, point in enumerate(result.points[:, place]):
        if not np.isfinite(point).all():
            continue
        with np.errstate(all="ignore"):
            _, memory = network.traced(point[:, None], data.examples(data.train)[0])
            seen = {name: (kept.mean, kept.variance) for name, kept in memory.items() if isinstance(kept, Normalised)}
            outputs = network.outputs(point[:, None], grid, Pass(running=seen or None))[0]
            answers[i] = _shares(outputs) if data.classes else data.unit[0] + data.unit[1] * outputs
    return Regions(u, v, answers.reshape(-1, size, size, data.outputs))


def _shares(outputs: Array) -> Array:
    """Return the softmax of outputs (n, classes)."""
    powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
