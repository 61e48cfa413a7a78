"""Long computations: shared by all visitors, shown while they run, with the time left and a way to cancel."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import NetworkSeeds, NetworkSpec, SeedsResult, SweepResult, SweepSpec, TuneResult, TuneSpec, sweep, train_seeds, tune
from optim.i18n.message import plural
from optim.networks.rates import RateSweep, sweep_rates
from optim.sweeps.jobs import Jobs, JobStatus, Report
from optim.sweeps.process_pool import Workers, process_pool
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate, translate_plural

POLL = 0.4
"""Seconds between two polls of a running computation."""
REDRAW = 0.9
"""Seconds between two redraws of its result: each is drawn from scratch."""
FIRST = 0.35
"""Seconds that a page waits for a first picture before it shows itself without one."""
TRAININGS = 3
"""Number of trainings that are kept: one with all its points has up to 60 MB."""
Counted = Callable[[int], str]
_CANCELLED, _VISITOR = "work called off", "visitor"


@st.cache_resource
def workers() -> Workers:
    """Return the worker processes of all long computations: started early, and of lower priority than the pages."""
    return process_pool()


@st.cache_resource
def sweeps() -> Jobs[SweepSpec, SweepResult]:
    """Return the sweeps of all visitors."""
    executor = workers()

    def work(spec: SweepSpec, report: Report[SweepResult], stop: Callable[[], bool], resume: SweepResult | None) -> SweepResult:
        return sweep(spec, report, stop, executor, resume)

    return Jobs(work)


@st.cache_resource
def fair_races() -> Jobs[TuneSpec, TuneResult]:
    """Return the fair races of all visitors."""
    executor = workers()

    def work(spec: TuneSpec, report: Report[TuneResult], stop: Callable[[], bool], resume: TuneResult | None) -> TuneResult:
        return tune(spec, report, stop, executor, resume)

    return Jobs(work)


@st.cache_resource
def trainings(_opening: NetworkSeeds) -> Jobs[NetworkSeeds, SeedsResult]:
    """Return the trainings of all visitors; the one that the page opens with is kept whatever else is asked for."""
    executor = workers()

    def work(spec: NetworkSeeds, report: Report[SeedsResult], stop: Callable[[], bool], resume: SeedsResult | None) -> SeedsResult:
        return train_seeds(spec, report, stop, executor, resume)

    return Jobs(work, kept=TRAININGS, always=lambda spec: spec == _opening)


@st.cache_resource
def rate_sweeps() -> Jobs[NetworkSpec, RateSweep]:
    """Return the sweeps over learning rates of networks, of all visitors."""

    def work(spec: NetworkSpec, report: Report[RateSweep], stop: Callable[[], bool], _resume: RateSweep | None) -> RateSweep:
        return sweep_rates(spec, progress=report, cancel=stop)

    return Jobs(work)


def watch(
    jobs: Jobs[Any, Any],
    spec: Any,
    claim: Callable[[Any], None],
    picture: Callable[[Any], None],
    *,
    answer: DeltaGenerator,
    offer: Callable[[Any], None] | None = None,
    counted: Counted = lambda count: plural("run", "runs", count),
) -> None:
    """Start the computation of `spec` and show its result so far, again and again until it is complete.

    `claim` says what the result says, maybe a partial one, in the place for the `answer`; `picture` shows it below. `offer`
    shows what to do with it once it is complete: with the page, since its widgets change inputs. `counted` names so many of
    the parts that its progress is counted in. The visitor's other work ends, and this one's too once the page is left.
    """
    status = _status(jobs, spec)
    ends = time.monotonic() + FIRST
    while status.running and status.result is None and time.monotonic() < ends:
        time.sleep(0.02)
        status = _status(jobs, spec)
    with answer:
        _panel(jobs, spec, claim, status.running)
        if offer is not None and status.complete and status.result is not None:
            offer(status.result)
        _bar(jobs, spec, status, counted)
    _panel(jobs, spec, picture, status.running)


def _panel(jobs: Jobs[Any, Any], spec: Any, show: Callable[[Any], None], running: bool) -> None:
    """Show the result so far; redraw it periodically while the computation runs."""

    def panel() -> None:
        result = _status(jobs, spec).result
        if result is not None:
            show(result)

    _again(panel, REDRAW if running else None)


def _bar(jobs: Jobs[Any, Any], spec: Any, before: JobStatus[Any], counted: Counted) -> None:
    """Show the progress, and rerun the page when the computation begins, ends or has its first result."""
    statuses = [before]

    def bar() -> None:
        # Drawn with the page it shows what the page saw; only a later look may find that the page has to be drawn anew.
        status = statuses.pop() if statuses else _status(jobs, spec)
        if status.running != before.running or (before.result is None and status.result is not None):
            st.rerun()
        _show_bar(jobs, spec, status, translate(counted(status.total)))

    _again(bar, POLL if before.running else None)


def _again(draw: Callable[[], None], seconds: float | None) -> None:
    """Draw something with the page, and by itself every so many seconds; None draws it with the page alone.

    A widget in a part that is drawn by itself reruns only that part: such a part has none that changes the inputs.
    """
    # In a place of its own: what a slow browser has not heard of when a part is drawn again is dropped and only sent anew, maybe
    # after its younger neighbours, and a second child before the first takes the whole page down.
    with st.container():
        if seconds is None:
            draw()
        else:
            st.fragment(draw, run_every=seconds)()


def _status(jobs: Jobs[Any, Any], spec: Any) -> JobStatus[Any]:
    """Return the status of the computation, started where it is not; what the visitor cancelled is not started again."""
    if st.session_state.get(_CANCELLED) == spec:
        status = jobs.status(spec)
        if status is not None:
            return status
    st.session_state.pop(_CANCELLED, None)
    return jobs.ask(spec, _visitor())


def _visitor() -> str:
    return str(st.session_state.setdefault(_VISITOR, uuid.uuid4().hex))


def _show_bar(jobs: Jobs[Any, Any], spec: Any, status: JobStatus[Any], counted: str) -> None:
    """Show the progress, and a button to cancel or to resume."""
    if status.error is not None:
        st.error(plain(translate("This could not be computed: {error}", error=status.error)))
    elif not status.complete:
        share = status.done / status.total if status.total else 0.0
        left, right = st.columns([5, 1], vertical_alignment="center")
        if status.running:
            left.progress(share, _progress(status, counted))
            right.button(
                translate("Cancel"),
                key="cancel work",
                on_click=_cancel,
                args=(jobs, spec),
                width="stretch",
                icon=":material/close:",
            )
        else:
            stopped = translate(
                "Stopped at {done:,} of {total:,} {runs}. What is shown is what they say so far.",
                done=status.done,
                total=status.total,
                runs=counted,
            )
            left.progress(share, stopped)
            right.button(translate("Go on"), key="resume work", on_click=_resume, width="stretch", icon=":material/play_arrow:")


def _progress(status: JobStatus[Any], counted: str) -> str:
    """Return how far a computation is, and how long it will take where that is known."""
    if not status.total:
        return translate("Starting ...")
    if status.left is None:
        return translate("{done:,} of {total:,} {runs}", done=status.done, total=status.total, runs=counted)
    return translate_plural(
        "{done:,} of {total:,} {runs}, about {count} second left",
        "{done:,} of {total:,} {runs}, about {count} seconds left",
        max(1, round(status.left)),
        done=status.done,
        total=status.total,
        runs=counted,
    )


def _cancel(jobs: Jobs[Any, Any], spec: Any) -> None:
    st.session_state[_CANCELLED] = spec
    jobs.leave(_visitor(), spec)


def _resume() -> None:
    st.session_state.pop(_CANCELLED, None)
