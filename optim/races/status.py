"""Status: how a run ended, since when, and why, in words a visitor can check against the numbers."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optim.core import metrics
from optim.core.claim import first
from optim.core.linalg import point_norms
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.problems.lowest_value import lowest_value_source, not_lowest
from optim.races.claims.last_steps import CIRCLES, HOVERS, IMPROVING, ON_ITS_WAY, STANDSTILL, LastSteps
from optim.races.claims.lost import NOT_FINITE, Lost
from optim.races.claims.overshoot import CARRIED_AWAY, LEFT, OVERSHOOTS, Stretch
from optim.races.claims.run import DIVERGED_WIDTHS, Run
from optim.races.claims.whereabouts import WHERE
from optim.races.stationarity import falls_to_lowest, in_minimum, quadratic_model

Kind = Literal["converged", "local minimum", "saddle", "cycling", "moving", "stalled", "left the window", "diverged"]


@dataclass(frozen=True)
class Status:
    """How a run ended: its kind, the step since when, and the reason in words."""

    kind: Kind
    step: int
    reason: str


def classify(run: Run) -> Status:
    """Return the status of a run; the first rule that applies decides."""
    with np.errstate(all="ignore"):
        for rule in (_not_finite, _far, _outside, _converged, _unmoved, _stationary, _improving):
            status = rule(run)
            if status is not None:
                return status
        return _going_nowhere(run)


def _not_finite(run: Run) -> Status | None:
    """The first row at which the point moved, the point reported, or the function at either has no finite value."""
    finite = np.isfinite(run.path).all(axis=-1) & np.isfinite(run.loss)
    finite &= np.isfinite(run.moved).all(axis=-1) & np.isfinite(run.moved_loss)
    if finite.all():
        return None
    step = int(np.argmin(finite))
    if step == 0:
        return Status("diverged", 0, message("the function has no finite value at the start {place}", place=place(run.path[0])))
    reason = first(NOT_FINITE, Lost(run, step)) or message(
        "{cause}; the numbers overflowed at step {step}", cause=first(CARRIED_AWAY, Stretch(run, 0, step)), step=step
    )
    return Status("diverged", step, reason)


def _far(run: Run) -> Status | None:
    away = metrics.window_widths(run.path, run.problem)
    step = metrics.kept_from(away > DIVERGED_WIDTHS)
    if step is None:
        return None
    if step == 0:
        return Status("diverged", 0, message("it started {away:.3g} window widths away and never came near", away=float(away[0])))
    reason = message(
        "{cause}; it ended {away:.3g} window widths away", cause=first(CARRIED_AWAY, Stretch(run, 0, step)), away=float(away[-1])
    )
    return Status("diverged", step, reason)


def _outside(run: Run) -> Status | None:
    step = metrics.kept_from(~metrics.inside(run.path, run.problem.domain))
    if step is None:
        return None
    if step == 0:
        reason = message("it started outside the domain and ended there, at {place}", place=place(run.path[-1]))
        return Status("left the window", 0, reason)
    end = message("it is outside the domain since step {step}, at {place}", step=step, place=place(run.path[-1]))
    return Status("left the window", step, _because(first(LEFT, Stretch(run, 0, step)), end))


def _converged(run: Run) -> Status | None:
    whence = lowest_value_source(run.problem, run.lowest)
    if run.lowest is None or whence not in {"known", "found"}:
        return None
    step = metrics.reached(run.loss - run.lowest, metrics.default_target(run.lowest))
    if step is None:
        return None
    tolerance = metrics.default_target(run.lowest)
    where = first(WHERE, run)
    reason = message("within {gap:.3g} of the lowest value since step {step}, {where}", gap=tolerance, step=step, where=where)
    if whence == "found":
        reason = message("{reason}, the lowest found in the window", reason=reason)
    return Status("converged", step, reason)


def _unmoved(run: Run) -> Status | None:
    return Status("stalled", 0, message("its budget did not allow a single step")) if run.last == 0 else None


def _stationary(run: Run) -> Status | None:
    """A local minimum, a saddle or a maximum: the Newton step says how far that point is, and how much is left to gain."""
    point, last = run.path[-1], run.loss[-1:]
    model = quadratic_model(run.problem, np.ascontiguousarray(point[:, None]))
    curvature, newton, gain = model.curvature[:, 0], model.newton[:, 0], float(model.gain[0])
    if not np.isfinite(curvature).all() or falls_to_lowest(run.problem, run.lowest, model, last)[0]:
        return None
    span = float(np.mean(run.problem.widths))
    recent = run.loss[-metrics.tail(run.last) - 1 :]
    small = metrics.default_target(float(run.loss[-1]))
    if in_minimum(model, last, np.ptp(recent, keepdims=True))[0]:
        step = metrics.kept_from(run.loss - run.loss[-1] <= 10 * small) or 0
        reason = message(
            "no slope and upward curvature at {place}: a minimum, {rank}",
            place=place(point),
            rank=not_lowest(run.problem, run.lowest),
        )
        return Status("local minimum", step, reason)
    if curvature[-1] < 0 and abs(gain) <= small and point_norms(newton) <= 1e-6 * span:
        step = metrics.kept_from(metrics.distance(run.path, [tuple(point)]) <= 1e-6 * span) or 0
        reason = message(
            "no slope and downward curvature at {place}: a maximum, from where nothing pulls it away", place=place(point)
        )
        return Status("stalled", step, reason)
    near = metrics.kept_from(metrics.distance(run.path, [tuple(point)]) <= 1e-2 * span) or 0
    stays = near <= run.last - metrics.tail(run.last) and abs(gain) <= max(small, 1e-3 * float(np.ptp(run.loss)))
    if curvature[0] < -1e-8 * abs(curvature[-1]) and curvature[-1] > 0 and point_norms(newton) <= 1e-2 * span and stays:
        reason = message(
            "almost no slope at {place}, but the curvature is {down:.3g} one way and {up:.3g} the other: a saddle, no minimum",
            place=place(point),
            down=float(curvature[0]),
            up=float(curvature[-1]),
        )
        return Status("saddle", near, reason)
    return None


def _improving(run: Run) -> Status | None:
    reason = first(IMPROVING, LastSteps(run))
    return Status("moving", run.last, reason) if reason else None


def _going_nowhere(run: Run) -> Status:
    last = LastSteps(run)
    if last.still:
        return Status("stalled", run.last, first(STANDSTILL, last))
    if HOVERS.holds(last):
        return Status("stalled", run.last, HOVERS.words(last))
    if CIRCLES.holds(last):
        since = max(0, run.last - last.rows)
        return Status("cycling", since, _because(first(OVERSHOOTS, Stretch(run, since, run.last)), CIRCLES.words(last)))
    return Status("moving", run.last, first(ON_ITS_WAY, last))


def _because(cause: str, end: str) -> str:
    return message("{cause}; {end}", cause=cause, end=end) if cause else end
