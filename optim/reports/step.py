"""Why a step went where it went, in one paragraph made of its numbers."""

import numpy as np

from optim.explain.replay import Replay
from optim.explain.step import angles, gradients, moves, scales, share
from optim.i18n.message import message
from optim.i18n.numbers import short
from optim.i18n.phrases import clauses, place, sentences, steps

EVEN = 0.05
"""Scales that differ by less than this share count as equal."""


@np.errstate(all="ignore")
def because(run: Replay, step: int, label: str) -> tuple[str, str]:
    """Return why step `step` (1 to `taken`) went where it went, in a sentence or two from its numbers, and what more they say."""
    went = moves(run)[:, step - 1]
    if not went.any():
        nowhere = not gradients(run)[:, step - 1].any()
        still = message("{name} did not move in this step: there is no slope where it stands.", name=label)
        return still if nowhere else message("{name} did not move in this step.", name=label), _scale(run, step)
    moved = message("{name} moved by {way}.", name=label, way=place(went))
    reasons = [_from_memory(run, step), _direction(run, step), _lag(run, step), _scale(run, step)]
    first, *more = [reason for reason in reasons if reason] or [""]
    return sentences(moved, first), sentences(*more)


def _from_memory(run: Replay, step: int) -> str:
    old = share(run, step)
    if old is None:
        return ""
    if abs(old) < 0.005:
        return "" if "momentum" in run.hyper else message("Past gradients change nothing in this step.")
    if old > 1 + 0.005:
        return message("Past gradients alone would have gone {share:.0%} farther: the new gradient brakes.", share=old - 1)
    if old < -0.005:
        return message(
            "Past gradients pull back: without them the step would have been {times} times as long this way.", times=_times(1 - old)
        )
    return message("{old:.0%} of that comes from past gradients, {new:.0%} from the new gradient.", old=abs(old), new=abs(1 - old))


def _times(factor: float) -> str:
    """Return a factor above 1 in two digits, or in three where two would say that it is 1."""
    return short(factor, 2 if factor >= 1.1 else 3)


def _direction(run: Replay, step: int) -> str:
    angle = float(angles(run)[step - 1])
    if np.isnan(angle):
        return ""
    if angle < 1:
        return message("The step points straight downhill.")
    if angle > 90:
        return message("The step points {angle:.0f}° away from downhill, so uphill.", angle=angle)
    return message("The step points {angle:.0f}° away from downhill.", angle=angle)


def _lag(run: Replay, step: int) -> str:
    """Where a coordinate still moves against its slope: for how many steps already."""
    if run.without_memory is None:
        return ""
    parts = []
    for axis, name in enumerate("xy"):
        went, slope = moves(run)[axis, :step], gradients(run)[axis, :step]
        against = went * slope > 0
        since = 0 if against.all() else step - int(np.argmin(against[::-1]))
        # Before it began to move against the slope, it moved the same way with the slope: else nothing has turned.
        if 0 < since < step and went[since - 1] * slope[since - 1] < 0 and np.all(went[since:] * went[since - 1] > 0):
            parts.append(
                message(
                    "In {axis} the slope has turned, but for {steps} now it has still moved the old way.",
                    axis=name,
                    steps=steps(step - since),
                )
            )
    return sentences(*parts)


def _scale(run: Replay, step: int) -> str:
    """How the reach of one unit of slope has changed since the first step that had one, where it has."""
    if "gradient" not in run.rule.uses or run.rule.varies or "hessian" in run.rule.uses:
        return ""
    parts, begun, shrunk = [], set(), []
    for name, row in zip("xy", scales(run), strict=True):
        seen = np.flatnonzero(np.isfinite(row[:step]) & (row[:step] > 0))
        if not seen.size or seen[0] == seen[-1]:
            continue
        first, now = float(row[seen[0]]), float(row[seen[-1]])
        if abs(now / first - 1) > EVEN:
            shrunk.append(now < first)
            begun.add(int(seen[0]) + 1)
            parts.append(_change(name, first, now))
    if not parts:
        return ""
    since = message("the first step") if begun == {1} else message("its first steps with a slope")
    if all(shrunk):
        return message("Since {since}, its step per unit of slope has shrunk {parts}.", since=since, parts=clauses(parts))
    return message("Since {since}, its step per unit of slope has changed {parts}.", since=since, parts=clauses(parts))


def _change(axis: str, first: float, now: float) -> str:
    said = {"axis": axis, "first": first, "now": now}
    if now < first:
        return message("from {first:.3g} to {now:.3g} in {axis} (÷{times:.3g})", times=first / now, **said)
    return message("from {first:.3g} to {now:.3g} in {axis} (×{times:.3g})", times=now / first, **said)
