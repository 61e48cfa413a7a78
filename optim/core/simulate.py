"""The engine: many runs of one optimizer at once, coordinates first, in blocks that fit the processor's cache."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.oracle import CountingOracle, SteppedOracle
from optim.core.problem import Problem
from optim.core.types import Array, Hyper, State

BLOCK = 16_384
"""Runs per block: fewer pay Python's overhead, more leave the cache. Measured on Adam, nanoseconds per run and step: 12 in blocks
of 8 192, 10 in these, 18 in one of 100 000."""


@dataclass(frozen=True)
class Conditions:
    """What a run faces besides its hyper-parameters: the problem, how many steps, which gradient, how much noise."""

    problem: Problem
    steps: int
    central: bool = False
    noise: float = 0.0


def stacked(hypers: Sequence[Mapping[str, Any]], dtype: str = "float64") -> dict[str, Any]:
    """Return the hyper-parameters of several runs as one block's: a plain value where all agree, else an array (B,)."""
    block: dict[str, Any] = {}
    for name, first in hypers[0].items():
        values = [hyper[name] for hyper in hypers]
        block[name] = first if all(value == first for value in values) else np.array(values, dtype=dtype)
    return block


def blocks(runs: int, size: int = BLOCK) -> Iterator[slice]:
    """Yield slices of nearly equal length, `size` runs at most, that cover `runs` runs."""
    count = max(1, -(-runs // size))
    edges = [runs * i // count for i in range(count + 1)]
    yield from (slice(low, high) for low, high in itertools.pairwise(edges))


def simulate(
    optimizer: Optimizer,
    hp: Hyper,
    x: Array,
    conditions: Conditions,
    seeds: Sequence[int],
    watch: Callable[[Array, State, CountingOracle], bool | None] | None = None,
    keeps_states: bool = True,
) -> Array:
    """Run one block of B runs from `x` (d, B) and return where they end, (d, B).

    `watch(x, state, oracle)` is called with the start and after every step; once it returns True the block ends there. Where it
    does not keep states longer than that, later steps may write over them, which is faster. Nothing is raised for values that
    overflow or are not defined: they show as inf and nan.
    """
    c = conditions
    oracle = CountingOracle(c.problem, seeds, c.steps, central=c.central, noise=c.noise)
    with np.errstate(all="ignore"):
        for x, state in itertools.islice(advance(optimizer, hp, x, oracle, keeps_states), c.steps + 1):  # noqa: B020 - where it is now
            if watch and watch(x, state, oracle):
                break
    return x


def advance(
    optimizer: Optimizer,
    hp: Hyper,
    x: Array,
    oracle: SteppedOracle,
    keeps_states: bool = True,
    *,
    state: State | None = None,
    begin: int = 0,
) -> Iterator[tuple[Array, State]]:
    """Yield the points (d, B) and the memory of runs from `x` on: at the start, and then after each of as many steps as asked for.

    With a `state` they go on from there, with step number `begin`. Whoever does not keep states longer than that says so: later
    steps may write over them, which is faster. Values that overflow make NumPy warn unless its errors are silenced around it.
    """
    step_on = optimizer.step if keeps_states else optimizer.fastest_step
    x = np.ascontiguousarray(x, dtype=None if x.dtype == np.float32 else float)
    state = optimizer.init(oracle, x, hp) if state is None else state
    yield x, state
    for step in itertools.count(begin):
        oracle.begin(step)
        x, state = step_on(oracle, x, state, hp)
        yield x, state


def stop_function(cancel: Any) -> Callable[[], bool]:
    """Return whether to stop as a function, from an event, a function or nothing."""
    if cancel is None:
        return lambda: False
    asked: Callable[[], bool] = getattr(cancel, "is_set", cancel)
    return asked


def simulate_blocks(optimizer: Optimizer, hp: Hyper, x: Array, conditions: Conditions, seeds: Sequence[int]) -> Array:
    """Run any number of runs from `x` (d, B), block by block, without recording, and return where they end, (d, B)."""
    ends = []
    for part in blocks(x.shape[1]):
        own = {name: value[part] if isinstance(value, np.ndarray) else value for name, value in hp.items()}
        ends.append(simulate(optimizer, own, x[:, part], conditions, seeds[part], keeps_states=False))
    return np.concatenate(ends, axis=1)
