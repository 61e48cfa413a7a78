"""Scores of a sweep: how many starts reach the target and at what price, how wide a window of values works, the best entry."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optim.core import metrics
from optim.core.types import Array
from optim.races.labels import settings
from optim.sweeps.reductions import DIVERGED

if TYPE_CHECKING:
    from optim.sweeps.result import SweepResult

WORKS = 0.5
"""A value of a hyper-parameter works where at least this share of the runs reach and keep the target."""


def share(result: "SweepResult") -> Array:
    """Return the share of runs that reached and kept the target, (entries, *axes); NaN where none has been done."""
    with np.errstate(all="ignore"):
        return np.asarray(result.reached.sum(axis=(-2, -1)) / result.done.sum(axis=(-2, -1)))


def expected_evaluations(result: "SweepResult") -> Array:
    """Return the expected evaluations to the target with independent restarts, (entries, *axes); inf where no run reached it.

    E[hit] + (1 - p) / p E[miss], with p the share that reached and kept the target: a hit costs what it had spent by then, a
    miss its whole length (Auger & Hansen, Performance evaluation of an advanced local search evolutionary algorithm, 2005, with
    FE_max for every miss; the aRT of Hansen et al., COCO, 2021). A run that diverges costs as much as one that merely fails:
    the evaluations stop being counted where its numbers overflow, but nobody looks before the end and restarts it.
    """
    spent = np.where(result.reached, result.reached_evaluations, _whole_price(result)).sum(axis=(-2, -1), where=result.done)
    with np.errstate(all="ignore"):
        hits = result.reached.sum(axis=(-2, -1))
        return np.where(hits, spent / hits, np.where(result.done.any(axis=(-2, -1)), np.inf, np.nan))


def _whole_price(result: "SweepResult") -> Array:
    """Return what each run costs to its end: one that diverged early, at its own price per step, as if it had gone on.

    One that is lost at its very start has no price of its own, and costs as much as its entry's dearest run.
    """
    race = result.spec.race
    price = result.evaluations.astype(float)
    early = result.done & (result.status == DIVERGED) & (result.taken < race.steps)
    whole = np.where(early, price * race.steps / np.maximum(result.taken, 1), price)
    whole = whole if race.budget is None else np.where(early, np.minimum(whole, race.budget), whole)
    dearest = np.max(whole, axis=tuple(range(1, whole.ndim)), keepdims=True, where=result.done, initial=0.0)
    return np.where(early & (result.taken == 0), dearest, whole)


def median_gap(result: "SweepResult") -> Array:
    """Return the median end gap over starts and seeds, (entries, *axes); NaN where none has been done, or none has a gap."""
    flat = result.end_gap.reshape(*result.end_gap.shape[:-2], -1)
    done = result.done.reshape(flat.shape)
    if done.all():
        return np.asarray(np.median(flat, axis=-1))
    gaps = np.where(done, flat, np.nan)
    known = ~np.isnan(gaps).all(axis=-1)  # nanmedian warns where there is nothing to take the median of
    medians = np.full(known.shape, np.nan)
    medians[known] = np.nanmedian(gaps[known], axis=-1)
    return medians


@dataclass(frozen=True)
class Best:
    """The best place on the axes of a sweep for one entry: `at` its numbers, `settings` by parameter, and how it scored there.

    `edge` says that it is at the first or last value of an axis and no value further in is as good, so that better ones may lie
    beyond. Where all places score alike none is best: `at` is the first of them, and `settings` is empty.
    """

    at: tuple[int, ...]
    settings: dict[str, float]
    share: float
    evaluations: float
    gap: float
    edge: bool


def best(result: "SweepResult", entry: int) -> Best:
    """Return where an entry does best: by the share that reached, then by expected evaluations, then by the median end gap."""
    scores = [score[entry] for score in (share(result), expected_evaluations(result), median_gap(result))]
    flat = [np.ravel(score) for score in scores]
    keys = (_worst_last(flat[2]), _worst_last(flat[1]), _worst_last(-flat[0]))
    first = int(np.lexsort(keys)[0])
    at, own = _at(first, scores[0]), [] if alike(result, entry) else result.spec.own_axes(entry)
    equals = np.flatnonzero(np.all([key == key[first] for key in keys], axis=0))
    settings = {name: numbers[i] for (name, numbers), i in zip(own, at, strict=bool(own)) if name}
    edge = all(
        any(
            i in (0, len(numbers) - 1)
            for (name, numbers), i in zip(own, _at(int(place), scores[0]), strict=bool(own))
            if name and len(numbers) > 1
        )
        for place in equals
    )
    shared, evaluations, gap = (float(score[first]) for score in flat)
    return Best(at, settings, shared, evaluations, gap, edge)


def _at(place: int, score: Array) -> tuple[int, ...]:
    """Return the numbers of a place on the axes of a score, which it has when it is laid out flat."""
    return tuple(int(i) for i in np.unravel_index(place, score.shape)) if score.shape else ()


def alike(result: "SweepResult", entry: int) -> bool:
    """Return whether an entry scores the same at all places that it was run at, several of them, so that none is better."""
    scores = np.stack([np.ravel(score[entry]) for score in (share(result), expected_evaluations(result), median_gap(result))])
    known = scores[:, ~np.isnan(scores[0])]
    some = len(own_places(result, entry)) > 0 and known.shape[1] > 1
    return bool(some and np.array_equal(known, np.broadcast_to(known[:, :1], known.shape), equal_nan=True))


def own_places(result: "SweepResult", entry: int) -> list[str]:
    """Return the parameters that an entry is run at several values of."""
    return [name for name, values in result.spec.own_axes(entry) if name and len(values) > 1]


def nothing_to_gain(result: "SweepResult") -> bool:
    """Return whether all runs that have been done are within the target from their start on, as on a flat function."""
    return bool(result.done.any() and (result.reached_step[result.done] == 0).all())


@dataclass(frozen=True)
class Window:
    """The values of a hyper-parameter that work for one entry, without a gap around the best one: `low` to `high`.

    `width` counts them, each as one step of the grid: in decades on a logarithmic grid (`log`), else in units of the parameter.
    """

    low: float
    high: float
    width: float
    log: bool


def window(result: "SweepResult", entry: int) -> Window | None:
    """Return the window of values that work for an entry along the first axis; None where the best does not, or it has none."""
    own = result.spec.own_axes(entry)
    if not own or not own[0][0]:
        return None
    name, values = own[0]
    at = best(result, entry).at
    works = np.moveaxis(share(result)[entry], 0, -1)[at[1:]] >= WORKS
    if not works[at[0]]:
        return None
    low = high = at[0]
    while low > 0 and works[low - 1]:
        low -= 1
    while high < len(values) - 1 and works[high + 1]:
        high += 1
    log = result.spec.race.entries[entry].rule.parameter(name).log and values[0] > 0
    span = math.log10(values[-1] / values[0]) if log else values[-1] - values[0]
    step = span / max(1, len(values) - 1)
    return Window(values[low], values[high], (high - low + 1) * step, log)


def standings(result: "SweepResult") -> pd.DataFrame:
    """Return one row per entry at its best place, best first: share, expected evaluations, median gap, window, settings."""
    rows = []
    for i, label in enumerate(result.labels):
        top, wide = best(result, i), window(result, i)
        rows.append(
            {
                "entry": i,
                "optimizer": label,
                **{axis.of(i)[0] or "-": top.settings.get(axis.of(i)[0], math.nan) for axis in result.spec.axes},
                "share": top.share,
                "evaluations": top.evaluations,
                "median_gap": top.gap,
                "window_low": wide.low if wide else math.nan,
                "window_high": wide.high if wide else math.nan,
                "window_width": wide.width if wide else 0.0,
                "at_edge": top.edge,
                "settings": settings(result.spec.entry_at(i, *top.at)),
                "origin": result.spec.race.entries[i].origin,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.iloc[np.lexsort(_keys(frame))].reset_index(drop=True)


def places(result: "SweepResult") -> tuple[int, ...]:
    """Return the rank of every entry, in the spec's order; those that score the same share one, as 1, 1, 3."""
    frame = standings(result)
    rows = dict(zip(frame.entry, np.transpose(_keys(frame)).tolist(), strict=True))
    return metrics.places(list(frame.entry), lambda i, j: all(map(metrics.same, rows[i], rows[j])))


def _keys(frame: pd.DataFrame) -> list[Array]:
    """Return what entries are ordered by, all the lower the better, the last first: share, evaluations, median gap."""
    scored = {name: frame[name].to_numpy(dtype=float) for name in ("median_gap", "evaluations", "share")}
    return [_worst_last(score) for score in (scored["median_gap"], scored["evaluations"], -scored["share"])]


def median_start(result: "SweepResult", entry: int, *at: int) -> int:
    """Return the index of the start with an entry's median end gap at a point of the axes, the lower one of two."""
    gaps = np.where(result.done[entry][at], result.end_gap[entry][at], np.nan)[:, 0]
    order = np.argsort(gaps, kind="stable")
    return int(order[max(0, (int(np.count_nonzero(~np.isnan(gaps))) - 1) // 2)])


def _worst_last(score: Array) -> Array:
    """Return a score with NaN as the worst."""
    return np.where(np.isnan(score), np.inf, score)
