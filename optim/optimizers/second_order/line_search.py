"""The line search of Moré and Thuente for a batch of runs: finds a step that satisfies the strong Wolfe conditions."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from optim.core.linalg import dot
from optim.core.oracle import Oracle
from optim.core.types import Array, Mask

Runs: TypeAlias = npt.NDArray[np.int64]

DECREASE, CURVATURE = 1e-4, 0.4
"""The conditions: f <= f0 + DECREASE * step * slope0 and |slope| <= CURVATURE * |slope0|."""
TRIALS = 30
"""Trials per search at most. A usual one takes two or three; each may go five times as far as the one before."""
_NARROW, _SHORTEST, _LONGEST = 1e-14, 1e-100, 1e100
_REACH_LEAST, _REACH_MOST, _SHRINK = 1.1, 4.0, 0.66


class Place(NamedTuple):
    """A place on the line of every run: how far along the direction, the value and the slope there, each (B,)."""

    step: Array
    value: Array
    slope: Array


class Found(NamedTuple):
    """Where a search ended: points and gradients (d, B), values and steps along the direction (B,), and whether they will do.

    They will in the runs (B,) where they satisfy the conditions.
    """

    point: Array
    value: Array
    gradient: Array
    step: Array
    success: Mask


class _Bracket(NamedTuple):
    """What a search knows: its two best places, its next trial and the limits of the one after, each per run.

    `closed` says that a minimum lies between the two places, `rising` that a place low enough had a rising slope.
    """

    best: Place
    other: Place
    trial: Array
    low: Array
    high: Array
    closed: Mask
    rising: Mask
    width: Array
    width_before: Array


@np.errstate(all="ignore")  # every case is computed for every run, wherever it makes sense
def search(
    oracle: Oracle, x: Array, direction: Array, start: Place, first: Array, where: Mask, enough: Callable[[Array, Runs], Mask]
) -> Found:
    """Search along `direction` (d, B) from `x` (d, B), in the runs `where`, with `first` (B,) as the first step tried.

    A run goes on after a place that satisfies the conditions until `enough(gradients, runs)` holds there too, and ends with the
    last such place. Only runs that are still searching are charged. The method is that of MINPACK-2's dcsrch, but a trial that
    is not finite is shortened tenfold, where that ends its search.
    """
    found = Found(x.copy(), start.value.copy(), np.zeros_like(x), np.zeros_like(start.step), np.zeros(where.shape, dtype=bool))
    runs = np.flatnonzero(where & np.isfinite(first))
    start, bracket = _kept(start, runs), _kept(_opened(start, first), runs)
    for _ in range(TRIALS):
        if not runs.size:
            break
        searching, point = np.zeros(where.shape, dtype=bool), x.copy()
        searching[runs] = True
        point[:, runs] += bracket.trial * direction[:, runs]
        value, gradient = oracle.value(point, searching), oracle.gradient(point, searching)
        place = Place(bracket.trial, value[runs], dot(gradient, direction)[runs])
        success = satisfied(start, place)
        _keep(found, runs[success], point, value, gradient)
        found.step[runs[success]] = bracket.trial[success]
        usable = np.isfinite(place.value) & np.isfinite(place.slope)
        bracket = _chosen(usable, _narrowed(bracket, start, place), _shortened(bracket))
        done = (success & enough(gradient[:, runs], runs)) | _exhausted(bracket) | ~np.isfinite(bracket.trial)
        runs, start, bracket = runs[~done], _kept(start, ~done), _kept(bracket, ~done)
    return found


def _keep(found: Found, runs: Runs, point: Array, value: Array, gradient: Array) -> None:
    """Write into `found` what was seen in the runs given."""
    found.point[:, runs], found.value[runs], found.gradient[:, runs] = point[:, runs], value[runs], gradient[:, runs]
    found.success[runs] = True


def _kept(fields: Any, runs: Runs | Mask) -> Any:
    """Return a named tuple of the runs given."""
    return type(fields)(*(_kept(field, runs) for field in fields)) if isinstance(fields, tuple) else fields[runs]


def satisfied(start: Place, place: Place) -> Mask:
    """Whether a place satisfies the strong Wolfe conditions, per run."""
    return (place.value <= _wanted(start, place)) & (np.abs(place.slope) <= CURVATURE * -start.slope)


def _wanted(start: Place, place: Place) -> Array:
    """Return the value that would be decrease enough for the length of the step."""
    wanted: Array = start.value + place.step * (DECREASE * start.slope)
    return wanted


def _chosen(where: Mask, yes: Any, no: Any) -> Any:
    """Return a named tuple with the fields of `yes` in the runs `where` and those of `no` in the others."""
    if isinstance(yes, tuple):
        return type(yes)(*(_chosen(where, one, other) for one, other in zip(yes, no, strict=True)))
    return np.where(where, yes, no)


def _opened(start: Place, first: Array) -> _Bracket:
    no = np.zeros(first.shape, dtype=bool)
    wide = np.full(first.shape, _LONGEST - _SHORTEST)
    return _Bracket(start, start, first, 0.0 * first, first + _REACH_MOST * first, no, no, wide, 2.0 * wide)


def _exhausted(bracket: _Bracket) -> Mask:
    """Whether rounding leaves nothing more to try between the two places."""
    trial, low, high = bracket.trial, bracket.low, bracket.high
    return bracket.closed & ((trial <= low) | (trial >= high) | (high - low <= _NARROW * high))


def _shortened(bracket: _Bracket) -> _Bracket:
    """Return the bracket with a trial a tenth as far from the best place, and no later one as far as this was."""
    short = 0.1 * (bracket.trial - bracket.best.step)
    trial = bracket.best.step + short
    low = np.where(bracket.closed, bracket.low, trial + _REACH_LEAST * short)
    high = np.where(bracket.closed, bracket.high, trial + _REACH_MOST * short)
    return bracket._replace(trial=trial, low=low, high=high)


def _narrowed(bracket: _Bracket, start: Place, place: Place) -> _Bracket:
    """Return the bracket after a look at `place`, with the next trial in it."""
    wanted = _wanted(start, place)
    rising = bracket.rising | ((place.value <= wanted) & (place.slope >= 0.0))
    # Until the decrease suffices, what is searched is the function minus its line of sufficient decrease.
    tilted = ~rising & (place.value <= bracket.best.value) & (place.value > wanted)
    tilt = np.where(tilted, DECREASE * start.slope, 0.0)
    flat = bracket._replace(best=_tilted(bracket.best, -tilt), other=_tilted(bracket.other, -tilt))
    best, other, trial, closed = _interpolated(flat, _tilted(place, -tilt))
    best, other = _tilted(best, tilt), _tilted(other, tilt)
    width = np.abs(other.step - best.step)
    halved = closed & (width >= _SHRINK * bracket.width_before)
    trial = np.where(halved, best.step + 0.5 * (other.step - best.step), trial)
    low = np.where(closed, np.minimum(best.step, other.step), trial + _REACH_LEAST * (trial - best.step))
    high = np.where(closed, np.maximum(best.step, other.step), trial + _REACH_MOST * (trial - best.step))
    widths = np.where(closed, width, bracket.width), np.where(closed, bracket.width, bracket.width_before)
    return _Bracket(best, other, np.clip(trial, _SHORTEST, _LONGEST), low, high, closed, rising, *widths)


def _tilted(place: Place, slope: Array) -> Place:
    """Return the place as it is on the function plus `slope` times the step."""
    return Place(place.step, place.value + place.step * slope, place.slope + slope)


def _interpolated(bracket: _Bracket, place: Place) -> tuple[Place, Place, Array, Mask]:
    """Return MINPACK's dcstep: the two best places after a look at `place`, the next trial, and whether they enclose a minimum."""
    best, other, closed = bracket.best, bracket.other, bracket.closed
    higher = place.value > best.value
    turned = ~higher & (np.sign(place.slope) * np.sign(best.slope) < 0.0)
    flatter = ~higher & ~turned & (np.abs(place.slope) < np.abs(best.slope))
    trial = np.where(closed, _cubic(place, other)[0], np.where(place.step > best.step, bracket.high, bracket.low))
    trial = np.where(flatter, _beyond(bracket, place), trial)
    trial = np.where(turned, _farther(place, _cubic(place, best)[0], _secant(place, best)), trial)
    trial = np.where(higher, _between(best, place), trial)
    other = _chosen(higher, place, _chosen(turned, best, other))
    return _chosen(higher, best, place), other, trial, closed | higher | turned


def _between(best: Place, place: Place) -> Array:
    """Return the trial where the place is higher: the cubic's minimum, or half-way to the parabola's where that is nearer."""
    cubic, _ = _cubic(best, place)
    reach = place.step - best.step
    parabola = best.step + best.slope / ((best.value - place.value) / reach + best.slope) / 2.0 * reach
    nearer = np.abs(cubic - best.step) <= np.abs(parabola - best.step)
    return np.where(nearer, cubic, cubic + (parabola - cubic) / 2.0)


def _beyond(bracket: _Bracket, place: Place) -> Array:
    """Return the trial where the place is lower and flatter: on beyond it, by the cubic or the secant, within limits."""
    best, closed = bracket.best, bracket.closed
    cubic, usable = _cubic(place, best)
    ahead = place.step > best.step
    cubic = np.where(usable, cubic, np.where(ahead, bracket.high, bracket.low))
    secant = _secant(place, best)
    near = np.where(np.abs(cubic - place.step) < np.abs(secant - place.step), cubic, secant)
    limit = place.step + _SHRINK * (bracket.other.step - place.step)
    near = np.where(ahead, np.minimum(limit, near), np.maximum(limit, near))
    return np.where(closed, near, np.clip(_farther(place, cubic, secant), bracket.low, bracket.high))


def _farther(place: Place, one: Array, other: Array) -> Array:
    """Return whichever of two steps is farther from the place."""
    return np.where(np.abs(one - place.step) > np.abs(other - place.step), one, other)


def _secant(place: Place, best: Place) -> Array:
    """Return the step at which the line through the two slopes is zero."""
    step: Array = place.step + place.slope / (place.slope - best.slope) * (best.step - place.step)
    return step


def _cubic(a: Place, b: Place) -> tuple[Array, Mask]:
    """Return the minimum of the cubic through values and slopes at `a` and `b`, and whether it lies beyond `a` as seen from `b`."""
    theta = 3.0 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
    size = np.maximum(np.maximum(np.abs(theta), np.abs(a.slope)), np.abs(b.slope))
    gamma = size * np.sqrt(np.maximum(0.0, (theta / size) ** 2 - a.slope / size * (b.slope / size)))
    gamma = np.where(b.step < a.step, -gamma, gamma)
    ratio = ((gamma - a.slope) + theta) / (((gamma - a.slope) + gamma) + b.slope)
    return a.step + ratio * (b.step - a.step), (ratio < 0.0) & (gamma != 0.0)
