"""The function itself as pictures: a contour map and a 3-D surface, with starts and known minima and nobody on them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.figures.landscape import Landscape, downhill, landscape, single
from optim.figures.style import THEMES, Teller, Theme, figure, layout
from optim.model import Array, Point, Problem
from optim.saying import say

CAMERA = {"eye": {"x": -1.42, "y": -1.37, "z": 1.4}, "center": {"x": 0, "y": 0, "z": -0.14}}


def flat(
    problem: Problem,
    land: Landscape,
    theme: str = "light",
    *,
    starts: Sequence[Point] = (),
    arrows: bool = False,
    told: Teller = str,
) -> go.Figure:
    """Return the contour map of a two-dimensional problem with `starts`, its known minima and nobody's path.

    `arrows` adds a field of downhill arrows; `told` says a text in the reader's language.
    """
    colours = THEMES[theme]
    return figure(map_traces(problem, land, colours, starts, arrows, told), map_layout(land, colours, legend=False))


def terrain(problem: Problem, theme: str = "light") -> go.Figure:
    """Return the contour map of a two-dimensional problem with its starts and known minima, before any race."""
    starts = problem.starts or (problem.centre,)
    return flat(problem, landscape(problem, starts[0]), theme, starts=starts)


def relief(
    problem: Problem, land: Landscape, theme: str = "light", *, starts: Sequence[Point] = (), told: Teller = str
) -> go.Figure:
    """Return the 3-D surface of a two-dimensional problem with contours on its floor, `starts`, its minima and nobody's path.

    `told` says a text in the reader's language.
    """
    colours = THEMES[theme]
    return figure(relief_traces(problem, land, colours, starts, told), relief_layout(land, colours, legend=False))


def map_traces(
    problem: Problem, land: Landscape, colours: Theme, starts: Sequence[Point], arrows: bool = False, told: Teller = str
) -> list[dict[str, Any]]:
    """Return what every contour map begins with: filled levels, downhill arrows where wanted, starts and minima."""
    field = [_arrows(problem, land, colours)] if arrows else []
    return [level_lines(land, colours), *field, *_landmarks(problem, starts, colours, told, flat=True)]


def relief_traces(
    problem: Problem, land: Landscape, colours: Theme, starts: Sequence[Point], told: Teller = str
) -> list[dict[str, Any]]:
    """Return what every surface begins with: the sheet with its contours, starts and minima."""
    low, high = land.heights
    height = land.surface_scale.height
    marks = _landmarks(problem, starts, colours, told, flat=False, scale=height, lift=0.02 * (high - low))
    return [_sheet(land, height(land.value), (low, high), colours), *marks]


def relief_layout(land: Landscape, colours: Theme, legend: bool) -> dict[str, Any]:
    """Return the layout of a surface: its axes over the window, its height and the camera."""
    low, high = land.heights
    span = high - low
    axis = {"color": colours.quiet, "gridcolor": colours.grid, "showbackground": False, "zeroline": False, "showspikes": False}
    (x0, x1), (y0, y1) = land.window
    scene = {
        "xaxis": {**axis, "range": [x0, x1], "title": {"text": "x"}},
        "yaxis": {**axis, "range": [y0, y1], "title": {"text": "y"}},
        "zaxis": {**axis, "range": [low - 0.25 * span, high + 0.05 * span], "title": {"text": land.surface_scale.title}},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.75},
        "camera": CAMERA,
    }
    return layout(colours, height=460, scene=scene, showlegend=legend)


def map_layout(land: Landscape, colours: Theme, legend: bool) -> dict[str, Any]:
    """Return the layout of a contour map: its axes over the window."""
    (x0, x1), (y0, y1) = land.window
    return layout(
        colours,
        height=460,
        showlegend=legend,
        xaxis={"range": [x0, x1], "title": {"text": "x"}},
        yaxis={"range": [y0, y1], "title": {"text": "y"}},
    )


def level_lines(land: Landscape, colours: Theme) -> dict[str, Any]:
    """Return the filled contours of a landscape as a trace."""
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


def _arrows(problem: Problem, land: Landscape, colours: Theme) -> dict[str, Any]:
    field = downhill(problem, land.window)
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


def _landmarks(
    problem: Problem, starts: Sequence[Point], colours: Theme, told: Teller, *, flat: bool, scale: Any = None, lift: float = 0.0
) -> list[dict[str, Any]]:
    """The starts and the known minima, on the map or on the surface."""
    marks = [
        (told(say("start")), list(starts), "circle-open", 13),
        (told(say("minimum")), list(problem.minima), "star" if flat else "diamond", 12),
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
