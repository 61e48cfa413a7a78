"""Processes for long work: they do what threads would, give way to everything else, and none outlives what started it."""

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

import optim
from optim.sweeps.process_pool import NICENESS, Workers, process_pool
from tests.support import samples

ROOT = Path(__file__).parents[2]
KEPT = ("end", "end_gap", "reached_step", "evaluations", "status")


@pytest.fixture(scope="module")
def workers():
    with process_pool() as workers:
        yield workers


def small():
    race = optim.RaceSpec("rosenbrock", [optim.Entry("sgd"), optim.Entry("adam")], (-1.2, 1.0), 50)
    return optim.SweepSpec(race, {"lr": (0.001, 0.01, 0.1)}, optim.Jittered(6))


@pytest.mark.long
def test_a_sweep_in_them_has_the_same_bits(workers):
    ours, theirs = optim.sweep(small()), optim.sweep(small(), executor=workers, block=7)
    assert samples.bits(ours.end) == samples.bits(theirs.end)
    assert samples.bits(ours.end_gap) == samples.bits(theirs.end_gap)


@pytest.mark.long
def test_what_a_call_raises_is_raised_and_the_process_goes_on(workers):
    with pytest.raises(ZeroDivisionError):
        workers.submit(operator.truediv, 1, 0).result()
    assert workers.submit(operator.truediv, 1, 2).result() == 0.5


def test_what_cannot_be_sent_is_the_callers_error(workers):
    with pytest.raises((AttributeError, TypeError), match=r"(?i)pickle|local"):
        workers.submit(operator.truediv, lambda: 1, 2).result()
    with pytest.raises((AttributeError, TypeError), match=r"(?i)pickle"):
        workers.submit(threading.Lock).result()
    assert workers.submit(operator.add, 1, 2).result() == 3


def test_what_a_call_prints_stays_out_of_the_way(workers, capfd):
    workers.submit(print, "hello").result()
    workers.submit(os.write, 1, b"hello").result()
    assert workers.submit(operator.add, 1, 2).result() == 3


def test_they_give_way_to_the_process_that_started_them(workers):
    if not hasattr(os, "getpriority"):
        pytest.skip("no os.getpriority here")
    nicer = workers.submit(os.getpriority, os.PRIO_PROCESS, 0).result()
    assert nicer == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


@pytest.mark.long
def test_one_that_dies_is_replaced_and_shut_down_none_is_left():
    with Workers(1) as one:
        first = one.submit(os.getpid).result()
        with pytest.raises(BrokenProcessPool):
            one.submit(os._exit, 3).result()
        second = one.submit(os.getpid).result()
        assert second not in (first, os.getpid())
        assert alive(second)
    assert not alive(first)
    assert not alive(second)


@pytest.mark.long
def test_a_process_that_is_killed_in_mid_sweep_loses_no_run_and_doubles_none():
    counts, pool = [], Workers(2)
    race = optim.RaceSpec("rosenbrock", [optim.Entry("sgd"), optim.Entry("adam")], (-1.2, 1.0), 3000)
    spec = optim.SweepSpec(race, {"lr": tuple(10 ** (-k / 8) for k in range(16, 32))}, optim.Jittered(6))

    def kill_one(done, total, _):
        counts.append(done)
        if len(counts) in {2, 5}:  # by then it holds the next block
            os.kill(pool.submit(os.getpid).result(timeout=60), signal.SIGKILL)

    with pool:
        there = optim.sweep(spec, kill_one, executor=pool, block=10)
    here = optim.sweep(spec)
    assert there.complete
    assert counts == sorted(set(counts))
    assert counts[-1] == there.status.size
    assert {name: samples.bits(getattr(there, name)) for name in KEPT} == {name: samples.bits(getattr(here, name)) for name in KEPT}


@pytest.mark.long
def test_where_nothing_can_be_written_a_sweep_is_run_and_called_off_all_the_same(workers, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", os.path.join(os.devnull, "nowhere"))
    done = optim.sweep(small(), executor=workers, block=7)
    assert samples.bits(done.end) == samples.bits(optim.sweep(small()).end)
    part = optim.sweep(small(), cancel=lambda: True, executor=workers)
    assert not part.done.any()


@pytest.mark.long
def test_none_outlives_the_process_that_started_it_however_that_ends():
    """The parent ends at once, without a word to its workers, as when it is killed."""
    script = (
        "import os; from optim.sweeps.process_pool import Workers\n"
        "print(Workers(1).submit(os.getpid).result(), flush=True); os._exit(1)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    ends = time.monotonic() + 20
    while alive(int(run.stdout)):
        assert time.monotonic() < ends
        threading.Event().wait(0.01)


@pytest.mark.long
def test_a_main_module_is_not_run_again(tmp_path):
    """Under Streamlit the main module is a page: a ProcessPoolExecutor would run it once more in each of its processes."""
    script = tmp_path / "page.py"
    script.write_text(
        "import os; from optim.sweeps.process_pool import process_pool\nprint('run')\n"
        "with process_pool(1) as one: print(one.submit(os.getpid).result() > 0)"
    )
    run = subprocess.run(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["run", "True"]
    assert run.stderr == ""


def test_there_are_as_many_as_cores(workers):
    assert workers.count == (os.cpu_count() or 1)


def alive(number):
    """Whether a process with that number is still there."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text() if Path("/proc/self").exists() else True
