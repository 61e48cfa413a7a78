"""Maps of equal cells: where each entry ends from every start, which entry wins there, and how two parameters interact."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim.core.types import Array
from optim.figures.style import ENTRY_STYLES, THEMES, EntryStyle
from optim.reports.starts import MINIMA, minima_names
from optim.sweeps import scores
from optim.sweeps.grid import Lattice
from optim.sweeps.reductions import DIVERGED, LEFT, NOT_RUN
from optim.sweeps.result import NOBODY, TIE, SweepResult

HUES = (0.58, 0.09, 0.39, 0.83, 0.50, 0.14, 0.97, 0.70)
"""Hues of the minima, in the order of their numbers."""
SHADES = 6
"""Shades of a minimum's colour, from few steps to many."""
RAMP = 12
"""Shades of a share from none to all."""


@dataclass(frozen=True)
class Code:
    """What one kind of cell looks like and means: `sign` is drawn on the map, here and there, so that colour is not alone."""

    colour: str
    sign: str
    words: str


@dataclass(frozen=True, eq=False)
class Cells:
    """A map: `index` (up, across), lowest row first, says which of `codes` each cell is; `x` and `y` are the cells' values.

    `marks` are places to point out, as (column, row, sign) in cells and parts of cells from the lower left corner.
    """

    title: str
    index: npt.NDArray[np.uint8]
    codes: tuple[Code, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    names: tuple[str, str]
    marks: tuple[tuple[float, float, str], ...] = ()


def ends(result: SweepResult, theme: str = "light", *, styles: Sequence[EntryStyle] = ENTRY_STYLES) -> tuple[Cells, ...]:
    """Return one map per entry of a sweep over a lattice: the minimum reached, shaded by the steps to the target."""
    steps = result.reached_step[..., 0]
    edges = _shade_edges(steps[steps >= 0])
    codes = _end_codes(result, edges, theme)
    shade = np.clip(np.searchsorted(edges, steps, side="right") - 1, 0, SHADES - 1)
    minimum, status = result.minimum[..., 0].astype(int), result.status[..., 0]
    known = len(minima_names(result))
    timed = minimum * (SHADES + 1) + np.where(steps >= 0, shade, SHADES)
    others = known * (SHADES + 1)
    index = np.where(minimum >= known, others, np.where(minimum >= 0, timed, others + 3))
    index = np.where(status == LEFT, others + 1, np.where(status == DIVERGED, others + 2, index))
    index = np.where(status == NOT_RUN, others + 4, index)
    index = result.fill_from_coarse(index[..., None])[..., 0]
    return tuple(_map(result, f"{styles[i].sign} {label}", index[i], codes) for i, label in enumerate(result.labels))


def winners(result: SweepResult, theme: str = "light", *, styles: Sequence[EntryStyle] = ENTRY_STYLES) -> Cells:
    """Return the map of the entry that needs the fewest evaluations to the target from every start."""
    count, colours = len(result.labels), THEMES[theme]
    codes = [Code(style.colour, style.sign, f"{label} wins") for style, label in zip(styles, result.labels, strict=False)]
    codes += [Code(colours.quiet, "=", "a tie"), Code(colours.grid, "", "nobody reaches the target"), _unknown(theme)]
    won = result.winner[..., 0].astype(int)
    index = np.where(won == TIE, count, np.where(won == NOBODY, count + 1, won))
    index = np.where(np.all(result.done[..., 0], axis=0), index, count + 2)
    index = result.fill_from_coarse(index[..., None])[..., 0]
    return _map(result, "Who wins from here", index, tuple(codes))


def shares(result: SweepResult, *, styles: Sequence[EntryStyle] = ENTRY_STYLES, theme: str = "light") -> tuple[Cells, ...]:
    """Return one map per entry of a sweep over two parameters: the share of starts that reach the target."""
    total = result.spec.starts.size * len(result.spec.seeds)
    share = scores.share(result)
    codes = (*(_share_code(k, total, theme) for k in range(RAMP + 1)), _unknown(theme))
    index = np.where(np.isnan(share), RAMP + 1, np.ceil(np.nan_to_num(share) * RAMP)).astype(int)
    maps = []
    for i, label in enumerate(result.labels):
        (first, x), (second, y) = result.spec.own_axes(i)
        best = scores.best(result, i)
        marks = ((best.at[0] + 0.5, best.at[1] + 0.5, "★"),) if best.share > 0 else ()
        title = f"{styles[i].sign} {label}: best {best.share:.0%} at {first} {x[best.at[0]]:g}, {second} {y[best.at[1]]:g}"
        maps.append(Cells(title, index[i].T.astype(np.uint8), codes, x, y, (first, second), marks))
    return tuple(maps)


def _map(result: SweepResult, title: str, index: npt.NDArray[np.int64], codes: tuple[Code, ...]) -> Cells:
    starts = result.spec.starts
    assert isinstance(starts, Lattice)
    x, y = starts.edges(result.spec.race.base_problem)
    box = starts.box or result.spec.race.base_problem.view
    marks = []
    if result.problem.targets:
        for number, point in enumerate(result.minima[:MINIMA], start=1):
            column, row = (
                (value - low) / (high - low) * count
                for value, (low, high), count in zip(point, box, (starts.across, starts.up), strict=True)
            )
            marks.append((column, row, str(number)))
    grid = index.reshape(starts.up, starts.across).astype(np.uint8)
    return Cells(title, grid, codes, _short(x), _short(y), ("x", "y"), tuple(marks))


def _short(values: Array) -> tuple[float, ...]:
    return tuple(float(f"{value:.4g}") for value in values)


def _shade_edges(steps: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return from which step each shade counts: an equal number of runs in each, as far as steps are whole."""
    if not steps.size:
        return np.zeros(SHADES, dtype=np.int64)
    return np.asarray(np.quantile(steps, np.arange(SHADES) / SHADES, method="lower"), dtype=np.int64)


def _end_codes(result: SweepResult, edges: npt.NDArray[np.int64], theme: str) -> tuple[Code, ...]:
    colours, codes = THEMES[theme], []
    lowest = result.problem.minima
    for number, name in enumerate(minima_names(result)):
        hue, sign = HUES[number], name.partition(":")[0]
        kind = "minimum" if number < len(lowest) else "local minimum"
        for shade in range(SHADES):
            after = edges[shade + 1] - 1 if shade + 1 < SHADES else None
            when = f"{edges[shade]} steps or more" if after is None else f"{edges[shade]} to {max(after, edges[shade])} steps"
            codes.append(Code(_shaded(hue, shade), sign, f"{kind} {name}, within the target after {when}"))
        codes.append(Code(_shaded(hue, SHADES - 1, 0.35), sign, f"{kind} {name}"))
    quiet = colours.quiet
    return (
        *codes,
        Code(quiet, "+", "another minimum"),
        Code(colours.grid, "→", "left the window"),
        Code("#4b535d", "✕", "diverged"),
        Code(colours.faint, "~", "not settled yet"),
        _unknown(theme),
    )


def _unknown(theme: str) -> Code:
    return Code(THEMES[theme].halo, "", "not run yet")


def _shaded(hue: float, shade: int, saturation: float = 0.62) -> str:
    """Return a colour of a hue, from light to dark."""
    lightness = 0.82 - 0.56 * shade / (SHADES - 1)
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def _share_code(step: int, total: int, theme: str) -> Code:
    low, high = int(np.ceil((step - 1) * total / RAMP + 1e-9)) if step else 0, step * total // RAMP
    words = f"{high} of {total} starts reach" if low >= high else f"{low} to {high} of {total} starts reach"
    # Light and few to dark and all, or the other way round on a dark page: more always stands out more.
    part = step / RAMP
    lightness = 0.95 - 0.62 * part if theme == "light" else 0.13 + 0.62 * part
    red, green, blue = colorsys.hls_to_rgb(HUES[0], lightness, 0.6)
    return Code(f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}", "", words)
