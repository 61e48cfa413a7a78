"""A block of a sweep in one compiled loop: prepared and judged with NumPy, as the engine's blocks are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optim.core import metrics
from optim.core.optimizer import Optimizer
from optim.core.oracle import CountingOracle
from optim.core.rules.arrange import Kind
from optim.core.simulate import Conditions
from optim.core.types import Array, Hyper, State
from optim.sweeps.fused.formula_rows import formula_of
from optim.sweeps.fused.kernels import Loop, installed, loops
from optim.sweeps.fused.source import RATE, Source, Wanted, source
from optim.sweeps.reductions import Criteria, Ends

RUNS = 2048
"""Runs between two looks at whether to stop: two milliseconds, for 300 steps of Adam."""


@dataclass(frozen=True, eq=False)
class Block:
    """Runs of one `rule`: its hyper-parameters, where they start (d, B), what they face and are judged by, and each one's seed.

    The rule is a `base` whose lr a schedule multiplies by `factors`, one per step; without a schedule there are none. `varied` are
    settings that other blocks of the same sweep have other values of.
    """

    rule: Optimizer
    base: Optimizer
    factors: tuple[float, ...]
    hp: Hyper
    x: Array
    conditions: Conditions
    criteria: Criteria
    seeds: Sequence[int]
    varied: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Fused:
    """A block whose loop can be compiled."""

    block: Block
    source: Source

    def ready(self, may_start: bool) -> Loop | None:
        """Return its loop if it is compiled; else NumPy's steps count towards compiling it, which begins where it `may_start`."""
        return loops().ready(self.source.text, len(self.block.seeds) * self.block.conditions.steps, may_start)

    def compiled(self) -> Loop | None:
        """Return its loop, compiled now unless it was before; None where it cannot be compiled."""
        return loops().wait(self.source.text)

    def run(self, loop: Loop, stop: Callable[[], bool] | None = None) -> Ends | None:
        """Run the block and return how its runs ended; None where `stop` became true on the way."""
        b, runs = self.block, self.block.x.shape[1]
        oracle = CountingOracle(b.conditions.problem, b.seeds, b.conditions.steps, noise=b.conditions.noise)
        x = np.ascontiguousarray(b.x, dtype=float)
        with np.errstate(all="ignore"):
            state = b.base.init(oracle, x, b.hp)
            first = np.ascontiguousarray(b.conditions.problem.value(x), dtype=float)
        begun, price = sum(int(count) for count in oracle.counts()), self.source.price
        last, end, lost = np.zeros(runs, dtype=np.int64), np.empty((2, runs)), np.zeros(runs, dtype=bool)
        tail = np.zeros((4, runs))  # nothing is stored for runs that are lost
        since, met = np.zeros((len(b.criteria.levels), runs)), np.full(runs, np.inf)
        given = (
            *self._values(state),
            np.array(b.factors, dtype=float),
            np.empty((0, 2, runs)) if oracle.slopes is None else np.ascontiguousarray(oracle.slopes),
            x,
            first,
            _box(b.criteria, runs),
            np.nan if b.criteria.lowest is None else b.criteria.lowest,
            np.array(b.criteria.levels, dtype=float),
            steps := self._steps(begun),
            metrics.tail(steps),
        )
        for begin in range(0, runs, RUNS):
            if stop is not None and stop():
                return None
            loop(begin, min(begin + RUNS, runs), *given, last, end, lost, tail, since, met)
        loss, low, high, before = tail
        return Ends(
            last,
            end,
            lost,
            loss,
            low,
            high,
            least=np.minimum(low, before),
            most=np.maximum(high, before),
            since=since.astype(np.int64),
            met=float(np.min(met, initial=np.inf)),
            paid=lambda row: begun + price * row,
        )

    def _values(self, state: State) -> tuple[Array, Array, Array]:
        """Return the numbers that all runs share, the settings of each run and the memory that it begins with."""
        hp, source, runs = self.block.hp, self.source, self.block.x.shape[1]
        shared = [*(hp[name] for name in source.numbers), *(state[name] for name in source.counters), *source.hidden]
        own = np.array([hp[name] for name in source.own], dtype=float).reshape(-1, runs)
        memory = [np.reshape(state[name], (-1, runs)) for name in source.memory]
        return np.array(shared, dtype=float), own, np.concatenate([np.empty((0, runs)), *memory])

    def _steps(self, begun: int) -> int:
        """Return how many steps the runs take before their budget ends, where it does."""
        steps, budget = self.block.conditions.steps, self.block.criteria.budget
        return steps if budget is None or not self.source.price else max(0, min(steps, (budget - begun) // self.source.price))


def fused(block: Block) -> Fused | None:
    """Return a block as one that a compiled loop can run; None for what stays with the engine, or where there is no compiler."""
    rule, c = block.base, block.conditions
    formula = formula_of(c.problem) if installed() and not (rule.by_hand or rule.answer or c.central) else None
    if formula is None or (block.factors and rule.compiled.decides(RATE)):
        return None
    # A setting on which the runs of this block happen to agree is an array like in the others: one loop is compiled for all.
    hp = {**block.hp, **{name: np.broadcast_to(block.hp[name], len(block.seeds)) for name in block.varied}}
    settings = tuple((p.name, Kind(isinstance(hp[p.name], np.ndarray))) for p in rule.parameters)
    wanted = Wanted(bool(block.factors), bool(c.noise), block.criteria.search, len(block.criteria.levels))
    loop = source(rule.compiled.program(hp), settings, rule.lines, formula, wanted)
    return Fused(replace(block, hp=hp), loop) if loop else None


def _box(criteria: Criteria, runs: int) -> Array:
    """Return the sides between which the lowest value is looked for, (4, B)."""
    if not criteria.search:
        return np.empty((0, runs))
    sides: Any = [(-np.inf, np.inf)] * 2 if criteria.problem.lowest is None else criteria.window().domain
    return np.array([np.broadcast_to(side, runs) for pair in sides for side in pair], dtype=float)
