"""Where a formula falls without end at a zero of what it divides by or takes a logarithm of: looked for along those zeros."""

import numpy as np

from optim.core.problem import Problem
from optim.core.types import Array, Function, Mask, Point
from optim.problems.search.stationary import CELLS, Window, local_minima, thinned

BEYOND = 0.01
"""Share of the window's sides by which zeros are looked for beyond it: one may lie on its border."""
MOST = 32
"""Most zeros of one divisor that are gone up to."""
PARTS, SECTIONS = np.linspace(0.0, 1.0, 17), 13
"""Where a stretch is looked at, and how often the part with the change of sign is the next stretch: 16**13 > 2**50."""
TOUCHED, PATCH, SHRINK, ZOOMS = 12, np.linspace(-1.0, 1.0, 9), 0.4, 36
"""Lowest places of a divisor's size without a change of sign that are gone to, each on ever smaller patches."""
ZERO = 1e-9
"""Share of its size a cell away below which a divisor's lowest place is a zero."""
RADII = 10.0 ** -np.arange(1.0, 12.0)
"""Radii about a zero, in shares of the window's sides, on which the function should fall."""
_ANGLES = (np.arange(20) + 0.37) * (2 * np.pi / 20)
WAYS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
STEADY, SHARE = 4, 0.1
"""Over how many tenths of the distance the fall must not slow down, and what share of the least step aside it must be at the end.

A function that jumps, such as x*y/(x**2 + y**2), falls a little on circles whose centre is rounded, the more the smaller they are.
"""
NEAREST = 1e-5
"""Radius up to which it must be seen."""
ALIKE = 0.1
"""Share of a value up to which one in extended precision, where there is such, agrees: else the value is all rounding."""
BESIDE = 1.0 + 0.01 * np.array([-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0])
"""Shares of a radius at which a fall is no rounding: the values there are as low."""


def pole_of(problem: Problem, window: Window) -> Point | None:
    """Return a place in the window, the most central, at which the function falls without end as a divisor goes to zero.

    None where no such place is seen, or nothing is known of the divisors. Deterministic, never raises.
    """
    if problem.divisors is None:
        return None
    with np.errstate(all="ignore"):
        zeros = _zeros(problem.divisors, window)
        x = zeros[:, _falls(problem, window, zeros)]
    if not x.shape[1]:
        return None
    point = x[:, int(np.argmin(window.apart(x, window.low + window.size / 2)))]
    return float(point[0]) + 0.0, float(point[1]) + 0.0


def _zeros(divisors: Function, window: Window) -> Array:
    """Return zeros of the divisors in the window, (2, n): where their sign changes, and lowest places of their sizes."""
    wide = Window(window.low - BEYOND * window.size, (1 + 2 * BEYOND) * window.size, window.height)
    grid = wide.grid(CELLS)
    values = divisors(grid.reshape(2, -1)).reshape(-1, *grid.shape[1:])
    owners, stretches, touched, lowest = [], [], [], []
    for k, level in enumerate(values):
        stretch, ends = _changes(grid, level)
        changing = thinned(stretch, MOST)
        low = thinned(grid[:, local_minima(np.abs(level)) & ~ends], TOUCHED)
        owners.append(np.full(changing.shape[1], k))
        stretches.append(changing)
        touched.append(np.full(low.shape[1], k))
        lowest.append(low)
    if not len(values):
        return np.empty((2, 0))
    crossed = _crossed(divisors, np.concatenate(owners), np.concatenate(stretches, axis=1))
    met = _met(divisors, np.concatenate(touched), np.concatenate(lowest, axis=1), wide.size / CELLS)
    x = np.concatenate([crossed, met], axis=1)
    return x[:, window.inside(x)]


def _changes(grid: Array, level: Array) -> tuple[Array, Mask]:
    """Return stretches between neighbours on the grid along which the sign changes, (4, n), and which places are their ends."""
    found, ends = [], np.zeros(level.shape, dtype=bool)
    for x, values, at in ((grid, level, ends), (np.swapaxes(grid, 1, 2), level.T, ends.T)):
        change = (values[:-1] > 0) != (values[1:] > 0)
        change &= np.isfinite(values[:-1]) & np.isfinite(values[1:])
        found.append(np.concatenate([x[:, :-1][:, change], x[:, 1:][:, change]]))
        at[:-1] |= change
        at[1:] |= change
    return np.concatenate(found, axis=1), ends


def _of(divisors: Function, owners: Array, x: Array) -> Array:
    """Return the values (n, m) at points (2, n, m), in each row those of one divisor."""
    values: Array = divisors(x.reshape(2, -1)).reshape(-1, *x.shape[1:])[owners, np.arange(len(owners))]
    return values


def _crossed(divisors: Function, owners: Array, stretches: Array) -> Array:
    """Return where the divisors change sign on the stretches, (2, n), to neighbouring numbers."""
    start, end = stretches[:2], stretches[2:]
    rows = np.arange(len(owners))
    for _ in range(SECTIONS if len(owners) else 0):
        x = start[..., None] + (end - start)[..., None] * PARTS
        positive = _of(divisors, owners, x) > 0
        # Of more than one change the first is followed.
        part = np.argmax(positive[:, 1:] != positive[:, :1], axis=1)
        start, end = x[:, rows, part], x[:, rows, part + 1]
    return end


def _met(divisors: Function, owners: Array, x: Array, cell: Array) -> Array:
    """Return where sizes of the divisors that are low at points (2, n) come down to zero, (2, m)."""
    if not len(owners):
        return x
    patch = np.stack(np.meshgrid(PATCH, PATCH)).reshape(2, 1, -1)
    rows, reach = np.arange(len(owners)), 1.5 * cell[..., None]
    high = np.nanmax(np.abs(_of(divisors, owners, x[..., None] + reach * patch)), axis=1, initial=0.0)
    level = np.full(len(owners), np.inf)
    for _ in range(ZOOMS):
        trials = x[..., None] + reach * patch
        sizes = np.abs(_of(divisors, owners, trials))
        best = np.argmin(np.where(np.isnan(sizes), np.inf, sizes), axis=1)
        lower = sizes[rows, best] < level
        x, level = np.where(lower, trials[:, rows, best], x), np.where(lower, sizes[rows, best], level)
        reach = reach * SHRINK
    return x[:, level <= ZERO * high]


def _falls(problem: Problem, window: Window, x: Array) -> Mask:
    """Return near which of the points (2, n) the function falls without end, as far as circles of shrinking radius show.

    The fall must not slow down from a tenth of the distance to the next, as that of a logarithm does not, up to where the values
    are all rounding, and no value beside the lowest may be higher than that of the step before: rounding alone has both signs.
    """
    rings = x[:, :, None, None] + window.size[..., None, None] * (RADII[:, None] * WAYS[:, None, :])[:, None]
    values = problem.value(rings.reshape(2, -1)).reshape(rings.shape[1:])
    values = np.where(np.isnan(values), np.inf, values)
    way = np.argmin(values, axis=2)
    lows = np.min(values, axis=2)
    beside = x[:, :, None, None] + window.size[..., None, None] * (WAYS[:, way] * RADII)[..., None] * BESIDE
    near = problem.value(beside.reshape(2, -1)).reshape(beside.shape[1:])
    places = x[:, :, None] + window.size[..., None] * (WAYS[:, way] * RADII)
    finer = problem.value(places.reshape(2, -1).astype(np.longdouble)).reshape(lows.shape)
    clear = (np.ptp(near, axis=2) <= np.max(np.abs(near), axis=2) / 2) & (np.abs(finer - lows) <= ALIKE * np.abs(lows))
    turned = [np.take_along_axis(values, ((way + side) % len(_ANGLES))[..., None], axis=2)[..., 0] - lows for side in (1, -1)]
    aside = np.nan_to_num(np.fmin(*turned), posinf=0.0)
    return np.array([_steady(*rows) for rows in zip(lows, near, aside, clear | (lows == -np.inf), strict=True)], dtype=bool)


def _steady(lows: Array, near: Array, aside: Array, clear: Mask) -> bool:
    """Whether lowest values on circles of shrinking radius, (radii,), fall without end.

    `near` are values beside them at a little smaller and larger radii, (radii, m), `aside` how much higher it is beside them on the
    circles, (radii,), `clear` which are not all rounding.
    """
    last = int(np.flatnonzero(clear)[-1]) if clear.any() else 0
    if last < STEADY or RADII[last] > NEAREST:
        return False
    lows, near = lows[: last + 1], near[: last + 1]
    if lows[-1] == -np.inf:
        return True
    falls = -np.diff(lows)[-STEADY:]
    below = np.all(near[-STEADY:] < lows[-STEADY - 1 : -1, None])
    steep = falls[-1] >= SHARE * aside[last]
    return bool(below and steep and np.all(falls > 0) and np.all(falls[1:] >= 0.9 * falls[:-1]))
