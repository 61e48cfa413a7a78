"""Where each step of a run went, in numbers: its move, the slope before it, and the part that comes from memory."""

import numpy as np

from optim.core.linalg import dot, norm
from optim.core.types import Array
from optim.explain.replay import Replay

RESOLVED, VANISHED = 1e-9, 1e-290
"""A step shorter than RESOLVED of the coordinate has few digits left; slopes below VANISHED have none."""


@np.errstate(all="ignore")
def gradients(run: Replay) -> Array:
    """Return the exact gradient before each step, without noise, (d, taken)."""
    slope: Array = run.result.problem.gradient(np.ascontiguousarray(run.path[: run.taken].T))
    return slope


@np.errstate(all="ignore")
def moves(run: Replay) -> Array:
    """Return how far each step went, (d, taken)."""
    return np.diff(run.path[: run.taken + 1], axis=0).T


def angles(run: Replay) -> Array:
    """Return the angle between each step and downhill, (taken,), in degrees: 0 straight down, above 90 uphill."""
    with np.errstate(all="ignore"):
        down, went = (vector / norm(vector) for vector in (-gradients(run), moves(run)))
        degrees: Array = np.degrees(np.arccos(np.clip(dot(down, went), -1.0, 1.0)))
        return degrees


@np.errstate(all="ignore")
def fresh_moves(run: Replay) -> Array:
    """Return each step as it would have been without the directions remembered, (d, taken); without such memory, the step."""
    if run.without_memory is None:
        return moves(run)
    after: Array = run.without_memory.after["x"] - run.path[: run.taken].T
    return after


def remembered_moves(run: Replay) -> Array | None:
    """Return the part of each step that came from the directions remembered, (d, taken); None where none are."""
    return None if run.without_memory is None else moves(run) - fresh_moves(run)


def scales(run: Replay) -> Array:
    """Return how far one unit of slope moves each coordinate by itself, (d, taken): the effective learning rate.

    NaN where the step or the slope is too small for its digits to be known.
    """
    fresh, slope = fresh_moves(run), gradients(run)
    with np.errstate(all="ignore"):
        scale: Array = np.abs(fresh / slope)
        resolved = (np.abs(fresh) > RESOLVED * np.abs(run.path[: run.taken].T)) & (np.abs(slope) > VANISHED)
    return np.where(resolved & np.isfinite(scale), scale, np.nan)


@np.errstate(all="ignore")  # the last step before a divergence may overflow
def share(run: Replay, step: int) -> float | None:
    """Return the share of a step that comes from the directions remembered, along the step; None without such memory."""
    went, fresh = moves(run)[:, step - 1], fresh_moves(run)[:, step - 1]
    length = float(went @ went)
    if run.without_memory is None or not length > 0 or not np.isfinite(fresh).all():
        return None
    return float((went - fresh) @ went) / length
