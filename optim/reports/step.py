"""Why a step went where it went, in one paragraph made of its numbers."""

import numpy as np

from optim.explain.replay import Replay
from optim.explain.step import angles, gradients, moves, scales, share
from optim.i18n.phrases import place, steps

EVEN = 0.05
"""Scales that differ by less than this share count as equal."""


@np.errstate(all="ignore")
def because(run: Replay, step: int, label: str) -> str:
    """Return in words why step `step` (1 to `taken`) went where it went, from its numbers alone."""
    went = moves(run)[:, step - 1]
    if not went.any():
        nowhere = not gradients(run)[:, step - 1].any()
        still = f"{label} did not move in this step{': there is no slope where it stands' if nowhere else ''}."
        return f"{still} {_scale(run, step)}".strip()
    parts = [f"{label} moved by {place(went)}.", _from_memory(run, step), _direction(run, step), _lag(run, step), _scale(run, step)]
    return " ".join(part for part in parts if part)


def _from_memory(run: Replay, step: int) -> str:
    old = share(run, step)
    if old is None:
        return ""
    if abs(old) < 0.005:
        return "" if "momentum" in run.hyper else "Its memory of earlier gradients changes nothing in this step."
    if old > 1 + 0.005:
        return f"The memory of earlier gradients alone would have gone {old - 1:.0%} farther: the new gradient brakes."
    if old < -0.005:
        return (
            f"The memory of earlier gradients pulls back: without it the step would have been {1 - old:.1f} times as long this way."
        )
    return f"{abs(old):.0%} of that is memory of earlier gradients, {abs(1 - old):.0%} the new gradient."


def _direction(run: Replay, step: int) -> str:
    angle = float(angles(run)[step - 1])
    if np.isnan(angle):
        return ""
    if angle < 1:
        return "The step points straight downhill."
    return f"The step points {angle:.0f}° away from downhill{', so uphill' if angle > 90 else ''}."


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
            parts.append(f"In {name} the slope has turned, but for {steps(step - since)} now it has still moved the old way.")
    return " ".join(parts)


def _scale(run: Replay, step: int) -> str:
    """How the reach of one unit of slope has changed since the first step that had one, where it has."""
    if "gradient" not in run.rule.uses or run.rule.varies or "hessian" in run.rule.uses:
        return ""
    parts, begun = [], set()
    for name, row in zip("xy", scales(run), strict=True):
        seen = np.flatnonzero(np.isfinite(row[:step]) & (row[:step] > 0))
        if not seen.size or seen[0] == seen[-1]:
            continue
        first, now = float(row[seen[0]]), float(row[seen[-1]])
        if abs(now / first - 1) > EVEN:
            change = f"÷{first / now:.3g}" if now < first else f"×{now / first:.3g}"
            begun.add(int(seen[0]) + 1)
            parts.append(f"from {first:.3g} to {now:.3g} in {name} ({change})")
    verb = "shrunk" if parts and all("÷" in one for one in parts) else "changed"
    since = "the first step" if begun == {1} else "its first steps with a slope"
    return f"Since {since}, its step per unit of slope has {verb} {' and '.join(parts)}." if parts else ""
