"""A data set: examples as they were given, how they are scaled, and which of them are kept for the test."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.types import Array, Box

Which = slice | npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Examples to learn: `inputs` (n, features) in any number type, and per example a class or a number to predict.

    The first `training` examples are trained on, the others are the test. `targets` are class numbers (n,), where `classes` has
    their names, else values (n, 1) of mean 0 and variance 1 over the training examples, `unit` the mean and deviation that they
    had before. A network sees (inputs - shift) / scale. `shape` is that of an image, (features,) for anything else; `view` the
    window of two variables that can be drawn. `source` says where the examples come from. Two sets of the same content are equal.
    """

    name: str
    title: str
    inputs: npt.NDArray[Any]
    targets: npt.NDArray[Any]
    training: int
    classes: tuple[str, ...] = ()
    shift: Any = 0.0
    scale: Any = 1.0
    shape: tuple[int, ...] = ()
    view: Box = ()
    unit: tuple[float, float] = (0.0, 1.0)
    source: str = ""

    def __post_init__(self) -> None:
        if not self.shape:
            object.__setattr__(self, "shape", (self.inputs.shape[1],))
        for array in (self.inputs, self.targets):
            array.setflags(write=False)

    @property
    def features(self) -> int:
        """How many numbers an example has."""
        return int(self.inputs.shape[1])

    @property
    def outputs(self) -> int:
        """How many numbers a network gives for an example: one per class, or one."""
        return len(self.classes) or 1

    @property
    def train(self) -> slice:
        """The examples that are trained on."""
        return slice(0, self.training)

    @property
    def test(self) -> slice:
        """The examples that are kept for the test."""
        return slice(self.training, len(self.inputs))

    def scaled(self, inputs: npt.NDArray[Any]) -> Array:
        """Return inputs (k, features) as a network sees them."""
        return np.asarray((inputs.astype(np.float64) - self.shift) / self.scale)

    def examples(self, which: Which, dtype: str = "float64") -> tuple[Array, npt.NDArray[Any]]:
        """Return some examples: their inputs (k, features) as a network sees them, and their targets; numbers are of `dtype`."""
        inputs, targets = self.scaled(self.inputs[which]), self.targets[which]
        return inputs.astype(dtype, copy=False), targets if self.classes else targets.astype(dtype, copy=False)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the content, by which sets are told apart."""
        digest = hashlib.sha256(repr((self.training, self.classes, self.shape, self.view, self.unit)).encode())
        for array in (self.inputs, self.targets, np.asarray(self.shift), np.asarray(self.scale)):
            digest.update(repr((array.dtype.str, array.shape)).encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataSet) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"DataSet({self.name!r}, {len(self.inputs)} examples of {self.features} numbers)"


@dataclass(frozen=True)
class NamedData:
    """A data set that the library has: its name, what it teaches, and `make`, which loads or generates it."""

    name: str
    title: str
    make: Callable[[], DataSet]
    teaches: str
    source: str


def split(count: int, share: float = 0.2) -> tuple[npt.NDArray[np.int64], int]:
    """Return `count` numbers in a random order, always the same, and how many of them are trained on; `share` is for the test."""
    return np.random.default_rng(0).permutation(count), count - max(1, round(share * count))
