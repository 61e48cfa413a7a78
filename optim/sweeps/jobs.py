"""Background jobs shared by many visitors: identical requests are computed once, and a job without waiting visitors ends."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

PATIENCE = 4.0
"""Seconds after which a visitor who has not asked again is considered gone."""
KEPT = 8
"""Number of finished or cancelled jobs whose results are kept."""


class Partial(Protocol):
    """A result that may be partial."""

    @property
    def complete(self) -> bool:
        """Whether it is whole."""


Asked = TypeVar("Asked", bound=Hashable)
R = TypeVar("R", bound=Partial)
Report = Callable[[int, int, Callable[[], R]], None]
Work = Callable[[Asked, Report[R], Callable[[], bool], R | None], R]
"""work(spec, progress, cancel, resume) -> result: as optim.sweep takes them."""


@dataclass(frozen=True, eq=False)
class JobStatus(Generic[R]):
    """The progress of a job: `done` of `total` runs, seconds `spent` and `left` (None: not known yet), and the `result` so far.

    `running` is False once it has ended: `complete`, with an `error`, or cancelled.
    """

    done: int
    total: int
    spent: float
    left: float | None
    result: R | None
    running: bool
    complete: bool
    error: BaseException | None


class Jobs(Generic[Asked, R]):
    """Jobs by spec, each in a thread of its own and shared by all visitors who ask for it. Thread-safe."""

    def __init__(
        self, work: Work[Asked, R], patience: float = PATIENCE, kept: int = KEPT, *, always: Callable[[Asked], bool] | None = None
    ) -> None:
        """`kept` results are kept, the latest, and beside them those for whose spec `always` holds."""
        self._work, self._patience, self._kept = work, patience, kept
        self._always = always or (lambda _: False)
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Asked, _Job[Asked, R]] = OrderedDict()

    def ask(self, spec: Asked, visitor: Hashable) -> JobStatus[R]:
        """Return the status of the job for `spec`, starting or resuming it if necessary; the visitor leaves every other job.

        A visitor who does not ask again within the patience is considered gone.
        """
        with self._lock:
            for other, job in self._jobs.items():
                if other != spec:
                    job.leave(visitor)
            job = self._jobs.get(spec) or _Job(self._work, spec, self._patience)
            self._jobs[spec] = job
            self._jobs.move_to_end(spec)
            self._forget()
            job.join(visitor)
        return job.status()

    def leave(self, visitor: Hashable, spec: Asked | None = None) -> None:
        """Remove a visitor from the job for `spec`, or from all jobs."""
        with self._lock:
            for other, job in self._jobs.items():
                if spec is None or other == spec:
                    job.leave(visitor)

    def status(self, spec: Asked) -> JobStatus[R] | None:
        """Return the status of the job for `spec` without starting it; None where there is none."""
        with self._lock:
            job = self._jobs.get(spec)
        return job.status() if job else None

    def close(self) -> None:
        """Cancel all jobs and wait until they have ended."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.end()

    def _forget(self) -> None:
        others = [spec for spec in self._jobs if not self._always(spec)]
        idle = [spec for spec in others if not self._jobs[spec].running]
        for spec in idle[: max(0, len(others) - self._kept)]:
            del self._jobs[spec]


class _Job(Generic[Asked, R]):
    """The job for one spec, and the visitors who wait for it."""

    def __init__(self, work: Work[Asked, R], spec: Asked, patience: float) -> None:
        self._work, self._spec, self._patience = work, spec, patience
        self._lock = threading.Lock()
        self._seen: dict[Hashable, float] = {}
        self._thread: threading.Thread | None = None
        self._cancelled = False
        self._begun = self._ended = 0.0
        self._before = self._done = self._total = 0
        self._snapshot: Callable[[], R] | None = None
        self._result: R | None = None
        self._complete = False
        self._error: BaseException | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def join(self, visitor: Hashable) -> None:
        """Register a visitor, and start or resume the job if it is not running."""
        with self._lock:
            self._seen[visitor] = time.monotonic()
            if self.running or self._complete or self._error:
                return
            self._cancelled, self._begun, self._before = False, time.monotonic(), self._done
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def leave(self, visitor: Hashable) -> None:
        with self._lock:
            self._seen.pop(visitor, None)

    def end(self) -> None:
        self._cancelled = True
        if self._thread is not None:
            self._thread.join()

    def status(self) -> JobStatus[R]:
        with self._lock:
            spent = (time.monotonic() if self.running else self._ended) - self._begun
            fresh = self._done - self._before
            left = spent / fresh * (self._total - self._done) if fresh and self._total else None
            result = self._result if self._snapshot is None else self._snapshot()
            return JobStatus(
                self._done, self._total, spent, left, result, self.running and not self._complete, self._complete, self._error
            )

    def _run(self) -> None:
        try:
            result = self._work(self._spec, self._report, self._no_visitor_waits, self._result)
            with self._lock:
                self._result, self._snapshot = result, None
                self._complete = result.complete
        except Exception as error:  # shown to those who wait, whatever it is
            self._error = error
        self._ended = time.monotonic()

    def _report(self, done: int, total: int, snapshot: Callable[[], R]) -> None:
        with self._lock:
            self._done, self._total, self._snapshot = done, total, snapshot

    def _no_visitor_waits(self) -> bool:
        if self._cancelled:
            return True
        oldest = time.monotonic() - self._patience
        return not any(seen > oldest for seen in list(self._seen.values()))
