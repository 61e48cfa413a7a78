"""Status: how a run ended, since when, and why, in words a visitor can check against the numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optim.core import metrics
from optim.core.derivatives import hessian
from optim.core.linalg import point_norms
from optim.core.problem import PointKind, Problem
from optim.core.types import Array
from optim.i18n.message import message
from optim.i18n.phrases import apart, between, place
from optim.problems.lowest_value import lowest_value_source, not_lowest
from optim.problems.points import Judgement
from optim.races.entry import Entry
from optim.races.stationarity import NEAR, falls_to_lowest, in_minimum, resting_points, what_rests

Kind = Literal["converged", "local minimum", "saddle", "cycling", "moving", "stalled", "left the window", "diverged"]
DIVERGED_WIDTHS = 100.0
"""Window widths beyond which a finite run counts as diverged."""
SETTLING = 20
"""Number of steps before which no run is said to hover."""


@dataclass(frozen=True)
class Status:
    """How a run ended: its kind, the step since when, and the reason in words."""

    kind: Kind
    step: int
    reason: str


@dataclass(frozen=True)
class Run:
    """The input of classify: one entry's rows up to the last step it took, and the race's conditions."""

    entry: Entry
    problem: Problem
    path: Array
    loss: Array
    lowest: float | None
    noise: float
    steps: int

    @property
    def last(self) -> int:
        """The number of the last step taken."""
        return len(self.loss) - 1


def classify(run: Run) -> Status:
    """Return the status of a run; the first rule that applies decides."""
    with np.errstate(all="ignore"):
        for rule in (_not_finite, _far, _outside, _converged, _unmoved, _stationary, _improving):
            status = rule(run)
            if status is not None:
                return status
        return _going_nowhere(run)


def _not_finite(run: Run) -> Status | None:
    finite = np.isfinite(run.path).all(axis=-1) & np.isfinite(run.loss)
    if finite.all():
        return None
    step = int(np.argmin(finite))
    if step == 0:
        return Status("diverged", 0, message("the function has no finite value at the start {place}", place=place(run.path[0])))
    if np.isfinite(run.path[step]).all() and np.isnan(run.loss[step]):
        reason = message("the function is not defined at {place}, where step {step} led", place=place(run.path[step]), step=step)
        return Status("diverged", step, reason)
    before = run.path[step - 1]
    if np.isnan(run.path[step]).any() and metrics.window_widths(before, run.problem) <= DIVERGED_WIDTHS:
        reason = message(
            "step {step} leads from {place} to what is not a number: zero is divided by zero, or a root taken of less than zero",
            step=step,
            place=place(before),
        )
        return Status("diverged", step, reason)
    return Status("diverged", step, message("{cause}; the numbers overflowed at step {step}", cause=_cause(run, step), step=step))


def _far(run: Run) -> Status | None:
    away = metrics.window_widths(run.path, run.problem)
    step = metrics.kept_from(away > DIVERGED_WIDTHS)
    if step is None:
        return None
    if step == 0:
        return Status("diverged", 0, message("it started {away:.3g} window widths away and never came near", away=float(away[0])))
    reason = message("{cause}; it ended {away:.3g} window widths away", cause=_cause(run, step), away=float(away[-1]))
    return Status("diverged", step, reason)


def _outside(run: Run) -> Status | None:
    step = metrics.kept_from(~metrics.inside(run.path, run.problem.domain))
    if step is None:
        return None
    if step == 0:
        reason = message("it started outside the domain and ended there, at {place}", place=place(run.path[-1]))
        return Status("left the window", 0, reason)
    end = message("it is outside the domain since step {step}, at {place}", step=step, place=place(run.path[-1]))
    return Status("left the window", step, _because(overshoot(run, 0, step), end))


def _converged(run: Run) -> Status | None:
    whence = lowest_value_source(run.problem, run.lowest)
    if run.lowest is None or whence not in {"known", "found"}:
        return None
    tolerance = run.problem.target
    step = metrics.reached(run.loss - run.lowest, tolerance)
    if step is None:
        return None
    if run.problem.targets:
        where = message("at the minimum {place}", place=place(metrics.nearest(run.path[-1], run.problem.targets)))
    else:
        where = message("at {place}, one of many minima", place=place(run.path[-1]))
    reason = message("within {gap:.3g} of the lowest value since step {step}, {where}", gap=tolerance, step=step, where=where)
    if whence == "found":
        reason = message("{reason}, the lowest found in the window", reason=reason)
    return Status("converged", step, reason)


def _unmoved(run: Run) -> Status | None:
    return Status("stalled", 0, message("its budget did not allow a single step")) if run.last == 0 else None


def _stationary(run: Run) -> Status | None:
    """A local minimum, a saddle, a maximum, an inflection or a plateau near the end, as the values around that point show."""
    end, loss = np.ascontiguousarray(run.path[-1][:, None]), run.loss[-1:]
    if falls_to_lowest(run.problem, run.lowest, end)[0]:
        return None
    recent = run.loss[-metrics.tail(run.last) - 1 :]
    rest = resting_points(run.problem, end)
    kind = what_rests(run.problem, rest)[0]
    if in_minimum(run.problem, end, loss, np.ptp(recent, keepdims=True))[0]:
        step = metrics.kept_from(run.loss - run.loss[-1] <= 10 * run.problem.target) or 0
        return Status("local minimum", step, _minimum_in_words(run, kind))
    if kind is None:
        return None
    point = rest.point[:, 0]
    span, gain = float(np.mean(run.problem.widths)), abs(float(loss[0] - rest.value[0]))
    away = float(point_norms(run.path[-1] - point))
    if kind.kind == "maximum" and gain <= run.problem.target and away <= 1e-6 * span:
        step = metrics.kept_from(metrics.distance(run.path, [tuple(run.path[-1])]) <= 1e-6 * span) or 0
        return Status("stalled", step, _maximum_in_words(run, kind))
    near = metrics.kept_from(metrics.distance(run.path, [tuple(run.path[-1])]) <= NEAR * span) or 0
    stays = near <= run.last - metrics.tail(run.last) and gain <= max(run.problem.target, 1e-3 * float(np.ptp(run.loss)))
    if not stays or kind.kind not in _HANGS:
        return None
    status, words = _HANGS[kind.kind]
    return Status(status, near, words(run, point))


def _at(run: Run, point: Array) -> str:
    """Return a place in words; what is nothing against the window is written as 0."""
    digits = [9 - int(np.floor(np.log10(side))) for side in run.problem.widths]
    return place(round(float(c), many) + 0.0 for c, many in zip(point, digits, strict=True))


def _minimum_in_words(run: Run, kind: Judgement | None) -> str:
    where = {"place": _at(run, run.path[-1]), "rank": not_lowest(run.problem, run.lowest)}
    if kind is None or kind.kind == "slope":
        return message("everything around {place} is higher, though no slope vanishes there: a minimum at a kink, {rank}", **where)
    if not kind.isolated:
        return message("no slope at {place} and nothing lower around: a minimum, one of a line or ring of them, {rank}", **where)
    if kind.form == "edge":
        return message("the function ends at {place} and everything around is higher: a minimum at its edge, {rank}", **where)
    if kind.form == "cusp":
        return message("the slope is infinite around {place} and everything there is higher: a minimum at a cusp, {rank}", **where)
    if kind.form == "kink":
        return message("the slope jumps at {place} and everything around is higher: a minimum, {rank}", **where)
    return message("no slope and upward curvature at {place}: a minimum, {rank}", **where)


def _maximum_in_words(run: Run, kind: Judgement) -> str:
    where = _at(run, run.path[-1])
    if kind.form == "smooth":
        return message("no slope and downward curvature at {place}: a maximum, from where nothing pulls it away", place=where)
    return message("everything around {place} is lower: a maximum, from where nothing pulls it away", place=where)


def _saddle_in_words(run: Run, point: Array) -> str:
    down, *_, up = np.linalg.eigvalsh(hessian(run.problem, point)).tolist()
    if down < 0 < up:
        return message(
            "almost no slope at {place}, but the curvature is {down:.3g} one way and {up:.3g} the other: a saddle, no minimum",
            place=_at(run, run.path[-1]),
            down=down,
            up=up,
        )
    return message(
        "almost no slope at {place}, but the function falls both ways from there and rises between: a saddle, no minimum",
        place=_at(run, run.path[-1]),
    )


def _inflection_in_words(run: Run, point: Array) -> str:
    return message(
        "the slope vanishes at {place} and the function goes on falling beyond it: an inflection, no minimum", place=_at(run, point)
    )


def _plateau_in_words(run: Run, point: Array) -> str:
    return message("nothing around {place} is higher or lower: a plateau, with no slope to follow", place=_at(run, point))


_HANGS: dict[PointKind, tuple[Kind, Callable[[Run, Array], str]]] = {
    "saddle": ("saddle", _saddle_in_words),
    "inflection": ("stalled", _inflection_in_words),
    "plateau": ("stalled", _plateau_in_words),
}


def _improving(run: Run) -> Status | None:
    earlier, later, few = _halves(run)
    lowest = run.lowest if run.lowest is not None else float(np.min(run.loss))
    drop_counts = earlier - later > 1e-3 * abs(earlier - lowest)
    best_before = float(np.min(run.loss[: -2 * few], initial=run.loss[0]))
    new_ground = later - lowest <= 1.5 * (best_before - lowest)
    if drop_counts and new_ground:
        high, low = apart(earlier, later)
        reason = message("still improving: the loss fell from {high} to {low} in its last steps", high=high, low=low)
        return Status("moving", run.last, reason)
    if not run.noise and _swings_shrink(run, lowest):
        reason = message("still improving: it swings to and fro, less each time; the loss is {loss:.3g}", loss=float(run.loss[-1]))
        return Status("moving", run.last, reason)
    return None


def _swings_shrink(run: Run, lowest: float) -> bool:
    """Whether a run that swings to and fro swings less and less: the highest loss of the last three stretches falls."""
    size = max(metrics.tail(run.last), (run.last + 1) // 8)
    if 3 * size > run.last:
        return False
    first, second, third = (np.max(run.loss[len(run.loss) - k * size :][:size]) - lowest for k in (3, 2, 1))
    return bool(second < 0.98 * first and third < 0.98 * second)


def _going_nowhere(run: Run) -> Status:
    earlier, later, few = _halves(run)
    rows = min(2 * few, run.last)
    moves = np.diff(run.path[-rows - 1 :], axis=0)
    lengths = point_norms(moves)
    length, net, mean = float(np.sum(lengths)), float(point_norms(np.sum(moves, axis=0))), float(np.mean(lengths))
    span = float(np.mean(run.problem.widths))
    recent = run.loss[-rows - 1 :]
    if length <= 1e-6 * span:
        slope = float(point_norms(run.problem.gradient(run.path[-1][:, None])[:, 0]))
        reason = message("its last steps are {length:.2g} long, while the slope is {slope:.3g}", length=mean, slope=slope)
        return Status("stalled", run.last, reason)
    if run.noise and run.last >= SETTLING:
        reason = message("gradient noise keeps it hovering in steps of {length:.2g}: {range}", length=mean, range=between(recent))
        return Status("stalled", run.last, reason)
    if length >= 3 * net:
        since = max(0, run.last - rows)
        circles = message("it goes to and fro in steps of {length:.2g}: {range}", length=mean, range=between(recent))
        return Status("cycling", since, _because(overshoot(run, since, run.last), circles))
    first, last = apart(earlier, later)
    way = message("on its way, slowly") if later < earlier else message("on its way, not downhill just now")
    reason = message("{way}: the loss went from {first} to {last} in its last steps", way=way, first=first, last=last)
    return Status("moving", run.last, reason)


def _because(cause: str, end: str) -> str:
    return message("{cause}; {end}", cause=cause, end=end) if cause else end


def _halves(run: Run) -> tuple[float, float, int]:
    """Median loss over as many rows as before the last few, over the last few, and how many those are."""
    few = max(metrics.tail(run.last), min(5, (run.last + 1) // 2))
    later, earlier = run.loss[-few:], run.loss[-2 * few : -few]
    return float(np.median(earlier)), float(np.median(later)), few


def overshoot(run: Run, first: int, last: int) -> str:
    """Return "lr x curvature = ... > bound" where steps `first` to `last` break the optimizer's own stability bound, else ""."""
    measured = stability(run, first, last)
    if measured is None or not _turns_back(run.path[first : last + 1]):
        return ""
    lr, curvature, bound = measured
    product = message(
        "lr x curvature = {lr:.4g} x {curvature:.4g} = {product:.4g}", lr=lr, curvature=curvature, product=lr * curvature
    )
    if np.isclose(lr * curvature, bound, rtol=1e-9):
        return message("{product}, exactly the most this method can take", product=product)
    return (
        message("{product} > {bound:.4g}, the most this method can take", product=product, bound=bound)
        if lr * curvature > bound
        else ""
    )


def _turns_back(path: Array) -> bool:
    """Whether a path reverses anywhere, as overshooting does; too few moves to tell count as reversing."""
    moves = np.diff(path[np.isfinite(path).all(axis=-1)], axis=0)
    return len(moves) < 2 or bool(np.any(np.sum(np.sign(moves[1:]) * np.sign(moves[:-1]) < 0, axis=-1) > 0))


def stability(run: Run, first: int, last: int) -> tuple[float, float, float] | None:
    """Return lr and curvature where their product was largest from `first` to `last`, and the bound on that product.

    None where the optimizer has no bound, or modifiers that change its rule. Rows too far away to be called finite do not count.
    """
    rule, hyper = run.entry.rule, run.entry.hyper
    if rule.stable_bound is None or run.entry.modifiers:
        return None
    lr = np.array(run.entry.rates(run.steps))
    rows = np.arange(first, min(last + 1, len(lr)))
    rows = rows[metrics.window_widths(run.path[rows], run.problem) <= DIVERGED_WIDTHS]
    rows = rows[:: max(1, len(rows) // 200)]
    curvatures = metrics.largest_curvature(hessian(run.problem, np.ascontiguousarray(run.path[rows].T)))
    rows, curvatures = rows[np.isfinite(curvatures)], curvatures[np.isfinite(curvatures)]
    if not len(rows):
        return None
    worst = int(np.argmax(lr[rows] * curvatures))
    rate = float(lr[rows[worst]])
    return rate, float(curvatures[worst]), rule.stable_bound({**hyper, "lr": rate})


def _cause(run: Run, step: int) -> str:
    cause = overshoot(run, 0, step)
    return (
        message("{cause}: each step overshoots more than the last", cause=cause) if cause else message("its steps carried it away")
    )
