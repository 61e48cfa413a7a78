"""The race on the function: a contour map and a 3-D surface, with every path."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from optim.figures.ground import map_layout, map_traces, relief_layout, relief_traces
from optim.figures.landscape import Landscape, landscape, single
from optim.figures.paths import Rows, answering, drawable, exit_point, shown_rows
from optim.figures.style import LOOKS, THEMES, Look, Theme, figure
from optim.model import Array, Point, Problem
from optim.result import RaceResult

LIFT = 0.012
"""How far above the surface a path is drawn, as a share of the surface's height."""
DOTTED = 60
"""Up to this many steps every step is a dot, as in the book."""


@dataclass(frozen=True, eq=False)
class Trail:
    """What a map shows of one racer: its path (steps + 1, 2), its loss (steps + 1,), its label and its look."""

    path: Array
    loss: Array
    label: str
    look: Look = LOOKS[0]


def contour(
    result: RaceResult, theme: str = "light", *, land: Landscape | None = None, arrows: bool = False, legend: bool = True
) -> go.Figure:
    """Return the contour map with every path, the start, the known minima and where a path left the window.

    `arrows` adds a field of downhill arrows; `land` is the grid where the caller keeps one. Two dimensions only.
    """
    colours = THEMES[theme]
    land = land or landscape(result.problem, result.spec.start)
    traces = map_traces(result.problem, land, colours, [result.spec.start], arrows)
    for trail in _trails(result):
        traces += _flat_path(trail, land, colours)
    traces += [_answer(result, i, land) for i in answering(result)]
    return figure(traces, map_layout(land, colours, legend))


def track(problem: Problem, trail: Trail, theme: str = "light", *, points: int = 121) -> go.Figure:
    """Return the contour map of a two-dimensional problem with one path that needs no race, its start marked.

    `points` is the number of grid lines each way.
    """
    colours = THEMES[theme]
    start = tuple(trail.path[0].tolist())
    land = landscape(problem, start, points)
    traces = [*map_traces(problem, land, colours, [start]), *_flat_path(trail, land, colours)]
    return figure(traces, map_layout(land, colours, legend=True))


def surface(result: RaceResult, theme: str = "light", *, land: Landscape | None = None, legend: bool = True) -> go.Figure:
    """Return the 3-D surface with contours on its floor and every path on it. Two dimensions only."""
    colours = THEMES[theme]
    land = land or landscape(result.problem, result.spec.start)
    low, high = land.heights
    traces = relief_traces(result.problem, land, colours, [result.spec.start])
    traces += [_solid_path(trail, land, LIFT * (high - low)) for trail in _trails(result)]
    return figure(traces, relief_layout(land, colours, legend))


def _trails(result: RaceResult) -> list[Trail]:
    return [Trail(*parts) for parts in zip(result.path, result.loss, result.labels, LOOKS[: len(result.path)], strict=True)]


def _answer(result: RaceResult, i: int, land: Landscape) -> dict[str, Any]:
    """The points that an entry reports, as a thin line, where they are not those that it moves."""
    rows = shown_rows(result.answer_loss[i])
    path = drawable(result.answer[i], land.window)[rows]
    return {
        "type": "scatter",
        "x": single(path[:, 0]),
        "y": single(path[:, 1]),
        "mode": "lines",
        "line": {"color": LOOKS[i].colour, "width": 1.2},
        "name": f"{result.labels[i]}, its answer",
        "showlegend": False,
        "hovertemplate": f"{result.labels[i]}, its answer<br>x %{{x:.6g}}, y %{{y:.6g}}<extra></extra>",
    }


def _flat_path(trail: Trail, land: Landscape, colours: Theme) -> list[dict[str, Any]]:
    look = trail.look
    rows = shown_rows(trail.loss)
    path = drawable(trail.path, land.window)[rows]
    trace = {
        "type": "scatter",
        "x": single(path[:, 0]),
        "y": single(path[:, 1]),
        "mode": "lines+markers",
        "name": trail.label,
        "line": {"color": look.colour, "width": 2.2, "dash": look.dash},
        "marker": {
            "symbol": look.symbol,
            "color": look.colour,
            "size": _sizes(len(rows)),
            "opacity": 1,
            "line": {"width": 1, "color": colours.halo},
        },
        **_hover(trail, rows),
    }
    exit_ = exit_point(trail.path, land.window)
    return [trace] if exit_ is None else [trace, _exit_mark(trail, exit_)]


def _exit_mark(trail: Trail, exit_: tuple[int, Point]) -> dict[str, Any]:
    step, (x, y) = exit_
    return {
        "type": "scatter",
        "x": [x],
        "y": [y],
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 13, "line": {"width": 3, "color": trail.look.colour}},
        "hovertemplate": f"{trail.label} leaves the picture with step {step}<extra></extra>",
        "showlegend": False,
        "cliponaxis": False,
    }


def _solid_path(trail: Trail, land: Landscape, lift: float) -> dict[str, Any]:
    look = trail.look
    rows = shown_rows(trail.loss)
    path = drawable(trail.path, land.window)[rows]
    height = np.where(np.isnan(path[:, 0]), np.nan, land.surface_scale.height(trail.loss[rows]) + lift)
    return {
        "type": "scatter3d",
        "x": single(path[:, 0]),
        "y": single(path[:, 1]),
        "z": single(height),
        "mode": "lines+markers",
        "name": trail.label,
        "line": {"color": look.colour, "width": 7, "dash": look.dash},
        "marker": {"symbol": look.solid_symbol, "color": look.colour, "size": _sizes(len(rows)) / 2},
        **_hover(trail, rows),
    }


def _hover(trail: Trail, rows: Rows) -> dict[str, Any]:
    """What a point of a path says when pointed at: its step, its place and its loss."""
    text = "step %{customdata[0]:d}<br>x %{x:.6g}, y %{y:.6g}<br>loss %{customdata[1]:.6g}"
    return {
        "customdata": np.stack([rows, trail.loss[rows]], axis=-1),
        "hovertemplate": f"{trail.label}<br>{text}<extra></extra>",
    }


def _sizes(rows: int) -> npt.NDArray[np.float32]:
    """Marker sizes along a path: every step a dot in a short race, else one in a while, and a large one at the end."""
    every = 1 if rows <= DOTTED + 1 else max(1, rows // 12)
    sizes = np.where(np.arange(rows) % every == 0, np.float32(6), np.float32(0))
    sizes[-1] = 11
    return sizes
