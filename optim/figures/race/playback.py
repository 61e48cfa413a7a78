"""A race as numbers to play: what a player needs of every entry at every step, small enough to be sent on every change."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optim.core.types import Array, Point
from optim.figures.function.landscape import Landscape
from optim.figures.function.maps import ABOVE_GROUND, BELOW
from optim.figures.function.scale import Scale, fitted, single
from optim.figures.race.curves import Chart
from optim.figures.race.maps import LIFT
from optim.figures.race.thinning import MAX_POINTS, Rows, answering, shown_rows
from optim.figures.style import EntryStyle, styles
from optim.i18n.numbers import short
from optim.races.entry import Entry
from optim.races.result import RaceResult
from optim.races.status import Status

SINGLE = np.finfo(np.float32)
LONGEST = 127
"""Length of a race's longest arrow, in the units of the columns."""


@dataclass(frozen=True, eq=False)
class Playback:
    """`facts` are plain data about the race and its racers; `columns` hold the shown rows of all racers, one after the other.

    Columns are `x`, `y`, and `loss` above `facts["base"]`; where they say something else, `step`, `place` along the curves'
    axis, `curve`, and, -127 to 127 in shares of the window, `slope_x`, `slope_y`, the way down, and `velocity_x`,
    `velocity_y`, what past gradients add to the next step. `reported_x`, `_y` and `_loss`
    are the points reported by racers that report others than those they move. `projected` is the loss that a plane has at the
    place of a racer which is not on that plane: there it is on the surface.
    """

    facts: dict[str, Any]
    columns: dict[str, npt.NDArray[Any]]

    def packed(self) -> bytes:
        """Return the columns as one compressed string; `facts["columns"]` says name, type and length of each.

        Rows are stored as differences of their bits, all first bytes first: neighbours on a path are alike, so this is
        about a third of the plain numbers.
        """
        return zlib.compress(b"".join(_planes(column) for column in self.columns.values()), 6)


@dataclass(frozen=True)
class Standing:
    """What a player says of an entry beside its numbers: its label, its last step, its rank, how it ended, its last loss.

    `rank` is its row from 0 on, `placed` the place that is said of it, which those that tie share; `reached` is the step that
    reached the target, at the `price` of so many evaluations; `reports` says that it reports other points than those it moves.
    """

    label: str
    taken: int
    rank: int
    placed: int
    status: Status
    end: float
    reached: int | None = None
    price: int | None = None
    reports: bool = False


def playback(
    result: RaceResult, land: Landscape, shown: Chart, *, slopes: bool = False, carried: Sequence[Array | None] = ()
) -> Playback:
    """Return a race on a two-dimensional problem as numbers to play, at most 2000 rows per racer with every extreme kept.

    `slopes` adds the downhill direction at every shown point; `carried` the part of every step (2, steps) that came from memory,
    per racer, None where a racer remembers no direction.
    """
    rows = [shown_rows(loss) for loss in result.loss]
    finite = result.loss[np.isfinite(result.loss)]
    base = result.lowest if result.lowest is not None else fitted(finite)[0] if finite.size else 0.0
    paths = _picked(result.path, rows)
    columns: dict[str, npt.NDArray[Any]] = {
        "x": _small([path[:, 0] for path in paths]),
        "y": _small([path[:, 1] for path in paths]),
        "loss": _small(_picked(result.loss - base, rows)),
    }
    if any(len(own) < result.loss.shape[1] for own in rows):
        columns["step"] = np.concatenate(rows).astype(np.int32)
    if shown.along != "step":
        columns["place"] = np.concatenate(_picked(shown.places, rows)).astype(np.int32)
    if shown.quantity != "loss":
        columns["curve"] = _small(_picked(shown.heights, rows))
    if slopes:
        columns |= _slopes(result, land, rows)
    if carried:
        columns |= _carried(carried, land, rows)
    columns |= _reported(result, rows, base)
    entries = result.spec.entries
    return rolled(
        columns,
        land,
        [racer(*looks, _standing(result, i), len(rows[i])) for i, looks in enumerate(zip(entries, styles(entries), strict=True))],
        steps=result.loss.shape[1] - 1,
        start=result.spec.start,
        base=base,
        shown=shown,
        thinned="step" in columns,
    )


def rolled(
    columns: dict[str, npt.NDArray[Any]],
    land: Landscape,
    racers: list[dict[str, Any]],
    *,
    steps: int,
    start: Point | None,
    base: float,
    shown: Chart,
    thinned: bool = False,
) -> Playback:
    """Return columns as numbers to play on a landscape: `start` is the place of the ring, None where there is none."""
    facts = {
        "steps": steps,
        "start": None if start is None else list(start),
        "window": [list(side) for side in land.window],
        "base": base,
        "scale": _height(land.surface_scale, land.heights),
        "curve": {"along": shown.along, "title": shown.title, "log": shown.log, "above": shown.gap},
        "thinned": MAX_POINTS if thinned else None,
        "columns": [(name, column.dtype.str[1:], len(column)) for name, column in columns.items()],
        "racers": racers,
    }
    return Playback(facts, columns)


def _planes(column: npt.NDArray[Any]) -> bytes:
    words = np.ascontiguousarray(column).view(f"<u{column.dtype.itemsize}")
    changes = np.diff(words, prepend=words[:1] * 0)
    return changes.view("u1").reshape(len(column), -1).T.tobytes()


def _picked(values: npt.NDArray[Any], rows: list[Rows]) -> list[npt.NDArray[Any]]:
    return [one[own] for one, own in zip(values, rows, strict=True)]


def _small(parts: list[Array]) -> npt.NDArray[Any]:
    """Return the parts joined, in single precision where nothing is too large for it."""
    return single(np.concatenate(parts))


def _height(scale: Scale, heights: tuple[float, float]) -> dict[str, Any]:
    low, high = heights
    own = {"log": scale.log, "lowest": scale.lowest, "floor": scale.floor, "base": scale.base, "unit": scale.unit}
    return {**own, "lift": LIFT * (high - low), "low": low, "high": high, "ground": low - (BELOW - ABOVE_GROUND) * (high - low)}


def racer(entry: Entry, style: EntryStyle, standing: Standing, rows: int) -> dict[str, Any]:
    """Return the facts of one racer, which has so many rows in every column."""
    return {
        "label": standing.label,
        "about": _about(entry),
        "colour": style.colour,
        "dash": style.dash,
        "symbol": style.symbol,
        "solid": style.solid_symbol,
        "sign": style.sign,
        "rows": rows,
        "last": standing.taken,
        "rank": standing.rank,
        "placed": standing.placed,
        "reached": standing.reached,
        "price": standing.price,
        "status": standing.status.kind,
        "ended": standing.status.label,
        "reason": standing.status.reason,
        "end": standing.end if np.isfinite(standing.end) else None,
        "reports": standing.reports,
    }


def _standing(result: RaceResult, i: int) -> Standing:
    reached = result.reached[i]
    return Standing(
        label=result.labels[i],
        taken=result.taken[i],
        rank=result.order.index(i),
        placed=result.places[i],
        status=result.status[i],
        end=float(result.answer_loss[i, -1]),
        reached=reached,
        price=None if reached is None else int(result.evaluations[i, reached]),
        reports=i in answering(result),
    )


def _about(entry: Entry) -> str:
    """A racer's learning rate, where it has one."""
    rate = entry.hyper.get("lr")
    return "" if rate is None else f"lr {short(rate)}"


def _slopes(result: RaceResult, land: Landscape, rows: list[Rows]) -> dict[str, npt.NDArray[np.int8]]:
    """The downhill direction at every shown point; the length grows with the root of the slope, so small ones can be seen too."""
    points = np.concatenate([path[own] for path, own in zip(result.path, rows, strict=True)]).T
    sides = np.array([[high - low] for low, high in land.window])
    with np.errstate(all="ignore"):
        down = -result.problem.gradient(points) / sides
    return _arrows(down, "slope")


def _carried(carried: Sequence[Array | None], land: Landscape, rows: list[Rows]) -> dict[str, npt.NDArray[np.int8]]:
    """What memory adds to the step that follows every shown row; nothing after the last."""
    sides = np.array([[high - low] for low, high in land.window])
    parts = []
    for own, moves in zip(rows, carried, strict=True):
        known = np.zeros((2, 0)) if moves is None else moves
        padded = np.pad(known, ((0, 0), (0, max(0, int(own[-1]) + 1 - known.shape[1]))))
        parts.append(padded[:, own])
    return _arrows(np.concatenate(parts, axis=1) / sides, "velocity")


def _arrows(vectors: Array, name: str) -> dict[str, npt.NDArray[np.int8]]:
    """Return vectors (2, n) as two columns of whole numbers: the direction, and the root of the length against the longest."""
    with np.errstate(all="ignore"):
        length = np.sqrt(np.sum(vectors * vectors, axis=0))
        good = np.isfinite(length) & (length > 0.0)
        longest = np.max(length, where=good, initial=SINGLE.tiny)
        scaled = np.where(good, vectors / length * np.sqrt(length / longest), 0.0)
    whole = np.rint(scaled * LONGEST).astype(np.int8)
    return {f"{name}_x": whole[0], f"{name}_y": whole[1]}


def _reported(result: RaceResult, rows: list[Rows], base: float) -> dict[str, npt.NDArray[Any]]:
    """The points of the racers that report others than those they move, at the same steps as the rest."""
    kept = answering(result)
    if not kept:
        return {}
    paths = [result.answer[i][rows[i]] for i in kept]
    above = [result.answer_loss[i][rows[i]] - base for i in kept]
    columns = {"x": [path[:, 0] for path in paths], "y": [path[:, 1] for path in paths], "loss": above}
    return {f"reported_{name}": _small(parts) for name, parts in columns.items()}
