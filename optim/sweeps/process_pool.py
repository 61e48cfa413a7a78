"""A process pool for long work beside a server: an executor whose processes run at low priority."""

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

T = TypeVar("T")
NICENESS = 10
"""Added to the niceness of the worker processes: when both want one core, a worker gets about a tenth of it."""
TRIES = 3
"""Processes that are given the same work: one may be killed, for instance where memory is short, by no fault of its work."""
_COMMAND = "from optim.sweeps.process_pool import serve; serve()"


def process_pool(workers: int | None = None) -> "Workers":
    """Return the executor that an app should hand to `optim.sweep` and `optim.tune`: as many processes as the machine has cores.

    Make one and keep it: it is warm after a second. Threads do the same work, but share the interpreter's lock with the pages;
    tests/benchmarks/sweep.py measures both.
    """
    started = Workers(workers or os.cpu_count() or 1)
    for _ in range(started.count):
        started.submit(warm)
    return started


class Workers(Executor):
    """An executor of `count` processes at low priority; what it is given and gives back is pickled.

    Unlike a ProcessPoolExecutor's, its processes do not run the program's main module again, which under Streamlit is a page, and
    they end when this process does, however it ends. One that dies is replaced, and its work begins again in another; work that
    has ended TRIES processes raises BrokenProcessPool. So work is a function of its arguments, with no other effect.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="optim-workers")
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(_start_worker())
        self.count = count

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Have `fn(*args, **kwargs)` called in one of the processes; `fn` is a function of a module."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, and end the processes; with `wait`, once what was given is done."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        while wait and not self._idle.empty():
            _end(self._idle.get())

    def _call(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        message = pickle.dumps((fn, args, kwargs))
        for _ in range(TRIES):
            process = self._idle.get()
            try:
                succeeded, answer = _request(process, message)
            except (OSError, EOFError, pickle.UnpicklingError):
                _end(process)
                process = _start_worker()
                continue
            finally:
                self._idle.put(process)
            if not succeeded:
                raise answer
            result: T = answer
            return result
        raise BrokenProcessPool("a process ended before its work was done, and so did those that took it over")


def serve() -> None:
    """Worker loop: read pickled calls from stdin, write pickled results, until EOF."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a function prints must not mix with the answers
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    while True:
        try:
            fn, args, kwargs = pickle.load(requests)  # noqa: S301 - written by the process that started this one
        except EOFError:
            return
        try:
            answer = pickle.dumps((True, fn(*args, **kwargs)))
        except Exception as error:  # goes to whoever asked
            answer = pickle.dumps((False, error))
        try:
            answers.write(answer)
            answers.flush()
        except BrokenPipeError:  # who asked is gone
            return


def warm() -> None:
    """Load what deriving a formula needs: SymPy takes 0.6 s to import, better before somebody waits for it."""
    import optim.problems.formulas.derive  # noqa: F401, PLC0415


def _start_worker() -> "subprocess.Popen[bytes]":
    """Start one process, which finds modules where this one does."""
    return subprocess.Popen(  # noqa: S603 - this very interpreter and a fixed line
        [sys.executable, "-c", _COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )


def _request(process: "subprocess.Popen[bytes]", message: bytes) -> tuple[bool, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(message)
    process.stdin.flush()
    succeeded, answer = pickle.load(process.stdout)  # noqa: S301 - written by a process that this one started
    return succeeded, answer


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close a process's pipes, which ends it, and wait for it."""
    with process:
        pass
