"""Paths made fit to draw: thinned with their extremes kept, and cut far outside the window where nobody can see."""

import itertools

import numpy as np
import numpy.typing as npt

from optim.model import Array, Box, Point
from optim.result import RaceResult

Rows = npt.NDArray[np.int64]
MAX_POINTS = 2000
EARLY = 200
"""Rows at the beginning that are all drawn: the way is often over long before the run."""
FAR = 20.0
"""Window widths outside the window up to which a path is drawn as it is."""


def answering(result: RaceResult) -> list[int]:
    """Return the entries that report other points than those they move."""
    return [i for i, entry in enumerate(result.spec.entries) if entry.rule.answer is not None]


def shown_rows(loss: Array, limit: int = MAX_POINTS) -> Rows:
    """Return which rows of a run to draw: all up to `limit`; else the early ones, and every later stretch's ends and extremes."""
    rows = len(loss)
    if rows <= limit:
        return np.arange(rows)
    early = min(EARLY, limit // 4)
    edges = np.linspace(early, rows, (limit - early) // 4 + 1).astype(int)
    kept = {*range(early), rows - 1}
    for low, high in itertools.pairwise(edges):
        stretch = loss[low:high]
        kept |= {int(low), int(high) - 1}
        if np.isfinite(stretch).any():
            kept |= {int(low) + int(np.nanargmin(stretch)), int(low) + int(np.nanargmax(stretch))}
    return np.array(sorted(kept))


def drawable(path: Array, box: Box) -> Array:
    """Return the path (steps + 1, d) with rows far outside the window NaN, but for the first, moved nearer along its line.

    What can be seen in the window stays exactly as it is.
    """
    middle = np.array([(low + high) / 2 for low, high in box])
    half = np.array([(high - low) / 2 for low, high in box])
    with np.errstate(all="ignore"):
        away = np.max(np.abs((path - middle) / half), axis=-1)
    far = ~(away <= FAR)
    if not far.any():
        return path
    result = np.where(far[:, None], np.nan, path)
    first = int(np.argmax(far))
    if first > 0 and np.isfinite(path[first]).all():
        before, step = path[first - 1], path[first] - path[first - 1]
        with np.errstate(all="ignore"):
            share = (FAR / 2) / np.max(np.abs(step / half))
        result[first] = before + share * step
    return result


def exit_point(path: Array, box: Box) -> tuple[int, Point] | None:
    """Return the step with which a path finally leaves the window and where it crosses the border; None if it ends inside."""
    low, high = np.array(box).T
    finite = path[np.isfinite(path).all(axis=-1)]
    inside = ((finite >= low) & (finite <= high)).all(axis=-1)
    if not inside.any() or inside[-1]:
        return None
    last = int(np.flatnonzero(inside)[-1])
    before, after = finite[last], finite[last + 1]
    with np.errstate(all="ignore"):
        step = after - before
        shares = np.where(step > 0, (high - before) / step, np.where(step < 0, (low - before) / step, np.inf))
        share = float(np.clip(np.min(shares), 0.0, 1.0))
    return last + 1, tuple((before + share * step).tolist())
