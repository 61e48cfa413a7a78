"""Status: how a run ended, since when, and why, in words a visitor can check against the numbers."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optim.core import metrics
from optim.core.claim import Claim, first
from optim.core.linalg import point_norms
from optim.core.problem import PointKind
from optim.i18n.message import message
from optim.i18n.phrases import place
from optim.problems.lowest_value import lowest_value_source
from optim.problems.points import Surface, judged
from optim.races.claims.last_steps import CIRCLES, HOVERS, IMPROVING, ON_ITS_WAY, STANDSTILL, LastSteps
from optim.races.claims.lost import NOT_FINITE, Lost
from optim.races.claims.overshoot import CARRIED_AWAY, LEFT, OVERSHOOTS, Stretch
from optim.races.claims.resting import INFLECTION, MAXIMUM, MINIMUM, PLATEAU, SADDLE, Resting
from optim.races.claims.run import DIVERGED_WIDTHS, Run
from optim.races.claims.whereabouts import WHERE
from optim.races.stationarity import NEAR, ON, Rest, in_minimum, settled

Kind = Literal["converged", "local minimum", "saddle", "cycling", "moving", "stalled", "left the window", "diverged"]


@dataclass(frozen=True)
class Status:
    """How a run ended: its kind, the step since when, and the reason in words; `narrower` is a name for less than the kind."""

    kind: Kind
    step: int
    reason: str
    narrower: str = ""

    @property
    def label(self) -> str:
        """What this end is called on screen."""
        return self.narrower or self.kind


HOVERING = message("hovering")
"""What stalls while it moves: noise keeps it from settling, and nothing is gained."""


def classify(run: Run, rest: Rest) -> Status:
    """Return the status of a run that `rest` says what it came to rest at; the first rule that applies decides."""
    with np.errstate(all="ignore"):
        for rule in (_not_finite, _far, _outside, _converged, _unmoved):
            status = rule(run)
            if status is not None:
                return status
        last = LastSteps(run)
        return _stationary(last, rest) or _improving(last) or _going_nowhere(last)


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
    tolerance = run.problem.target
    step = metrics.reached(run.loss - run.lowest, tolerance)
    if step is None:
        return None
    where = first(WHERE, run)
    reason = message("within {gap:.3g} of the lowest value since step {step}, {where}", gap=tolerance, step=step, where=where)
    if whence == "found":
        reason = message("{reason}, the lowest found in the window", reason=reason)
    return Status("converged", step, reason)


def _unmoved(run: Run) -> Status | None:
    return Status("stalled", 0, message("its budget did not allow a single step")) if run.last == 0 else None


def _stationary(last: LastSteps, rest: Rest) -> Status | None:
    """A local minimum, a saddle, a maximum, an inflection or a plateau near the end, as the values around that point show."""
    run = last.run
    if rest.falls[0]:
        return None
    recent = run.loss[-metrics.tail(run.last) - 1 :]
    if settled(run.problem, np.ptp(recent, keepdims=True))[0] and in_minimum(rest, run.loss[-1:])[0]:
        step = metrics.kept_from(run.loss - run.loss[-1] <= 10 * run.problem.target) or 0
        return Status("local minimum", step, first(MINIMUM, Resting(run, rest.point[:, 0], rest.kinds[0])))
    return _at_point(run, rest) if np.isfinite(rest.value[0]) else _on_plateau(last, rest)


def _on_plateau(last: LastSteps, rest: Rest) -> Status | None:
    if not last.still:
        return None
    run, (flat,) = last.run, judged(Surface.of(rest.problem), rest.ends)
    return Status("stalled", run.last, first(PLATEAU, Resting(run, run.path[-1], flat))) if flat.kind == "plateau" else None


def _at_point(run: Run, rest: Rest) -> Status | None:
    """Near a stationary point and not going away from it; what it is is asked last, since it takes longest to find out."""
    point = rest.point[:, 0]
    span, gain = float(np.mean(run.problem.widths)), abs(float(run.loss[-1] - rest.value[0]))
    apart = metrics.distance(run.path, [tuple(run.path[-1])])
    on_it = gain <= run.problem.target and float(point_norms(run.path[-1] - point)) <= ON * span
    near = metrics.kept_from(apart <= NEAR * span) or 0
    stays = near <= run.last - metrics.tail(run.last) and gain <= max(run.problem.target, 1e-3 * float(np.ptp(run.loss)))
    kind = rest.kinds[0] if on_it or stays else None
    if kind is None:
        return None
    resting = Resting(run, point, kind)
    if on_it and kind.kind == "maximum":
        return Status("stalled", metrics.kept_from(apart <= ON * span) or 0, first(MAXIMUM, resting))
    if not stays or kind.kind not in _HANGS:
        return None
    status, claims = _HANGS[kind.kind]
    return Status(status, near, first(claims, resting))


_HANGS: dict[PointKind, tuple[Kind, tuple[Claim[Resting], ...]]] = {
    "saddle": ("saddle", SADDLE),
    "inflection": ("stalled", INFLECTION),
    "plateau": ("stalled", PLATEAU),
}


def _improving(last: LastSteps) -> Status | None:
    reason = first(IMPROVING, last)
    return Status("moving", last.run.last, reason) if reason else None


def _going_nowhere(last: LastSteps) -> Status:
    run = last.run
    if last.still:
        return Status("stalled", run.last, first(STANDSTILL, last))
    if HOVERS.holds(last):
        return Status("stalled", run.last, HOVERS.words(last), HOVERING)
    circles = first(CIRCLES, last)
    if circles:
        since = max(0, run.last - last.rows)
        return Status("cycling", since, _because(first(OVERSHOOTS, Stretch(run, since, run.last)), circles))
    return Status("moving", run.last, first(ON_ITS_WAY, last))


def _because(cause: str, end: str) -> str:
    return message("{cause}; {end}", cause=cause, end=end) if cause else end
