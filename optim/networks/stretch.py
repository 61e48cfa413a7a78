"""A stretch of a training: the entries of one optimizer, from one mark to the next; plain data before and after it."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from optim.core.oracle import WEIGHTS, Counts, seeded
from optim.core.simulate import advance, stacked
from optim.core.types import Array, State
from optim.networks.oracle import BatchOracle, Running, measure, whole_pass
from optim.networks.spec import NetworkSpec
from optim.races.record import groups

MEASURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where entries stand at a mark, a step: all that the rest of their training depends on; `lost` without a finite loss."""

    step: int
    x: Array
    state: State
    running: Running
    evaluations: Counts
    lost: bool


@dataclass(frozen=True, eq=False)
class Stretch:
    """What the entries numbered `members` did up to the mark at `place`: rows (B, steps) of the steps after the mark before.

    `measures` (B,) and `points` (B, d) are those at the mark itself.
    """

    members: tuple[int, ...]
    place: int
    loss: Array
    gradient_norm: Array
    evaluations: Counts
    measures: dict[str, Array]
    points: Array
    seconds: float
    end: Checkpoint


def run_stretch(
    spec: NetworkSpec, group: int, place: int, before: Checkpoint | None, stop: Callable[[], bool] | None = None
) -> Stretch | None:
    """Take the steps of one group of entries to the mark at `place`, and measure there; None where `stop` became true on the way.

    `before` is the mark before it, which stays as it is; the mark at place 0 is the start, and has none before it.
    """
    with np.errstate(all="ignore"):
        return _Runner(spec, group, before).go_to(place, stop or (lambda: False))


def weight_keys(spec: NetworkSpec) -> tuple[tuple[int, ...], ...]:
    """Return by entry what its first weights are keyed by beside the seed: nothing where all start from the same.

    Own ones are keyed by the optimizer's name and how often it came before: an entry has them whoever else trains.
    """
    names = [entry.rule.name for entry in spec.entries]
    own = spec.weights == "own"
    return tuple((crc32(name.encode()), names[:i].count(name)) if own else () for i, name in enumerate(names))


def first_weights(spec: NetworkSpec) -> Array:
    """Return the weights that each entry starts from, (d, entries)."""
    keys = weight_keys(spec)
    drawn = {key: spec.network.initial(np.random.default_rng(seeded(spec.seed, WEIGHTS, *key)), spec.initial) for key in set(keys)}
    return np.stack([drawn[key] for key in keys], axis=1).astype(spec.dtype, copy=False)


class _Runner:
    """One group of entries, stacked, on its way."""

    def __init__(self, spec: NetworkSpec, group: int, before: Checkpoint | None) -> None:
        self._spec, self._before = spec, before
        self._rule, hypers, self._members = groups(spec.entries, spec.steps)[group]
        runs = len(self._members)
        self._paid = np.zeros(runs, dtype=np.int64) if before is None else before.evaluations
        self._oracle = BatchOracle(
            spec.network,
            spec.examples,
            spec.seed,
            spec.batch,
            runs,
            before.running if before else None,
            dtype=spec.dtype,
            weight_decay=spec.weight_decay,
        )
        self._steps = advance(
            self._rule,
            stacked(hypers, spec.dtype),
            first_weights(spec)[:, self._members] if before is None else before.x,
            self._oracle,
            keeps_states=False,
            state=None if before is None else copy.deepcopy(before.state),  # steps write over it
            begin=before.step if before else 0,
        )
        self._x, self._state = next(self._steps)

    def go_to(self, place: int, stop: Callable[[], bool]) -> Stretch | None:
        """Return the stretch to the mark at `place`, None where `stop` became true before."""
        clock, mark = time.perf_counter(), self._spec.marks[place]
        start = -1 if self._before is None else self._before.step
        loss, norm = np.full((2, len(self._members), mark - start), np.nan)
        evaluations = np.zeros(loss.shape, dtype=np.int64)
        lost, after = self._before is not None and self._before.lost, self._spec.loss_at == "after"
        for row in range(mark - start if self._before else 0):
            if stop():
                return None
            if lost:
                break
            x = self._x
            self._x, self._state = next(self._steps)
            if row:  # what this step's batch says of the weights before it; of the first it was asked at the mark before
                said, norm[:, row - 1] = self._oracle.said_of(x)
                if not after:
                    loss[:, row - 1] = said
            if after:
                loss[:, row] = self._oracle.loss(self._x)
            evaluations[:, row] = self._paid + sum(self._oracle.counts())
            known = loss[:, row if after else row - 1]
            lost = bool(row or after) and not np.isfinite(known).any()
        if not lost:  # the last row's batch is that of the step to come
            self._oracle.begin(mark)
            said, norm[:, -1] = self._oracle.said_of(self._x)
            if not after or self._before is None:
                loss[:, -1] = said
            lost = not np.isfinite(loss[:, -1]).any()
        return self._measured(place, loss, norm, evaluations, lost, time.perf_counter() - clock)

    def _measured(self, place: int, loss: Array, norm: Array, evaluations: Counts, lost: bool, seconds: float) -> Stretch:
        """Return the stretch with losses on all examples, at the weights that the rule reports."""
        network, data = self._spec.network, self._spec.examples
        answer = self._x if self._rule.answer is None else self._rule.answer(self._x, self._state)
        how = whole_pass(self._oracle)
        measured = [*measure(network, answer, data, data.train, how), *measure(network, answer, data, data.test, how)]
        paid = self._paid + sum(self._oracle.counts())
        return Stretch(
            members=tuple(self._members),
            place=place,
            loss=loss,
            gradient_norm=norm,
            evaluations=evaluations if self._before else np.broadcast_to(paid, evaluations.T.shape).T,
            measures=dict(zip(MEASURES, measured, strict=True)),
            points=answer.T,
            seconds=seconds,
            end=Checkpoint(self._spec.marks[place], self._x, self._state, self._oracle.running, np.asarray(paid), lost),
        )
