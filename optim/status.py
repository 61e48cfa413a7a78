"""Status: how a run ended, since when, and why, in words a visitor can check against the numbers."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optim import metrics
from optim.bend import bend, falls_to_lowest, in_minimum
from optim.entry import Entry
from optim.known import not_lowest, source
from optim.model import Array, Problem
from optim.oracle import hessian
from optim.wording import apart, between, place

Kind = Literal["converged", "local minimum", "saddle", "cycling", "moving", "stalled", "left the window", "diverged"]
FAR = 100.0
"""Window widths beyond which a finite run counts as diverged."""
SETTLING = 20
"""Steps before which nothing is said to hover."""


@dataclass(frozen=True)
class Status:
    """How a run ended: its kind, the step since when, and the reason in words."""

    kind: Kind
    step: int
    reason: str


@dataclass(frozen=True)
class Run:
    """What classify looks at: one entry's rows up to the last step it took, and the race's conditions."""

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
        return Status("diverged", 0, f"the function has no finite value at the start {place(run.path[0])}")
    if np.isfinite(run.path[step]).all() and np.isnan(run.loss[step]):
        return Status("diverged", step, f"the function is not defined at {place(run.path[step])}, where step {step} led")
    before = run.path[step - 1]
    if np.isnan(run.path[step]).any() and metrics.window_widths(before, run.problem) <= FAR:
        what = "zero is divided by zero, or a root taken of less than zero"
        return Status("diverged", step, f"step {step} leads from {place(before)} to what is not a number: {what}")
    return Status("diverged", step, f"{_cause(run, step)}; the numbers overflowed at step {step}")


def _far(run: Run) -> Status | None:
    away = metrics.window_widths(run.path, run.problem)
    step = metrics.kept_from(away > FAR)
    if step is None:
        return None
    if step == 0:
        return Status("diverged", 0, f"it started {away[0]:.3g} window widths away and never came near")
    return Status("diverged", step, f"{_cause(run, step)}; it ended {away[-1]:.3g} window widths away")


def _outside(run: Run) -> Status | None:
    step = metrics.kept_from(~metrics.inside(run.path, run.problem.domain))
    if step is None:
        return None
    if step == 0:
        return Status("left the window", 0, f"it started outside the domain and ended there, at {place(run.path[-1])}")
    end = f"it is outside the domain since step {step}, at {place(run.path[-1])}"
    cause = overshoot(run, 0, step)
    return Status("left the window", step, f"{cause}; {end}" if cause else end)


def _converged(run: Run) -> Status | None:
    whence = source(run.problem, run.lowest)
    if run.lowest is None or whence not in {"known", "found"}:
        return None
    step = metrics.reached(run.loss - run.lowest, metrics.default_target(run.lowest))
    if step is None:
        return None
    tolerance = metrics.default_target(run.lowest)
    if run.problem.targets:
        where = f"at the minimum {place(metrics.nearest(run.path[-1], run.problem.targets))}"
    else:
        where = f"at {place(run.path[-1])}, one of many minima"
    found = ", the lowest found in the window" if whence == "found" else ""
    return Status("converged", step, f"within {tolerance:.3g} of the lowest value since step {step}, {where}{found}")


def _unmoved(run: Run) -> Status | None:
    return Status("stalled", 0, "its budget did not allow a single step") if run.last == 0 else None


def _stationary(run: Run) -> Status | None:
    """A local minimum, a saddle or a maximum: the Newton step says how far that point is, and how much is left to gain."""
    point, last = run.path[-1], run.loss[-1:]
    bent = bend(run.problem, np.ascontiguousarray(point[:, None]))
    curvature, newton, gain = bent.curvature[:, 0], bent.newton[:, 0], float(bent.gain[0])
    if not np.isfinite(curvature).all() or falls_to_lowest(run.problem, run.lowest, bent, last)[0]:
        return None
    span = float(np.mean(run.problem.widths))
    recent = run.loss[-metrics.tail(run.last) - 1 :]
    small = metrics.default_target(float(run.loss[-1]))
    if in_minimum(bent, last, np.ptp(recent, keepdims=True))[0]:
        step = metrics.kept_from(run.loss - run.loss[-1] <= 10 * small) or 0
        rank = not_lowest(run.problem, run.lowest)
        return Status("local minimum", step, f"no slope and upward curvature at {place(point)}: a minimum, {rank}")
    if curvature[-1] < 0 and abs(gain) <= small and _length(newton) <= 1e-6 * span:
        step = metrics.kept_from(metrics.distance(run.path, [tuple(point)]) <= 1e-6 * span) or 0
        return Status(
            "stalled", step, f"no slope and downward curvature at {place(point)}: a maximum, from where nothing pulls it away"
        )
    near = metrics.kept_from(metrics.distance(run.path, [tuple(point)]) <= 1e-2 * span) or 0
    stays = near <= run.last - metrics.tail(run.last) and abs(gain) <= max(small, 1e-3 * float(np.ptp(run.loss)))
    if curvature[0] < -1e-8 * abs(curvature[-1]) and curvature[-1] > 0 and _length(newton) <= 1e-2 * span and stays:
        return Status(
            "saddle",
            near,
            f"almost no slope at {place(point)}, but the curvature is {curvature[0]:.3g} one way and {curvature[-1]:.3g} "
            "the other: a saddle, no minimum",
        )
    return None


def _improving(run: Run) -> Status | None:
    earlier, later, few = _halves(run)
    lowest = run.lowest if run.lowest is not None else float(np.min(run.loss))
    drop_counts = earlier - later > 1e-3 * abs(earlier - lowest)
    best_before = float(np.min(run.loss[: -2 * few], initial=run.loss[0]))
    new_ground = later - lowest <= 1.5 * (best_before - lowest)
    if drop_counts and new_ground:
        high, low = apart(earlier, later)
        return Status("moving", run.last, f"still improving: the loss fell from {high} to {low} in its last steps")
    if not run.noise and _swings_shrink(run, lowest):
        return Status("moving", run.last, f"still improving: it swings to and fro, less each time; the loss is {run.loss[-1]:.3g}")
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
    lengths = np.sqrt(np.sum(moves * moves, axis=-1))
    length, net = float(np.sum(lengths)), _length(np.sum(moves, axis=0))
    span = float(np.mean(run.problem.widths))
    recent = run.loss[-rows - 1 :]
    if length <= 1e-6 * span:
        slope = _length(run.problem.gradient(run.path[-1][:, None])[:, 0])
        return Status("stalled", run.last, f"its last steps are {np.mean(lengths):.2g} long, while the slope is {slope:.3g}")
    if run.noise and run.last >= SETTLING:
        return Status(
            "stalled", run.last, f"gradient noise keeps it hovering in steps of {np.mean(lengths):.2g}: {between(recent)}"
        )
    if length >= 3 * net:
        since = max(0, run.last - rows)
        cause = overshoot(run, since, run.last)
        circles = f"it goes to and fro in steps of {np.mean(lengths):.2g}: {between(recent)}"
        return Status("cycling", since, f"{cause}; {circles}" if cause else circles)
    first, last = apart(earlier, later)
    way = "on its way, slowly" if later < earlier else "on its way, not downhill just now"
    return Status("moving", run.last, f"{way}: the loss went from {first} to {last} in its last steps")


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
    product = f"lr x curvature = {lr:.4g} x {curvature:.4g} = {lr * curvature:.4g}"
    if np.isclose(lr * curvature, bound, rtol=1e-9):
        return f"{product}, exactly the most this method can take"
    return f"{product} > {bound:.4g}, the most this method can take" if lr * curvature > bound else ""


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
    rows = rows[metrics.window_widths(run.path[rows], run.problem) <= FAR]
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
    return f"{cause}: each step overshoots more than the last" if cause else "its steps carried it away"


def _length(vector: Array) -> float:
    return float(np.sqrt(np.sum(vector * vector)))
