"""Training: the entries of a spec go side by side from mark to mark, here or in other processes, and can stop and go on."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from optim.core.errors import SpecError
from optim.core.parameter import takes
from optim.core.simulate import stop_function
from optim.i18n.message import message
from optim.networks.result import NetworkResult
from optim.networks.spec import NetworkSpec
from optim.networks.stretch import MEASURES, Checkpoint, Stretch, run_stretch
from optim.races.record import groups

Progress = Callable[[int, int, Callable[[], NetworkResult]], None]
"""Called as progress(done, total, snapshot): steps done, steps in all, and a function that returns the result so far."""


@takes(spec=NetworkSpec, resume=NetworkResult)
def train(
    spec: NetworkSpec,
    progress: Progress | None = None,
    cancel: Any = None,
    executor: Executor | None = None,
    resume: NetworkResult | None = None,
) -> NetworkResult:
    """Train the network that `spec` describes with each of its entries; a run that diverges is a result, not an error.

    `progress(done, total, snapshot)` is called when all entries have come to a mark, the start among them. `cancel` is anything
    with `is_set()`, or a function: once it is true the training ends within a step, in an executor within a stretch from mark to
    mark, and returns what it has up to the last mark, `result.complete` False; given back as `resume` it goes on from there.
    An `executor` gets plain data; the numbers are the same wherever they are computed. Raises SpecError where `resume` is of
    another spec.
    """
    if resume is not None and resume.spec != spec:
        raise SpecError("resume", resume.spec, message("the result of the same spec"))
    stop, log = stop_function(cancel), _Log(spec, resume)
    for place in range(log.place + 1, len(spec.marks)):
        stretches = [] if stop() and log.place >= 0 else list(_stretches(log, place, stop, executor))
        if len(stretches) < len(log.ends):
            break
        log.take(place, stretches)
        if progress:
            progress(spec.marks[place], spec.steps, partial(log.result, place, log.ends))
    return log.result(log.place, log.ends)


def _stretches(log: "_Log", place: int, stop: Callable[[], bool], executor: Executor | None) -> Iterator[Stretch]:
    """Yield what each group did up to a mark; no more once one was stopped. The start cannot be: there is always a result."""
    tasks = [(log.spec, group, place, end) for group, end in enumerate(log.ends)]
    if executor is not None:
        yield from (made.result() for made in [executor.submit(run_stretch, *task) for task in tasks])  # type: ignore[misc]
        return
    for task in tasks:
        made = run_stretch(*task, stop if place else None)
        if made is None:
            return
        yield made


class _Log:
    """What all entries did up to the mark at `place`, and where each group ended; rows that are not reached hold nothing."""

    def __init__(self, spec: NetworkSpec, begun: NetworkResult | None) -> None:
        entries, marks, steps = len(spec.entries), len(spec.marks), spec.steps + 1
        self.spec, self.place = spec, -1
        self.ends: Sequence[Checkpoint | None] = [None] * len(groups(spec.entries, spec.steps))
        self._loss, self._norm = np.full((2, entries, steps), np.nan)
        self._evaluations = np.zeros((entries, steps), dtype=np.int64)
        self._points = np.empty((entries, marks, spec.network.dimension))
        self._measures = {name: np.full((entries, marks), np.nan) for name in MEASURES}
        self._seconds = np.zeros(entries)
        if begun is not None:
            self._fill(begun)

    def _fill(self, begun: NetworkResult) -> None:
        rows, places = begun.done + 1, len(begun.marks)
        self.place, self.ends = places - 1, begun.ends
        self._loss[:, :rows], self._norm[:, :rows] = begun.loss, begun.gradient_norm
        self._evaluations[:, :rows], self._points[:, :places] = begun.evaluations, begun.points
        for name, values in self._measures.items():
            values[:, :places] = getattr(begun, name)
        self._seconds += begun.seconds

    def take(self, place: int, stretches: Sequence[Stretch]) -> None:
        """Write down what every group did up to the mark at `place`."""
        end = self.spec.marks[place] + 1
        for one in stretches:
            members, rows = list(one.members), slice(end - one.loss.shape[1], end)
            self._loss[members, rows], self._norm[members, rows] = one.loss, one.gradient_norm
            self._evaluations[members, rows], self._points[members, place] = one.evaluations, one.points
            for name, values in one.measures.items():
                self._measures[name][members, place] = values
            self._seconds[members] += one.seconds / len(members)
        self.place, self.ends = place, tuple(one.end for one in stretches)

    def result(self, place: int, ends: Sequence[Checkpoint | None]) -> NetworkResult:
        """Return the result up to a mark, where groups stood at `ends`.

        After a row that is not finite everything is NaN, and counting stops.
        """
        marks = self.spec.marks[: place + 1]
        rows = np.arange(marks[-1] + 1)
        loss, norm, evaluations = (values[:, : len(rows)] for values in (self._loss, self._norm, self._evaluations))
        broken = ~np.isfinite(loss)
        taken = np.where(broken.any(axis=1), broken.argmax(axis=1), marks[-1])
        after, marks_after = rows > taken[:, None], np.array(marks) > taken[:, None]
        return NetworkResult(
            spec=self.spec,
            loss=np.where(after, np.nan, loss),
            gradient_norm=np.where(after, np.nan, norm),
            evaluations=np.take_along_axis(evaluations, np.minimum(rows, taken[:, None]), axis=1),
            marks=marks,
            points=self._points[:, : place + 1],
            **{name: np.where(marks_after, np.nan, values[:, : place + 1]) for name, values in self._measures.items()},
            taken=tuple(int(step) for step in taken),
            seconds=tuple(float(one) for one in self._seconds),
            ends=tuple(end for end in ends if end is not None),
        )
