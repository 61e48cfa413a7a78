"""The oracle: the only way an optimizer sees the function, and where every evaluation is counted."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optim.core.derivatives import central_gradient, hessian
from optim.core.problem import Problem
from optim.core.types import Array, Mask

NOISE, OWN, WEIGHTS, BATCH = range(4)
"""What streams of random numbers are for."""
EVALUATION_KINDS = ("value", "gradient", "hessian")
Counts = npt.NDArray[np.int64]
Count = int | Counts


class Block(NamedTuple):
    """Coordinates that belong together, such as the weights of a layer: their name, their shape and where they stand in a point."""

    name: str
    shape: tuple[int, ...]
    part: slice


class Oracle(ABC):
    """What an optimizer may ask. `where` is a (B,) mask: only those runs are charged, the other columns mean nothing."""

    def blocks(self, x: Array) -> tuple[Block, ...]:
        """Return the blocks of the coordinates of `x` (d, B), in order, each coordinate in one: here one vector of them all."""
        return (Block("point", (len(x),), slice(0, len(x))),)

    @abstractmethod
    def value(self, x: Array, where: Mask | None = None) -> Array:
        """Return the values (B,) at the points `x` (d, B)."""

    @abstractmethod
    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        """Return the gradients (d, B) at the points `x` (d, B)."""

    @abstractmethod
    def hessian(self, x: Array, where: Mask | None = None) -> Array:
        """Return the Hessians (d, d, B) at the points `x` (d, B)."""

    @abstractmethod
    def normal(self, k: int) -> Array:
        """Return (k, d, B) standard normal numbers keyed by run, seed and step."""


class SteppedOracle(Oracle):
    """An oracle whose function or random numbers change from step to step."""

    @abstractmethod
    def begin(self, step: int) -> None:
        """Move to step `step` (0 is the first)."""


class Counter:
    """Evaluations of one kind per run: a plain number while every run is charged alike, an array (B,) from the first mask on."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._shared = 0
        self._own: Counts | None = None

    def add(self, amount: int, where: Mask | None) -> None:
        """Charge `amount` to every run, or to those in `where`."""
        if where is None:
            self._shared += amount
            return
        if self._own is None:
            self._own = np.zeros(self._runs, dtype=np.int64)
        self._own += amount * where

    def total(self) -> Count:
        """Return the evaluations so far: one number for all, or an array (B,)."""
        return self._shared if self._own is None else self._shared + self._own


class CountingOracle(SteppedOracle):
    """The oracle of a race: exact or central-difference derivatives of a problem, seeded noise, a price per run.

    At step t every run with seed s faces f(x) + noise * <z, x>, z standard normal and keyed by (s, t): values and gradients
    agree, and all entries of a race see the same noise. A value costs 1, a gradient 1 (central: 2 d values), a Hessian d.
    """

    def __init__(
        self,
        problem: Problem,
        seeds: Sequence[int],
        steps: int,
        *,
        central: bool = False,
        noise: float = 0.0,
        keys: Sequence[int] | None = None,
    ) -> None:
        """`seeds` has one seed per run (B of them); `keys` tells runs of equal seed apart in `normal`, 0 by default."""
        self._problem, self._central, self._noise = problem, central, noise
        self._seeds, self._own_keys = seeds, keys
        self._values, self._gradients, self._hessians = (Counter(len(seeds)) for _ in EVALUATION_KINDS)
        self._step = self._drawn = 0
        self._slopes = _slopes(seeds, steps, problem.dimension) * noise if noise else None

    def begin(self, step: int) -> None:
        self._step, self._drawn = step, 0

    def value(self, x: Array, where: Mask | None = None) -> Array:
        self._values.add(1, where)
        return self._noisy_value(x)

    def gradient(self, x: Array, where: Mask | None = None) -> Array:
        if self._central:
            self._values.add(2 * len(x), where)
            return central_gradient(self._noisy_value, x)
        self._gradients.add(1, where)
        gradient = self._problem.gradient(x)
        return gradient if self._slopes is None else gradient + self._slopes[self._step]

    def hessian(self, x: Array, where: Mask | None = None) -> Array:
        self._hessians.add(1, where)
        return hessian(self._problem, x)

    def normal(self, k: int) -> Array:
        drawn = {
            (key, seed): np.random.default_rng(seeded(seed, OWN, key, self._step, self._drawn)).standard_normal(
                (k, self._problem.dimension)
            )
            for key, seed in set(self._keys)
        }
        self._drawn += 1
        return np.stack([drawn[key] for key in self._keys], axis=-1)

    @cached_property
    def _keys(self) -> list[tuple[int, int]]:
        """What tells each run's random numbers apart; few rules ask for any."""
        return list(zip(self._own_keys or [0] * len(self._seeds), self._seeds, strict=True))

    @property
    def slopes(self) -> Array | None:
        """The noise's slope at every step, (steps, d, B); None where there is none."""
        return self._slopes

    def counts(self) -> tuple[Count, Count, Count]:
        """Return the evaluations so far, in the order of EVALUATION_KINDS: one number for all runs, or an array (B,)."""
        return self._values.total(), self._gradients.total(), self._hessians.total()

    def _noisy_value(self, x: Array) -> Array:
        value = self._problem.value(x)
        if self._slopes is None:
            return value
        slope = self._slopes[self._step]
        for axis in range(len(x)):
            value = value + slope[axis] * x[axis]
        return value


class ReplayOracle(CountingOracle):
    """The oracle of steps already taken, side by side: column i of a batch is the step `steps[i]` of one run (0 is the first)."""

    def __init__(self, problem: Problem, seed: int, steps: Sequence[int], *, central: bool = False, noise: float = 0.0) -> None:
        super().__init__(problem, [seed] * len(steps), 1, central=central)
        self._seed, self._steps = seed, steps
        if noise and len(steps):
            self._slopes = np.moveaxis(_slopes([seed], max(steps) + 1, problem.dimension)[list(steps)] * noise, 0, -1)[None, :, 0]

    def normal(self, k: int) -> Array:
        columns = []
        for step in self._steps:
            stream = np.random.default_rng(seeded(self._seed, OWN, 0, step, self._drawn))
            columns.append(stream.standard_normal((k, self._problem.dimension)))
        self._drawn += 1
        return np.stack(columns, axis=-1)


def seeded(seed: int, *what: int) -> np.random.SeedSequence:
    """Return the seed of one stream of random numbers: streams of different purposes never meet."""
    return np.random.SeedSequence(seed, spawn_key=what)


def _slopes(seeds: Sequence[int], steps: int, dimension: int) -> Array:
    """Return the noise directions z (steps, d, B); row t of a seed does not depend on how many steps are drawn."""
    drawn = {seed: np.random.default_rng(seeded(seed, NOISE)).standard_normal((steps, dimension)) for seed in set(seeds)}
    return np.stack([drawn[seed] for seed in seeds], axis=-1)
