"""Paths made fit to draw: thinned with their extremes kept, and cut to the box that they are drawn in."""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim.core.types import Array, Box, Mask, Point
from optim.races.result import RaceResult

Rows = npt.NDArray[np.int64]
MAX_POINTS = 2000
EARLY = 200
"""Rows at the beginning that are all drawn: the way is often over long before the run."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """A path cut to a box: `points` (n, d), NaN between two pieces.

    `rows` (n,) says which row of the path each point is; where `cut` (n,), it is none, but on the way from that row to the next.
    """

    points: Array
    rows: Rows
    cut: Mask


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


def clipped(path: Array, box: Box) -> Pieces:
    """Return what of a path (rows, d) is inside a box, ends included; where it crosses the border it is cut exactly there.

    Rows inside stay exactly as they are; a row that is not finite is outside.
    """
    before = np.asarray(path, dtype=float)
    nowhere = np.full_like(before, np.nan)
    after = np.concatenate([before[1:], nowhere[:1]])
    with np.errstate(all="ignore"):
        inside, remains = (_inside(rows, box) for rows in (before, after))
        seen, entries, exits = _crossings(before, after, box)
    # Of every row: itself, and what is between it and the next.
    places = np.stack([before, nowhere, entries, exits, nowhere], axis=1)
    drawn = np.stack([inside, ~inside, seen & ~inside, seen & ~remains, ~remains], axis=1)
    points, (rows, parts) = places[drawn], np.nonzero(drawn)
    solid = np.isfinite(points).all(axis=-1)
    # One gap between two pieces, none before the first and after the last.
    needed = solid | (np.concatenate([[False], solid[:-1]]) & (np.arange(len(solid)) < np.max(np.flatnonzero(solid), initial=0)))
    return Pieces(points[needed], rows[needed], parts[needed] > 0)


def _inside(points: Array, box: Box) -> Mask:
    low, high = np.array(box, dtype=float).T
    return np.asarray(((points >= low) & (points <= high)).all(axis=-1))


def _crossings(before: Array, after: Array, box: Box) -> tuple[Mask, Array, Array]:
    """Return which ways from `before` to `after` (n, d) pass a box, and where each enters and leaves it (Liang & Barsky 1984)."""
    low, high = np.array(box, dtype=float).T
    far, far_after = (np.max(np.abs(rows - (low + high) / 2) / (high - low), axis=-1, keepdims=True) for rows in (before, after))
    # Looked at from the end that is nearer to the box: from 1e22 away, a cut would miss it by 1e6.
    forwards = far <= far_after
    near, other = np.where(forwards, before, after), np.where(forwards, after, before)
    way = other - near
    moves, level = way != 0, (near >= low) & (near <= high)
    front, behind = np.where(way > 0, low, high), np.where(way > 0, high, low)
    enters = np.where(moves, (front - near) / way, np.where(level, -np.inf, np.inf))
    leaves = np.where(moves, (behind - near) / way, np.where(level, np.inf, -np.inf))
    first, last = enters.max(axis=-1, keepdims=True), leaves.min(axis=-1, keepdims=True)
    passes = level.all(axis=-1) | ((first >= 0) & (first <= 1) & (first < last))[:, 0]
    entry = np.where(enters == first, front, np.clip(near + first * way, low, high))
    exit_ = np.where(leaves == last, behind, np.clip(near + last * way, low, high))
    return passes & np.isfinite(way).all(axis=-1), np.where(forwards, entry, exit_), np.where(forwards, exit_, entry)


def exit_point(path: Array, box: Box) -> tuple[int, Point] | None:
    """Return the step with which a path finally leaves a box and where it crosses the border; None if it ends inside."""
    pieces = clipped(path, box)
    if not len(pieces.points) or not pieces.cut[-1]:
        return None
    return int(pieces.rows[-1]) + 1, tuple(pieces.points[-1].tolist())
