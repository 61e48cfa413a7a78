"""Figures of a function alone: a contour map and a 3-D surface, with starts and known minima and without paths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core.problem import Problem
from optim.core.types import Array, Box, Point
from optim.figures.function.landscape import Landscape, downhill, landscape
from optim.figures.function.scale import single
from optim.figures.style import THEMES, Theme, Translator, figure, layout
from optim.i18n.message import message

CAMERA = {"eye": {"x": -1.42, "y": -1.37, "z": 1.4}, "center": {"x": 0, "y": 0, "z": -0.14}}


def flat(
    problem: Problem,
    land: Landscape,
    theme: str = "light",
    *,
    starts: Sequence[Point] = (),
    arrows: bool = False,
    translator: Translator = str,
) -> go.Figure:
    """Return the contour map of a two-dimensional problem with `starts`, its known minima and no path.

    `arrows` adds a field of downhill arrows; `translator` translates a text into the reader's language.
    """
    colours = THEMES[theme]
    return figure(map_traces(problem, land, colours, starts, arrows, translator), map_layout(land, colours, legend=False))


def terrain(problem: Problem, theme: str = "light") -> go.Figure:
    """Return the contour map of a two-dimensional problem with its starts and known minima, before any race."""
    starts = problem.starts or (problem.centre,)
    return flat(problem, landscape(problem, starts[0]), theme, starts=starts)


def relief(
    problem: Problem, land: Landscape, theme: str = "light", *, starts: Sequence[Point] = (), translator: Translator = str
) -> go.Figure:
    """Return the 3-D surface of a two-dimensional problem with contours on its floor, `starts`, its minima and no path.

    `translator` translates a text into the reader's language.
    """
    colours = THEMES[theme]
    return figure(
        relief_traces(problem, land, colours, starts, translator), relief_layout(land, colours, legend=False, translator=translator)
    )


def map_traces(
    problem: Problem, land: Landscape, colours: Theme, starts: Sequence[Point], arrows: bool = False, translator: Translator = str
) -> list[dict[str, Any]]:
    """Return what every contour map begins with: filled levels, downhill arrows where wanted, starts and minima."""
    field = [_arrows(problem, land, colours)] if arrows else []
    return [level_lines(land, colours), *field, *_landmarks(problem, land, starts, colours, translator, flat=True)]


def relief_traces(
    problem: Problem, land: Landscape, colours: Theme, starts: Sequence[Point], translator: Translator = str
) -> list[dict[str, Any]]:
    """Return what every surface begins with: the sheet with its contours, starts and minima."""
    return [_sheet(land, colours), *_landmarks(problem, land, starts, colours, translator, flat=False)]


def scene_box(land: Landscape) -> Box:
    """Return the box that a surface and the paths on it are drawn in: the window, and the heights with room for the floor."""
    low, high = land.heights
    span = high - low
    return (*land.window, (low - 0.25 * span, high + 0.05 * span))


def relief_layout(land: Landscape, colours: Theme, legend: bool, translator: Translator = str) -> dict[str, Any]:
    """Return the layout of a surface: its axes over the window, its height, the camera, and a note where it is cut."""
    axis = {"color": colours.quiet, "gridcolor": colours.grid, "showbackground": False, "zeroline": False, "showspikes": False}
    names = ("x", "y", land.surface_scale.title)
    scene: dict[str, Any] = {
        **{
            f"{letter}axis": {**axis, "range": list(side), "title": {"text": name}}
            for letter, side, name in zip("xyz", scene_box(land), names, strict=True)
        },
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.75},
        "camera": CAMERA,
    }
    scene["zaxis"] |= land.surface_scale.ticks(*scene_box(land)[2])
    return layout(colours, height=460, scene=scene, showlegend=legend, annotations=_cut_note(land, colours, translator))


def _cut_note(land: Landscape, colours: Theme, translator: Translator) -> list[dict[str, Any]]:
    """The annotation at the foot of a surface that is cut at a height, as a list; empty where it is not cut."""
    if not land.cut:
        return []
    scale = land.surface_scale
    digits = scale.digits(*land.heights)
    heights = [f"{scale.read(height):.{digits}g}".replace("-", "−") for height in land.cut]
    if len(heights) == 1:
        text = message("The surface is cut at height {height}: the function goes far beyond it.", height=heights[0])
    else:
        text = message(
            "The surface is cut at heights {low} and {high}: the function goes far beyond them.", low=heights[0], high=heights[1]
        )
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return [{**place, "text": translator(text), "font": {"color": colours.quiet}}]


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
    said = "%{z:.3g}"
    if not (scale.log or scale.plain):
        said = f"%{{customdata:.{scale.digits(start, end)}g}}"
    return {
        "type": "contour",
        "x": land.x,
        "y": land.y,
        "z": single(scale.height(land.value)),
        **({"customdata": land.value} if "custom" in said else {}),
        "colorscale": colours.scale,
        "showscale": False,
        "contours": {"start": start, "end": end, "size": size, "coloring": "fill"},
        "line": {"width": 0.6, "color": colours.quiet},
        "hovertemplate": f"x %{{x:.3g}}, y %{{y:.3g}}<br>{scale.title} = {said}<extra></extra>",
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
    problem: Problem, land: Landscape, starts: Sequence[Point], colours: Theme, translator: Translator, *, flat: bool
) -> list[dict[str, Any]]:
    """The starts and the known minima, on the map, or on the surface where they are in its box."""
    marks = [
        (translator(message("start")), list(starts), "circle-open", 13),
        (translator(message("minimum")), list(problem.minima), "star" if flat else "diamond", 12),
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
            height = land.surface_scale.height(value) + 0.02 * (land.heights[1] - land.heights[0])
            # Outside the scene's box a mark would stretch the scene, or its height the whole surface to nothing.
            trace["x"], trace["y"], trace["z"] = _boxed(np.stack([*places, height]), scene_box(land)).tolist()
        traces.append(trace)
    return traces


def _boxed(places: Array, box: Box) -> Array:
    """Return places (d, n), those outside a box NaN."""
    low, high = np.array(box).T[..., None]
    return np.where(((places >= low) & (places <= high)).all(axis=0), places, np.nan)


def _sheet(land: Landscape, colours: Theme) -> dict[str, Any]:
    low, high = land.heights
    height = land.surface_scale.height(land.value)
    gaps = ~np.isfinite(height)
    # A gap is in x where it is in the surface: Plotly draws contour lines from a gap in z to nowhere, which takes minutes without a
    # graphics card, and leaves out what touches a gap in x.
    x = single(np.where(gaps, np.nan, land.x)) if gaps.any() else land.x
    return {
        "type": "surface",
        "x": x,
        "y": land.y,
        "z": single(np.clip(np.where(gaps, low, height), low, high)),
        "colorscale": colours.scale,
        "cmin": low,
        "cmax": high,
        "showscale": False,
        "opacity": 0.88,
        "hoverinfo": "skip",
        "contours": {
            "x": {"highlight": False},
            "y": {"highlight": False},
            "z": {
                "show": True,
                "project": {"z": True},
                "color": colours.quiet,
                "width": 1,
                "highlight": False,
                **_lines(low, high),
            },
        },
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
    }


def _lines(low: float, high: float) -> dict[str, float]:
    """Where the surface's contour lines are: evenly spaced heights, not the very ends."""
    size = (high - low) / 16
    return {"start": low + size / 2, "end": high, "size": size}
