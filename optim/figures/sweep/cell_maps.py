"""Maps of equal cells: where each entry ends from every start, which entry wins there, and how two parameters interact."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optim.core.types import Array
from optim.figures.colour import along_ramp, hexadecimal, luminance, rgb
from optim.figures.style import RAMP, THEMES, EntryStyle, styles
from optim.i18n.message import message, plural
from optim.i18n.phrases import steps
from optim.reports.starts import MINIMA, minima_names
from optim.sweeps import scores
from optim.sweeps.grid import Lattice
from optim.sweeps.reductions import DIVERGED, LEFT, NOT_RUN
from optim.sweeps.result import NOBODY, TIE, SweepResult

HUES = (0.58, 0.09, 0.39, 0.83, 0.50, 0.14, 0.97, 0.70)
"""Hues of the minima where there are several, in the order of their numbers."""
SHADES = len(RAMP) - 2
"""Shades of a minimum's colour, from few steps to many: the ramp without its ends, dark where the goal is near."""
LEVELS = 12
"""Levels of a share, from all to none."""


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


def ends(result: SweepResult, theme: str = "light") -> tuple[Cells, ...]:
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
    looks = styles(result.spec.race.entries)
    return tuple(
        _map(result, message("{sign} {name}", sign=looks[i].sign, name=label), index[i], codes)
        for i, label in enumerate(result.labels)
    )


def winners(result: SweepResult, theme: str = "light") -> Cells:
    """Return the map of the entry that needs the fewest evaluations to the target from every start.

    Where no entry reaches the target from any start, it is the map of the entry that ends lowest.
    """
    if not result.reached.any():
        said = [message("{name} ends lowest", name=label) for label in result.labels]
        nobody, title = message("no end to compare"), message("Who ends lowest from here")
        return _firsts(result, result.ends_lowest, [*said, nobody], title=title, theme=theme)
    said = [message("{name} wins", name=label) for label in result.labels]
    nobody, title = message("nobody reaches the target"), message("Who wins from here")
    return _firsts(result, result.winner, [*said, nobody], title=title, theme=theme)


def _firsts(result: SweepResult, first: npt.NDArray[np.int8], words: Sequence[str], *, title: str, theme: str) -> Cells:
    """Return the map of who is `first` from every start, in the `words` for every entry and for nobody."""
    count, colours = len(result.labels), THEMES[theme]
    looks = styles(result.spec.race.entries)
    codes = [Code(style.colour, style.sign, text) for style, text in zip(looks, words, strict=False)]
    codes += [Code(colours.quiet, "=", message("a tie")), Code(colours.grid, "", words[-1]), _unknown(theme)]
    won = first[..., 0].astype(int)
    index = np.where(won == TIE, count, np.where(won == NOBODY, count + 1, won))
    index = np.where(np.all(result.done[..., 0], axis=0), index, count + 2)
    index = result.fill_from_coarse(index[..., None])[..., 0]
    return _map(result, title, index, tuple(codes))


def shares(result: SweepResult, theme: str = "light", *, looks: Sequence[EntryStyle] = ()) -> tuple[Cells, ...]:
    """Return one map per entry of a sweep over two parameters: the share of starts that reach the target.

    `looks` are the entries' styles, where they are not those of a race of these alone.
    """
    looks = looks or styles(result.spec.race.entries)
    total = result.spec.starts.size * len(result.spec.seeds)
    share = scores.share(result)
    codes = (*(_share_code(k, total) for k in range(LEVELS + 1)), _unknown(theme))
    index = np.where(np.isnan(share), LEVELS + 1, np.ceil(np.nan_to_num(share) * LEVELS)).astype(int)
    maps = []
    for i, label in enumerate(result.labels):
        (first, x), (second, y) = result.spec.own_axes(i)
        best = scores.best(result, i)
        marks = ((best.at[0] + 0.5, best.at[1] + 0.5, "★"),) if best.share > 0 and best.settings else ()
        said = {"sign": looks[i].sign, "name": label, "share": best.share}
        if best.settings:
            place = {"first": first, "x": x[best.at[0]], "second": second, "y": y[best.at[1]]}
            title = message("{sign} {name}: best {share:.0%} at {first} {x:g}, {second} {y:g}", **said, **place)
        else:
            title = message("{sign} {name}: {share:.0%} everywhere", **said)
        maps.append(Cells(title, index[i].T.astype(np.uint8), codes, x, y, (first, second), marks))
    return tuple(maps)


def _map(result: SweepResult, title: str, index: npt.NDArray[np.int64], codes: tuple[Code, ...]) -> Cells:
    starts = result.spec.starts
    assert isinstance(starts, Lattice)
    x, y = starts.edges(result.spec.race.base_problem)
    box = starts.box or result.spec.race.base_problem.view
    marks = []
    for number, point in enumerate(result.minima[:MINIMA]):
        if number in result.lines:
            continue
        column, row = (
            (value - low) / (high - low) * count
            for value, (low, high), count in zip(point, box, (starts.across, starts.up), strict=True)
        )
        marks.append((column, row, str(number + 1)))
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
    names = minima_names(result)
    several = len(names) > 1
    for number, name in enumerate(names):
        sign, hue = name.partition(":")[0], HUES[number] if several else None
        kind = message("minimum") if number < result.lowest_minima else message("local minimum")
        for shade in range(SHADES):
            after = int(edges[shade + 1]) - 1 if shade + 1 < SHADES else None
            words = message(
                "{kind} {name}, within the target after {when}", kind=kind, name=name, when=_when(int(edges[shade]), after)
            )
            codes.append(Code(_shaded(hue, shade), sign, words))
        codes.append(Code(_shaded(hue, SHADES, 0.35), sign, message("{kind} {name}", kind=kind, name=name)))
    quiet = colours.quiet
    return (
        *codes,
        Code(quiet, "+", message("another minimum")),
        Code(colours.grid, "→", message("left the window")),
        Code("#4b535d", "✕", message("diverged")),
        Code(colours.faint, "~", message("not settled yet")),
        _unknown(theme),
    )


def _when(first: int, last: int | None) -> str:
    if last is None:
        return plural("{count} step or more", "{count} steps or more", first)
    return steps(first) if last <= first else message("{first} to {last} steps", first=first, last=last)


def _unknown(theme: str) -> Code:
    return Code(THEMES[theme].halo, "…", message("not run yet"))


def _shaded(hue: float | None, shade: int, saturation: float = 0.62) -> str:
    """Return the ramp's colour of a shade, or, with a hue, the one that is as light: dark after few steps, light after many."""
    if hue is None:
        return RAMP[shade + 1]
    wanted = luminance(rgb(RAMP[shade + 1]))
    found = [colorsys.hls_to_rgb(hue, lightness, saturation) for lightness in np.linspace(0.0, 1.0, 101)]
    return hexadecimal(min(found, key=lambda parts: abs(luminance(parts) - wanted)))


def _share_code(step: int, total: int) -> Code:
    low, high = int(np.ceil((step - 1) * total / LEVELS + 1e-9)) if step else 0, step * total // LEVELS
    one = plural("{high} of {count} start reaches", "{high} of {count} starts reach", total, high=high)
    words = one if low >= high else message("{low} to {high} of {total} starts reach", low=low, high=high, total=total)
    # All is dark and none is light, on either page: dark is where the goal is, as on every map.
    return Code(hexadecimal(along_ramp(1 - step / LEVELS)), "", words)
