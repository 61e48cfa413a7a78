"""The sweep: many races at once, run in blocks that fit the processor's cache, of which only reductions are kept."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from optim.engine import Conditions, blocks, simulate
from optim.errors import SpecError
from optim.grids import Places, coarse_values
from optim.sweep_result import Sheet, SweepResult
from optim.sweep_spec import SweepSpec
from optim.tally import Outcome, Tally, Terms

BLOCK = 2048
"""Runs per block at most."""
WORK = 1_500_000
"""Steps over all runs of a block at most, so that a sweep can be cancelled within a second."""
AHEAD = 8
"""Blocks handed to an executor at a time: it never holds more that would have to be called back."""
POLL = 0.05
"""Seconds between looks at `cancel` while an executor works."""

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


def pieces(spec: SweepSpec, block: int = BLOCK) -> list[Piece]:
    """Return the blocks of a sweep, `block` runs at most each: a coarse picture of all entries first, then the rest in turns."""
    size = max(1, min(block, WORK // spec.race.steps))
    entries = range(len(spec.race.entries))
    counts = [len(_portions(spec, entry, size)) for entry in entries]
    turns = [(number, entry) for entry in entries for number in range(counts[entry])]
    return [Piece(spec, entry, number, size) for number, entry in sorted(turns)]


def run_piece(piece: Piece, stop: Callable[[], bool] | None = None) -> Outcome | None:
    """Run one block and return what is kept of it; None where `stop` said so on the way."""
    spec, cells = piece.spec, piece.cells
    rule, given = spec.race.entries[piece.entry].assembled(spec.race.steps)
    hyper: dict[str, Any] = dict(given)
    places = np.unravel_index(cells, spec.own_shape(piece.entry))
    for (name, values), place in zip(spec.own_axes(piece.entry), places[:-2], strict=True):
        if name:
            hyper[name] = values[place[0]] if (place == place[0]).all() else np.array(values, dtype=float)[place]
    starts = spec.starts.points(spec.race.base_problem)[:, places[-2]]
    seeds = [spec.seeds[i] for i in places[-1]]
    race = spec.race
    conditions = Conditions(spec.problem, race.steps, race.gradient == "central", race.noise)
    terms = Terms(spec.problem, race.steps, spec.measured_from, race.target, race.budget)
    tally = Tally(terms, rule, len(cells))
    stopped = False

    def watch(x: Any, state: Any, oracle: Any) -> bool:
        nonlocal stopped
        stopped = stop is not None and stop()
        return stopped or tally.watch(x, state, oracle)

    simulate(rule, hyper, starts, conditions, seeds, watch)
    return None if stopped else tally.outcome()


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
    is true the sweep ends within a block and returns what it has, `result.complete` False; given back as `resume` it goes on
    from there. Executors get Pieces, plain data; blocks already begun are waited for, none is left behind. The numbers are the
    same, bit for bit, whatever the executor and the blocks (in two dimensions; to 1e-12 beyond).
    """
    if resume is not None and resume.spec != spec:
        raise SpecError("resume", resume.spec, "the result of the same spec")
    sheet = Sheet(spec, resume)
    todo = [piece for piece in pieces(spec, block) if not sheet.has(piece.entry, piece.cells)]
    for piece, outcome in _outcomes(todo, _asked(cancel), executor):
        sheet.take(piece.entry, piece.cells, outcome)
        if progress:
            progress(sheet.done, sheet.total, sheet.snapshot)
    return sheet.snapshot()


def _outcomes(todo: list[Piece], stop: Callable[[], bool], executor: Executor | None) -> Iterator[tuple[Piece, Outcome]]:
    """Yield the blocks as they are done, until `stop`; those begun in an executor are waited for before this ends."""
    if executor is not None:
        yield from _outcomes_of(executor, todo, stop)
        return
    for piece in todo:
        outcome = None if stop() else run_piece(piece, stop)
        if outcome is None:
            return
        yield piece, outcome


def _outcomes_of(executor: Executor, todo: list[Piece], stop: Callable[[], bool]) -> Iterator[tuple[Piece, Outcome]]:
    waiting = iter(todo)
    begun: dict[Future[Outcome | None], Piece] = {}
    try:
        while not stop():
            for piece in itertools.islice(waiting, AHEAD - len(begun)):
                begun[executor.submit(run_piece, piece)] = piece
            if not begun:
                return
            for future in wait(begun, timeout=POLL, return_when=FIRST_COMPLETED).done:
                outcome = future.result()
                if outcome is not None:
                    yield begun.pop(future), outcome
    finally:
        for future in begun:
            future.cancel()
        wait(begun)


def _asked(cancel: Any) -> Callable[[], bool]:
    """Return whether to stop as a function, from an event, a function or nothing."""
    if cancel is None:
        return lambda: False
    asked: Callable[[], bool] = getattr(cancel, "is_set", cancel)
    return asked


@lru_cache(maxsize=64)
def _portions(spec: SweepSpec, entry: int, size: int) -> tuple[Places, ...]:
    """Return the cells of each block of an entry: coarse ones first, then the rest, those of one structural value together."""
    shape = spec.own_shape(entry)
    chosen = [coarse_values(count) for count in shape[:-2]]
    coarse = np.zeros(shape, dtype=bool)
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
