"""Long work: one computation for all who ask for the same, none for those who have gone, and nothing left running."""

import threading
import time
from dataclasses import dataclass

import pytest

import optim
from optim.sweeps.jobs import Jobs

ENOUGH = 20.0
"""Seconds that a test waits for what must happen before it fails."""


@dataclass(frozen=True)
class Result:
    """How far the made-up work came."""

    done: int
    complete: bool


class Work:
    """Work in steps, each of which waits until the test lets it go on; counts how often it was begun and from where."""

    def __init__(self, steps=3):
        self.steps, self.begun, self.ended = steps, [], threading.Semaphore(0)
        self.go, self.stepped = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, spec, progress, cancel, resume):
        done = resume.done if resume else 0
        self.begun.append((spec, done))
        while done < self.steps and not cancel():
            if self.go.acquire(timeout=0.005):
                done += 1
                progress(done, self.steps, lambda done=done: Result(done, False))
                self.stepped.release()
        self.ended.release()
        return Result(done, done == self.steps)

    def let(self, steps):
        """Let the work take some steps and wait until it has."""
        for _ in range(steps):
            self.go.release()
        for _ in range(steps):
            assert self.stepped.acquire(timeout=ENOUGH)


def settled(jobs, spec):
    """Return how the work on `spec` stands once it has ended."""
    ends = time.monotonic() + ENOUGH
    while (status := jobs.status(spec)).running:
        assert time.monotonic() < ends
        threading.Event().wait(0.002)
    return status


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def jobs(work):
    others = set(threading.enumerate())  # a page tested before in this process may still have work of its own
    jobs = Jobs(work, patience=60.0)
    yield jobs
    jobs.close()
    left = set(threading.enumerate()) - others
    assert not [thread for thread in left if "_Job" in repr(getattr(thread, "_target", None))]


def test_the_same_request_is_computed_once_for_all(jobs, work):
    for visitor in ("ann", "bob", "ann"):
        assert jobs.ask("spec", visitor).running
    work.let(3)
    status = settled(jobs, "spec")
    assert (status.done, status.total, status.complete, status.result) == (3, 3, True, Result(3, True))
    assert jobs.ask("spec", "cid").result == Result(3, True)
    assert work.begun == [("spec", 0)]


def test_many_who_ask_at_once_begin_it_once(jobs, work):
    together, statuses = threading.Barrier(16), []

    def ask(visitor):
        together.wait(ENOUGH)
        statuses.append(jobs.ask("spec", visitor))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ENOUGH)
    work.let(3)
    assert settled(jobs, "spec").complete
    assert len(statuses) == 16
    assert len(work.begun) == 1


def test_a_partial_result_is_shown_on_the_way_with_the_time_it_takes(jobs, work):
    assert jobs.ask("spec", "ann").left is None
    work.let(1)
    status = jobs.ask("spec", "ann")
    assert (status.done, status.total, status.running, status.complete) == (1, 3, True, False)
    assert status.result == Result(1, False)
    assert status.left == pytest.approx(2 * status.spent)


def test_work_goes_on_until_the_last_visitor_leaves(jobs, work):
    jobs.ask("spec", "ann")
    jobs.ask("spec", "bob")
    work.let(1)
    jobs.leave("ann")
    work.let(1)
    assert jobs.status("spec").running
    jobs.leave("bob")
    status = settled(jobs, "spec")
    assert (status.done, status.complete, status.result) == (2, False, Result(2, False))
    assert work.ended.acquire(timeout=ENOUGH)


def test_who_asks_for_something_else_has_left(jobs, work):
    jobs.ask("one", "ann")
    jobs.ask("two", "ann")
    assert not settled(jobs, "one").complete
    assert jobs.status("two").running
    jobs.ask("two", "bob")
    jobs.leave("ann", "two")
    assert jobs.status("two").running


def test_who_does_not_ask_again_is_gone_once_patience_ends(work):
    jobs = Jobs(work, patience=0.05)
    jobs.ask("spec", "ann")
    assert not settled(jobs, "spec").complete
    assert work.ended.acquire(timeout=ENOUGH)


def test_work_called_off_is_taken_up_where_it_was(jobs, work):
    jobs.ask("spec", "ann")
    work.let(2)
    jobs.leave("ann")
    settled(jobs, "spec")
    assert jobs.ask("spec", "bob").running
    work.let(1)
    assert settled(jobs, "spec").complete
    assert work.begun == [("spec", 0), ("spec", 2)]


def test_a_failure_is_shown_to_those_who_wait_and_not_tried_again():
    begun = []

    def fails(spec, progress, cancel, resume):
        begun.append(spec)
        raise ZeroDivisionError("in the work")

    jobs = Jobs(fails)
    jobs.ask("spec", "ann")
    status = settled(jobs, "spec")
    assert isinstance(status.error, ZeroDivisionError)
    assert not status.complete
    assert jobs.ask("spec", "bob").error is status.error
    assert begun == ["spec"]


def test_results_that_nobody_has_asked_for_lately_are_forgotten():
    jobs = Jobs(lambda spec, progress, cancel, resume: Result(1, True), kept=3)
    for spec in range(6):
        jobs.ask(spec, "ann")
        settled(jobs, spec)
    assert [spec for spec in range(6) if jobs.status(spec)] == [3, 4, 5]


def test_what_is_always_kept_is_computed_once_whatever_else_is_asked_for():
    begun = []
    jobs = Jobs(lambda spec, *_: begun.append(spec) or Result(1, True), kept=2, always=lambda spec: spec == "first")
    for spec in ("first", "a", "b", "c", "first", "d", "a"):
        jobs.ask(spec, "visitor")
        settled(jobs, spec)
    assert begun == ["first", "a", "b", "c", "d", "a"]
    assert jobs.status("b") is None


def test_close_ends_all_work_and_waits_for_it(work):
    jobs = Jobs(work)
    jobs.ask("one", "ann")
    jobs.ask("two", "bob")
    jobs.close()
    assert work.ended.acquire(blocking=False)
    assert work.ended.acquire(blocking=False)


def test_a_sweep_that_is_called_off_and_taken_up_again_is_the_sweep():
    race = optim.RaceSpec("himmelblau", [optim.Entry("sgd"), optim.Entry("adam")], (1.0, 1.0), 40)
    spec = optim.SweepSpec(race, {"lr": tuple(0.001 * 1.2**i for i in range(30))}, optim.Jittered(6))
    waits, seen = threading.Semaphore(0), threading.Semaphore(0)

    def work(spec, progress, cancel, resume):
        def report(done, total, snapshot):
            progress(done, total, snapshot)
            seen.release()
            waits.acquire(timeout=ENOUGH)

        return optim.sweep(spec, report, cancel, resume=resume, block=20)

    jobs = Jobs(work, patience=60.0)
    jobs.ask(spec, "ann")
    assert seen.acquire(timeout=ENOUGH)
    jobs.leave("ann")
    waits.release()
    part = settled(jobs, spec)
    assert not part.complete
    assert 0 < part.result.done.sum() < part.result.done.size
    for _ in range(1000):
        waits.release()
    jobs.ask(spec, "bob")
    whole = settled(jobs, spec)
    assert whole.complete
    assert whole.result.end.tobytes() == optim.sweep(spec).end.tobytes()
