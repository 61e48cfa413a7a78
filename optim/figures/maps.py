"""The race on the function: a contour map and a 3-D surface, with every path."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from optim.figures.landscape import Landscape, downhill, landscape, single
from optim.figures.paths import Rows, answering, drawable, exit_point, shown_rows
from optim.figures.style import LOOKS, THEMES, Look, Theme, figure, layout
from optim.model import Array, Point, Problem
from optim.result import RaceResult

DOTTED = 60
"""Up to this many steps every step is a dot, as in the book."""
CAMERA = {"eye": {"x": -1.42, "y": -1.37, "z": 1.4}, "center": {"x": 0, "y": 0, "z": -0.14}}


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
    traces = [_level_lines(land, colours)]
    if arrows:
        traces.append(_arrows(result, land, colours))
    traces += _landmarks(result.problem, [result.spec.start], colours, flat=True)
    for trail in _trails(result):
        traces += _flat_path(trail, land, colours)
    traces += [_answer(result, i, land) for i in answering(result)]
    return figure(traces, _flat_layout(land, colours, legend))


def track(problem: Problem, trail: Trail, theme: str = "light", *, points: int = 121) -> go.Figure:
    """Return the contour map of a two-dimensional problem with one path that needs no race, its start marked.

    `points` is the number of grid lines each way.
    """
    colours = THEMES[theme]
    start = tuple(trail.path[0].tolist())
    land = landscape(problem, start, points)
    traces = [_level_lines(land, colours), *_landmarks(problem, [start], colours, flat=True), *_flat_path(trail, land, colours)]
    return figure(traces, _flat_layout(land, colours, legend=True))


def terrain(problem: Problem, theme: str = "light") -> go.Figure:
    """Return the contour map of a two-dimensional problem with its starts and known minima, before any race."""
    colours = THEMES[theme]
    starts = problem.starts or (problem.centre,)
    land = landscape(problem, starts[0])
    traces = [_level_lines(land, colours), *_landmarks(problem, starts, colours, flat=True)]
    return figure(traces, _flat_layout(land, colours, legend=False))


def surface(result: RaceResult, theme: str = "light", *, land: Landscape | None = None, legend: bool = True) -> go.Figure:
    """Return the 3-D surface with contours on its floor and every path on it. Two dimensions only."""
    colours = THEMES[theme]
    land = land or landscape(result.problem, result.spec.start)
    scale = land.surface_scale
    height = scale.height(land.value)
    finite = height[np.isfinite(height)]
    low, high = (float(np.min(finite)), float(np.max(finite))) if finite.size else (0.0, 1.0)
    span = max(high - low, 1e-9)
    floor = low - 0.25 * span
    traces: list[Any] = [_sheet(land, height, (low, high), colours)]
    traces += _landmarks(result.problem, [result.spec.start], colours, flat=False, scale=scale.height, lift=0.02 * span)
    traces += [_solid_path(trail, land, 0.012 * span) for trail in _trails(result)]
    axis = {"color": colours.quiet, "gridcolor": colours.grid, "showbackground": False, "zeroline": False, "showspikes": False}
    (x0, x1), (y0, y1) = land.window
    scene = {
        "xaxis": {**axis, "range": [x0, x1], "title": {"text": "x"}},
        "yaxis": {**axis, "range": [y0, y1], "title": {"text": "y"}},
        "zaxis": {**axis, "range": [floor, high + 0.05 * span], "title": {"text": scale.title}},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.75},
        "camera": CAMERA,
    }
    return figure(traces, layout(colours, height=460, scene=scene, showlegend=legend))


def _trails(result: RaceResult) -> list[Trail]:
    return [Trail(*parts) for parts in zip(result.path, result.loss, result.labels, LOOKS[: len(result.path)], strict=True)]


def _flat_layout(land: Landscape, colours: Theme, legend: bool) -> dict[str, Any]:
    (x0, x1), (y0, y1) = land.window
    return layout(
        colours,
        height=460,
        showlegend=legend,
        xaxis={"range": [x0, x1], "title": {"text": "x"}},
        yaxis={"range": [y0, y1], "title": {"text": "y"}},
    )


def _level_lines(land: Landscape, colours: Theme) -> dict[str, Any]:
    start, end, size = land.levels
    scale = land.contour_scale
    return {
        "type": "contour",
        "x": land.x,
        "y": land.y,
        "z": single(scale.height(land.value)),
        "colorscale": colours.scale,
        "showscale": False,
        "contours": {"start": start, "end": end, "size": size, "coloring": "fill"},
        "line": {"width": 0.6, "color": colours.quiet},
        "hovertemplate": f"x %{{x:.3g}}, y %{{y:.3g}}<br>{scale.title} = %{{z:.3g}}<extra></extra>",
        "zmin": start,
        "zmax": end,
    }


def _arrows(result: RaceResult, land: Landscape, colours: Theme) -> dict[str, Any]:
    field = downhill(result.problem, land.window)
    return {
        "type": "scatter",
        "x": single(field["x"]),
        "y": single(field["y"]),
        "mode": "lines+markers",
        "line": {"color": colours.quiet, "width": 1},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": field["size"],
            "color": colours.quiet,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        "name": "downhill",
        "showlegend": False,
    }


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


def _landmarks(
    problem: Problem, starts: Sequence[Point], colours: Theme, *, flat: bool, scale: Any = None, lift: float = 0.0
) -> list[dict[str, Any]]:
    """The starts and the known minima, on the map or on the surface."""
    marks = [
        ("start", list(starts), "circle-open", 13),
        ("minimum", list(problem.minima), "star" if flat else "diamond", 12),
    ]
    traces = []
    for name, points, symbol, size in marks:
        if not points:
            continue
        places = np.array(points, dtype=float).T
        with np.errstate(all="ignore"):
            value = problem.value(places)
        trace: dict[str, Any] = {
            "type": "scatter" if flat else "scatter3d",
            "x": places[0].tolist(),
            "y": places[1].tolist(),
            "mode": "markers",
            "name": name,
            "marker": {
                "symbol": symbol,
                "size": size if flat else size / 2,
                "color": colours.text,
                "line": {"width": 2, "color": colours.text},
            },
            "hovertemplate": f"{name}<br>x %{{x:.6g}}, y %{{y:.6g}}<br>f = %{{customdata:.6g}}<extra></extra>",
            "customdata": value.tolist(),
        }
        if not flat:
            trace["z"] = (scale(value) + lift).tolist()
        traces.append(trace)
    return traces


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


def _sheet(land: Landscape, height: Array, ends: tuple[float, float], colours: Theme) -> dict[str, Any]:
    return {
        "type": "surface",
        "x": land.x,
        "y": land.y,
        "z": single(height),
        "colorscale": colours.scale,
        "cmin": ends[0],
        "cmax": ends[1],
        "showscale": False,
        "opacity": 0.88,
        "hoverinfo": "skip",
        "contours": {
            "x": {"highlight": False},
            "y": {"highlight": False},
            "z": {"show": True, "project": {"z": True}, "color": colours.quiet, "width": 1, "highlight": False, **_lines(ends)},
        },
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
    }


def _lines(ends: tuple[float, float]) -> dict[str, float]:
    """Where the surface's contour lines are: evenly spaced heights, not the very ends."""
    size = (ends[1] - ends[0]) / 16 or 1.0
    return {"start": ends[0] + size / 2, "end": ends[1], "size": size}
