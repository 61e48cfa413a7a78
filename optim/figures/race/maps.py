"""The race on the function: a contour map and a 3-D surface, with every path."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from optim.core.problem import Problem
from optim.core.types import Array, Box
from optim.figures.function.landscape import Landscape, landscape
from optim.figures.function.maps import landmarks, map_layout, map_traces, relief_layout, relief_traces, scene_box
from optim.figures.function.scale import single
from optim.figures.race.thinning import Pieces, Rows, answering, clipped, exit_point, shown_rows
from optim.figures.style import CASED, CASING, THEMES, EntryStyle, Translator, figure, free_style, styles
from optim.i18n.message import message
from optim.races.result import RaceResult

LIFT = 0.025
"""How far above the surface a path is drawn, as a share of the surface's height."""
DOTTED = 60
"""Up to this many steps every step is a dot, as in the book."""


@dataclass(frozen=True, eq=False)
class Trail:
    """What a map shows of one entry: its path (steps + 1, 2), its loss (steps + 1,), its label and its style."""

    path: Array
    loss: Array
    label: str
    style: EntryStyle = field(default_factory=free_style)


def contour(
    result: RaceResult,
    theme: str = "light",
    *,
    land: Landscape | None = None,
    arrows: bool = False,
    legend: bool = True,
    translator: Translator = str,
) -> go.Figure:
    """Return the contour map with every path, the start, the known minima and where a path left the window.

    `arrows` adds a field of downhill arrows; `land` is the grid where the caller keeps one; `translator` translates a text into
    the reader's language. Two dimensions only.
    """
    colours = THEMES[theme]
    land = land or landscape(result.problem, result.spec.start)
    traces = map_traces(result.problem, land, [result.spec.start], arrows, translator)
    for trail in _trails(result, translator):
        traces += _flat_path(trail, land, translator)
    traces += [_answer(result, i, land, translator) for i in answering(result)]
    return figure(traces, map_layout(land, colours, legend))


def track(problem: Problem, trail: Trail, theme: str = "light", *, points: int = 121) -> go.Figure:
    """Return the contour map of a two-dimensional problem with one path that needs no race, its start marked.

    `points` is the number of grid lines each way.
    """
    colours = THEMES[theme]
    start = tuple(trail.path[0].tolist())
    land = landscape(problem, start, points)
    traces = [*map_traces(problem, land, [start]), *_flat_path(trail, land, str)]
    return figure(traces, map_layout(land, colours, legend=True))


def surface(result: RaceResult, theme: str = "light", *, land: Landscape | None = None, legend: bool = True) -> go.Figure:
    """Return the 3-D surface with contours on its floor and every path on it. Two dimensions only."""
    colours = THEMES[theme]
    land = land or landscape(result.problem, result.spec.start)
    traces = relief_traces(result.problem, land, [result.spec.start])
    for trail in _trails(result, str):
        traces += _solid_path(trail, land, str)
    return figure(traces, relief_layout(land, colours, legend, seen=landmarks(result.problem)))


def _trails(result: RaceResult, translator: Translator) -> list[Trail]:
    labels = map(translator, result.labels)
    return [Trail(*parts) for parts in zip(result.path, result.loss, labels, styles(result.spec.entries), strict=True)]


def _answer(result: RaceResult, i: int, land: Landscape, translator: Translator) -> dict[str, Any]:
    """The points that an entry reports, as a thin line, where they are not those that it moves."""
    rows = shown_rows(result.answer_loss[i])
    x, y = clipped(result.answer[i][rows], land.window).points.T
    name = translator(message("{name}, its answer", name=result.labels[i]))
    return {
        "type": "scatter",
        "x": single(x),
        "y": single(y),
        "mode": "lines",
        "line": {"color": styles(result.spec.entries)[i].colour, "width": 1.2},
        "name": name,
        "showlegend": False,
        "hovertemplate": f"{name}<br>x %{{x:.6g}}, y %{{y:.6g}}<extra></extra>",
    }


def _flat_path(trail: Trail, land: Landscape, translator: Translator) -> list[dict[str, Any]]:
    style = trail.style
    rows = shown_rows(trail.loss)
    pieces = clipped(trail.path[rows], land.window)
    x, y = pieces.points.T
    trace = {
        "type": "scatter",
        "x": single(x),
        "y": single(y),
        "mode": "lines+markers",
        "name": trail.label,
        "line": {"color": style.colour, "width": 2.2, "dash": style.dash},
        "marker": {
            "symbol": style.symbol,
            "color": style.colour,
            "size": _sizes(rows, pieces),
            "opacity": 1,
            "line": {"width": 1, "color": CASING},
        },
        **_hover(trail, rows, pieces, translator),
    }
    flat = {
        "type": "scatter",
        "marker": {"symbol": "x-thin", "size": 13, "line": {"width": 3, "color": style.colour}},
        "cliponaxis": False,
    }
    return [_casing(trace), trace, *_exit_mark(trail, (trail.path, land.window), flat, translator)]


def _casing(trace: dict[str, Any]) -> dict[str, Any]:
    """A path's casing, to be drawn below it."""
    place: dict[str, Any] = {name: trace[name] for name in ("type", "x", "y", "z") if name in trace}
    line = {"color": CASING, "width": trace["line"]["width"] + CASED}
    return {**place, "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def _exit_mark(trail: Trail, path_in_box: tuple[Array, Box], style: dict[str, Any], translator: Translator) -> list[dict[str, Any]]:
    """A mark where a path leaves its box for good, as one trace, or nothing."""
    exit_ = exit_point(*path_in_box)
    if exit_ is None:
        return []
    step, place = exit_
    said = translator(message("{name} leaves the picture with step {step}", name=trail.label, step=step))
    return [
        {
            **style,
            **{name: [value] for name, value in zip("xyz", place, strict=False)},
            "mode": "markers",
            "hovertemplate": f"{said}<extra></extra>",
            "showlegend": False,
        }
    ]


def _solid_path(trail: Trail, land: Landscape, translator: Translator) -> list[dict[str, Any]]:
    style, box = trail.style, scene_box(land)
    rows = shown_rows(trail.loss)
    low, high = land.heights
    path = np.column_stack([trail.path, land.surface_scale.height(trail.loss) + LIFT * (high - low)])
    pieces = clipped(path[rows], box)
    x, y, z = pieces.points.T
    trace = {
        "type": "scatter3d",
        "x": single(x),
        "y": single(y),
        "z": single(z),
        "mode": "lines+markers",
        "name": trail.label,
        "line": {"color": style.colour, "width": 7, "dash": style.dash},
        "marker": {"symbol": style.solid_symbol, "color": style.colour, "size": _sizes(rows, pieces) / 2},
        **_hover(trail, rows, pieces, translator),
    }
    solid = {"type": "scatter3d", "marker": {"symbol": "x", "size": 5, "color": style.colour}}
    return [_casing(trace), trace, *_exit_mark(trail, (path, box), solid, translator)]


def _hover(trail: Trail, rows: Rows, pieces: Pieces, translator: Translator) -> dict[str, Any]:
    """What a point of a path says when pointed at: its step, its place and its loss."""
    steps = rows[pieces.rows]
    step = translator(message("step {step}", step="%{customdata[0]:d}"))
    loss = translator(message("loss {loss}", loss="%{customdata[1]:.6g}"))
    own = f"{trail.label}<br>{step}<br>x %{{x:.6g}}, y %{{y:.6g}}<br>{loss}<extra></extra>"
    template: str | list[str] = own
    if pieces.cut.any():  # a point on the border belongs to no step
        after = translator(message("after step {step}", step="%{customdata[0]:d}"))
        between = f"{trail.label}<br>{after}<extra></extra>"
        template = [between if cut else own for cut in pieces.cut]
    return {"customdata": np.stack([steps, trail.loss[steps]], axis=-1), "hovertemplate": template}


def _sizes(rows: Rows, pieces: Pieces) -> npt.NDArray[np.float32]:
    """Marker sizes along a path: every step a dot in a short race, else one in a while, and a large one at the end."""
    every = 1 if len(rows) <= DOTTED + 1 else max(1, len(rows) // 12)
    sizes = np.where(np.arange(len(rows)) % every == 0, np.float32(6), np.float32(0))
    sizes[-1] = 11
    return np.where(pieces.cut, np.float32(0), sizes[pieces.rows])
