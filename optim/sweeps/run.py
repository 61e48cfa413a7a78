"""The sweep: many races at once, run in blocks that fit the processor's cache; only reductions are kept."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from optim.core.errors import SpecError
from optim.core.parameter import takes
from optim.core.simulate import BLOCK, Conditions, blocks, simulate, stop_function
from optim.problems.lowest_value import lowest_with
from optim.races.entry import CONSTANT
from optim.sweeps.fused.block import Block, fused
from optim.sweeps.fused.kernels import loops
from optim.sweeps.grid import Places, coarse_values
from optim.sweeps.reductions import Criteria, Outcome, Reducer, judged
from optim.sweeps.result import ResultBuilder, SweepResult, blank
from optim.sweeps.spec import SweepSpec

WORK = 2_500_000
"""Steps over all runs of a block at most, so that progress is seen several times a second."""
SLOWER = 4
"""Block-size divisor for rules with a variable number of evaluations per step."""
SMALL = 3_000_000
"""Steps over all runs of a sweep up to which no coarse picture comes first: the whole takes less than half a second."""
AHEAD = 8
"""Blocks handed to an executor at a time: it never holds more that would have to be called back."""
POLL = 0.05
"""Seconds between checks of `cancel` while an executor works."""

Progress = Callable[[int, int, Callable[[], SweepResult]], None]
"""Called as progress(done, total, snapshot): runs done, runs in all, and a function that returns the result so far."""


@dataclass(frozen=True)
class Piece:
    """One block of a sweep: runs of one entry that share its structural values. Plain data, so that any process can run it."""

    spec: SweepSpec
    entry: int
    number: int
    size: int

    @property
    def cells(self) -> Places:
        """The numbers of its runs among all of its entry: flat indices of (axes, starts, seeds)."""
        return _portions(self.spec, self.entry, self.size)[self.number]


@takes(spec=SweepSpec)
def pieces(spec: SweepSpec, block: int = BLOCK) -> list[Piece]:
    """Return the blocks of a sweep, `block` runs at most each: a coarse picture of all entries first, then the rest in turns."""
    most = max(1, min(block, WORK // spec.race.steps))
    sizes = [max(1, most // SLOWER) if entry.rule.varies else most for entry in spec.race.entries]
    counts = [len(_portions(spec, entry, size)) for entry, size in enumerate(sizes)]
    turns = [(number, entry) for entry, count in enumerate(counts) for number in range(count)]
    return [Piece(spec, entry, number, sizes[entry]) for number, entry in sorted(turns)]


@takes(piece=Piece)
def run_piece(piece: Piece, stop: Callable[[], bool] | None = None) -> Outcome | None:
    """Run one block and return its reductions; None where `stop` became true on the way."""
    block = block_of(piece)
    first = piece.number == 0  # the coarse picture waits for no compiler
    own = None if first and loops().idle else fused(block)
    loop = own.ready(may_start=not first) if own else None
    if own and loop:
        ends = own.run(loop, stop)
        return None if ends is None else judged(block.criteria, ends)
    return run_block(block, stop)


def run_block(block: Block, stop: Callable[[], bool] | None = None) -> Outcome | None:
    """Run one block with NumPy and return its reductions; None where `stop` became true on the way."""
    reducer = Reducer(block.criteria, block.rule, len(block.seeds))
    stopped = False

    def watch(x: Any, state: Any, oracle: Any) -> bool:
        nonlocal stopped
        stopped = stop is not None and stop()
        return stopped or reducer.watch(x, state, oracle)

    simulate(block.rule, block.hp, block.x, block.conditions, block.seeds, watch, keeps_states=False)
    return None if stopped else reducer.outcome()


def block_of(piece: Piece) -> Block:
    """Return the runs of a piece."""
    spec, race, entry = piece.spec, piece.spec.race, piece.spec.race.entries[piece.entry]
    rule, given = entry.assembled(race.steps)
    constant = entry.schedule == CONSTANT
    base = rule if constant else replace(entry, schedule=CONSTANT).assembled(race.steps)[0]
    hyper: dict[str, Any] = dict(given)
    varied = [name for name, _ in spec.own_axes(piece.entry) if name and not rule.parameter(name).structural]
    places = np.unravel_index(piece.cells, spec.own_shape(piece.entry))
    for (name, values), place in zip(spec.own_axes(piece.entry), places[:-2], strict=True):
        if name:
            hyper[name] = values[place[0]] if (place == place[0]).all() else np.array(values, dtype=float)[place]
    starts = spec.start_points[:, places[-2]]
    seeds = np.array(spec.seeds)[places[-1]].tolist()
    conditions = Conditions(spec.problem, race.steps, race.gradient == "central", race.noise)
    criteria = Criteria(spec.problem, race.steps, spec.measured_from, race.target, race.budget, spec.searches, starts)
    factors = () if constant else entry.factors(race.steps)
    return Block(rule, base, factors, hyper, starts, conditions, criteria, seeds, tuple(varied))


@takes(spec=SweepSpec, resume=SweepResult)
def sweep(
    spec: SweepSpec,
    progress: Progress | None = None,
    cancel: Any = None,
    executor: Executor | None = None,
    resume: SweepResult | None = None,
    block: int = BLOCK,
) -> SweepResult:
    """Run the sweep that `spec` describes, here or in `executor` (threads, processes, a Dask cluster's), and return its reductions.

    `progress(done, total, snapshot)` is called after every block. `cancel` is anything with `is_set()`, or a function: once it
    is true the sweep ends within a step and returns what it has, `result.complete` False; given back as `resume` it goes on
    from there. Executors get Pieces, plain data; blocks already begun are waited for, none is left behind. The numbers are the
    same, bit for bit, whatever the executor and the blocks (in two dimensions; to 1e-12 beyond).

    Where no lowest value is proven, gaps are measured from the lowest that any run met, as in a race: if that is another than the
    spec says, all runs are run again, and `result.spec.lowest` is that value. Raises SpecError where `resume` is of another spec.
    """
    result = blank(spec) if resume is None else resume
    if replace(result.spec, lowest=spec.lowest) != spec:
        raise SpecError("resume", result.spec, "the result of the same spec")
    stop = stop_function(cancel)
    if result.spec == spec:
        result = _run(result, progress, stop, executor, block, before=0)
        lowest = lowest_with(spec.problem, result.met) if spec.searches else spec.measured_from
        if not result.complete or lowest == spec.measured_from:
            return result
        result = replace(blank(replace(spec, lowest=lowest)), met=result.met)
    return _run(result, progress, stop, executor, block, before=result.status.size)


def _run(
    result: SweepResult, progress: Progress | None, stop: Callable[[], bool], executor: Executor | None, block: int, before: int
) -> SweepResult:
    """Run the missing blocks of a result; `before` runs were done earlier and are added to the progress."""
    builder = ResultBuilder(result)
    todo = [piece for piece in pieces(result.spec, block) if not builder.has(piece.entry, piece.cells)]
    for piece, outcome in _run_here(todo, stop) if executor is None else _run_in_executor(executor, todo, stop):
        builder.take(piece.entry, piece.cells, outcome)
        if progress:
            progress(before + builder.done, before + builder.total, builder.snapshot)
    return builder.snapshot()


def _run_here(todo: list[Piece], stop: Callable[[], bool]) -> Iterator[tuple[Piece, Outcome]]:
    """Yield the blocks as they are done, until `stop`."""
    for piece in todo:
        outcome = None if stop() else run_piece(piece, stop)
        if outcome is None:
            return
        yield piece, outcome


def _run_in_executor(executor: Executor, todo: list[Piece], stop: Callable[[], bool]) -> Iterator[tuple[Piece, Outcome]]:
    """Yield the blocks as an executor has them done, until `stop`; those that have begun are cancelled and waited for."""
    waiting = iter(todo)
    begun: dict[Future[Outcome | None], Piece] = {}
    with _flag() as flag:
        try:
            while not stop():
                for piece in itertools.islice(waiting, AHEAD - len(begun)):
                    begun[executor.submit(run_unless_stopped, piece, flag)] = piece
                if not begun:
                    return
                for future in wait(begun, timeout=POLL, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    if outcome is not None:
                        yield begun.pop(future), outcome
        finally:
            with suppress(OSError):
                Path(flag or os.devnull).touch()
            wait([future for future in begun if not future.cancel()])


@contextmanager
def _flag() -> Iterator[str]:
    """Yield the path of a file that there is not, for processes to look for; "" where none can be made.

    On a disk that is full or read-only blocks that have begun then go on to their end, at most a second.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="optim-", ignore_cleanup_errors=True)
    except OSError:
        yield ""
        return
    with folder as name:
        yield os.path.join(name, "stop")


def run_unless_stopped(piece: Piece, flag: str) -> Outcome | None:
    """Run one block and return its reductions; None once a file `flag` exists, which processes of one machine can all see."""
    return run_piece(piece, lambda: os.path.exists(flag))  # asked at every step, and a Path takes three times as long


@lru_cache(maxsize=64)
def _portions(spec: SweepSpec, entry: int, size: int) -> tuple[Places, ...]:
    """Return the cells of each block of an entry: coarse ones first, then the rest, those of one structural value together."""
    shape = spec.own_shape(entry)
    chosen = [coarse_values(count) for count in shape[:-2]]
    coarse = np.full(shape, spec.run_steps <= SMALL)
    coarse[np.ix_(*chosen, spec.starts.coarse(), np.arange(shape[-1]))] = True
    group = np.zeros(shape, dtype=np.int64)
    rule = spec.race.entries[entry].rule
    for number, (name, _) in enumerate(spec.own_axes(entry)):
        if name and rule.parameter(name).structural:
            along = np.arange(shape[number]).reshape(-1, *[1] * (len(shape) - number - 1))
            group = group * shape[number] + along
    portions: list[Places] = []
    for level in (coarse, ~coarse):
        for value in np.unique(group[level]):
            cells = np.flatnonzero(level & (group == value))
            portions.extend(cells[part] for part in blocks(len(cells), size))
    return tuple(portions)
