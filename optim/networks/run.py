"""Training: the entries of a spec run side by side, in turns of a few steps, and are measured on the way."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np

from optim.core.optimizer import Optimizer
from optim.core.oracle import WEIGHTS, seeded
from optim.core.simulate import advance, stacked, stop_function
from optim.core.types import Array
from optim.networks.oracle import BatchOracle, measure, whole_pass
from optim.networks.result import MEASURES, NetworkResult
from optim.networks.spec import NetworkSpec
from optim.races.record import groups

Progress = Callable[[int, int, Callable[[], NetworkResult]], None]
"""Called as progress(done, total, snapshot): steps done, steps in all, and a function that returns the result so far."""


def train(spec: NetworkSpec, progress: Progress | None = None, cancel: Any = None) -> NetworkResult:
    """Train the network that `spec` describes with each of its entries; a run that diverges is a result, not an error.

    `progress(done, total, snapshot)` is called when all entries have come to a mark. `cancel` is anything with `is_set()`, or a
    function: once it is true the training ends within a step and returns what it has up to the last mark, `result.complete`
    False.
    """
    stop, log = stop_function(cancel), _Log(spec)
    with np.errstate(all="ignore"):
        blocks = [_Block(spec, log, *group) for group in groups(spec.entries, spec.steps)]
        for place, mark in enumerate(spec.marks):
            if not all(block.go_to(mark, place, stop) for block in blocks):
                return log.result(place - 1)
            if progress and place:
                progress(mark, spec.steps, partial(log.result, place))
    return log.result(len(spec.marks) - 1)


def first_weights(spec: NetworkSpec) -> Array:
    """Return the weights that each entry starts from, (d, entries).

    Own ones are keyed by the optimizer's name and how often it came before: an entry has them whoever else trains.
    """
    names = [entry.rule.name for entry in spec.entries]
    keys: Sequence[tuple[int, ...]] = [(crc32(name.encode()), names[:i].count(name)) for i, name in enumerate(names)]
    if spec.weights == "same":
        keys = [()] * len(names)
    drawn = {key: spec.network.initial(np.random.default_rng(seeded(spec.seed, WEIGHTS, *key)), spec.initial) for key in set(keys)}
    return np.stack([drawn[key] for key in keys], axis=1)


class _Log:
    """What all entries did, by step and by mark; rows that are not reached yet hold nothing."""

    def __init__(self, spec: NetworkSpec) -> None:
        entries, marks = len(spec.entries), len(spec.marks)
        self.spec = spec
        self.loss, self.norm = (np.full((entries, spec.steps + 1), np.nan) for _ in range(2))
        self.evaluations = np.zeros((entries, spec.steps + 1), dtype=np.int64)
        self.points = np.empty((entries, marks, spec.network.dimension))
        self.measures = {name: np.full((entries, marks), np.nan) for name in MEASURES}
        self.seconds = np.zeros(entries)

    def result(self, place: int) -> NetworkResult:
        """Return the result up to a mark: after a row that is not finite everything is NaN, and counting stops."""
        marks = self.spec.marks[: place + 1]
        rows = np.arange(marks[-1] + 1)
        loss, norm, evaluations = (values[:, : len(rows)] for values in (self.loss, self.norm, self.evaluations))
        broken = ~np.isfinite(loss)
        taken = np.where(broken.any(axis=1), broken.argmax(axis=1), marks[-1])
        after, marks_after = rows > taken[:, None], np.array(marks) > taken[:, None]
        return NetworkResult(
            spec=self.spec,
            loss=np.where(after, np.nan, loss),
            gradient_norm=np.where(after, np.nan, norm),
            evaluations=np.take_along_axis(evaluations, np.minimum(rows, taken[:, None]), axis=1),
            marks=marks,
            points=self.points[:, : place + 1],
            **{name: np.where(marks_after, np.nan, values[:, : place + 1]) for name, values in self.measures.items()},
            taken=tuple(int(step) for step in taken),
            seconds=tuple(float(one) for one in self.seconds),
        )


class _Block:
    """The entries of one optimizer, stacked: they go on to a mark when told to, and write down what they did."""

    def __init__(self, spec: NetworkSpec, log: _Log, rule: Optimizer, hypers: list[dict[str, Any]], members: list[int]) -> None:
        self._spec, self._log, self._rule, self._members = spec, log, rule, members
        self._oracle = BatchOracle(spec.network, spec.examples, spec.seed, spec.batch, len(members))
        start = first_weights(spec)[:, members]
        self._steps = advance(rule, stacked(hypers), start, self._oracle, keeps_states=False)
        self._x, self._state = next(self._steps)
        self._done = 0
        log.loss[members, 0] = self._oracle.loss(self._x)
        self._count()

    def go_to(self, mark: int, place: int, stop: Callable[[], bool]) -> bool:
        """Take steps until `mark`, the one at `place`, and measure there; False where `stop` became true before."""
        begin = time.perf_counter()
        while self._done < mark and np.isfinite(self._log.loss[self._members, max(0, self._done - 1)]).any():
            if stop():
                return False
            self._step()
        self._log.seconds[self._members] += (time.perf_counter() - begin) / len(self._members)
        if self._done == mark:
            self._mark(mark, place)
        return True

    def _step(self) -> None:
        before, step = self._x, self._done
        self._x, self._state = next(self._steps)
        self._done = step + 1
        self._note(step, before)
        if self._spec.loss_at == "after":
            self._log.loss[self._members, step + 1] = self._oracle.loss(self._x)
        self._count()

    def _note(self, step: int, x: Array) -> None:
        """Write down what the batch of a step says of the weights before it."""
        loss, norm = self._oracle.said_of(x)
        self._log.norm[self._members, step] = norm
        if self._spec.loss_at == "before":
            self._log.loss[self._members, step] = loss

    def _count(self) -> None:
        self._log.evaluations[self._members, self._done] = sum(self._oracle.counts())

    def _mark(self, mark: int, place: int) -> None:
        """Measure the weights that the entries report, and keep them; the last row's batch is that of the step to come."""
        network, data, log = self._spec.network, self._spec.examples, self._log
        answer = self._x if self._rule.answer is None else self._rule.answer(self._x, self._state)
        how = whole_pass(self._oracle)
        for name, which in (("train", data.train), ("test", data.test)):
            loss, accuracy = measure(network, answer, data, which, how)
            log.measures[f"{name}_loss"][self._members, place] = loss
            log.measures[f"{name}_accuracy"][self._members, place] = accuracy
        log.points[self._members, place] = answer.T
        self._oracle.begin(mark)
        self._note(mark, self._x)
