"""Figures of a function alone: a contour map and a 3-D surface, with starts and known minima and without paths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from contourpy import contour_generator

from optim.core.problem import Problem
from optim.core.types import Array, Box, Point
from optim.figures.function.camera import aspect, camera
from optim.figures.function.landscape import Landscape, downhill, landscape
from optim.figures.function.scale import single
from optim.figures.style import CASING, COLOUR_SCALE, LEVEL, MARK, SOLID_LEVEL, THEMES, Theme, Translator, figure, layout
from optim.i18n.message import message

BELOW = 0.45
"""How far below the sheet its floor lies, as a share of the sheet's height: neither cuts the other."""
ABOVE_GROUND = 0.03
"""How far above the floor shadows lie, and half as far its lines: nearer they would flicker through one another."""
LIGHT = {"ambient": 0.62, "diffuse": 0.75, "specular": 0.18, "roughness": 0.55, "fresnel": 0.15}
LIGHT_FROM = {"x": -2000, "y": -1500, "z": 3500}
EQUAL = 1.5
"""Up to this ratio of a window's sides a map has the same scale on both axes: right angles are seen as right angles."""


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
    return figure(map_traces(problem, land, starts, arrows, translator), map_layout(land, colours, legend=False))


def terrain(problem: Problem, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the contour map of a two-dimensional problem with its starts and known minima, before any race.

    `translator` translates a text into the reader's language.
    """
    starts = problem.starts or (problem.centre,)
    return flat(problem, landscape(problem, starts[0]), theme, starts=starts, translator=translator)


def relief(
    problem: Problem, land: Landscape, theme: str = "light", *, starts: Sequence[Point] = (), translator: Translator = str
) -> go.Figure:
    """Return the 3-D surface of a two-dimensional problem with contours on its floor, `starts`, its minima and no path.

    `translator` translates a text into the reader's language.
    """
    colours = THEMES[theme]
    traces = relief_traces(problem, land, starts, translator)
    return figure(traces, relief_layout(land, colours, legend=False, seen=landmarks(problem), translator=translator))


def map_traces(
    problem: Problem, land: Landscape, starts: Sequence[Point], arrows: bool = False, translator: Translator = str
) -> list[dict[str, Any]]:
    """Return what every contour map begins with: filled levels, downhill arrows where wanted, starts and minima."""
    field = _arrows(problem, land) if arrows else []
    return [level_lines(land), *field, *_landmarks(problem, land, starts, translator, flat=True)]


def relief_traces(problem: Problem, land: Landscape, starts: Sequence[Point], translator: Translator = str) -> list[dict[str, Any]]:
    """Return what every surface begins with: the sheet with its contours, the floor with its own, starts and minima."""
    return [*sheet_and_floor(land), *_landmarks(problem, land, starts, translator, flat=False)]


def sheet_and_floor(land: Landscape) -> list[dict[str, Any]]:
    """Return a landscape's surface with its contours, and the floor below it with its own, as traces."""
    return [_sheet(land), *_floor(land)]


def landmarks(problem: Problem) -> list[Point]:
    """Return the places of a function that a camera should see: where it starts, and its first minima."""
    return [*(problem.starts[:1] or [problem.centre]), *problem.minima[:4]]


def scene_box(land: Landscape) -> Box:
    """Return the box that a surface and the paths on it are drawn in: the window, and the heights with room for the floor."""
    low, high = land.heights
    span = high - low
    return (*land.window, (low - (BELOW + 0.01) * span, high + 0.05 * span))


def relief_layout(
    land: Landscape,
    colours: Theme,
    legend: bool,
    *,
    seen: Sequence[Point],
    titles: Sequence[str] = (),
    translator: Translator = str,
) -> dict[str, Any]:
    """Return the layout of a surface: its axes over the window, its height, the camera, and a note where it is cut.

    `seen` are the places that the camera is to see, the start first; `titles` are those of the axes, where they are others.
    """
    axis: dict[str, Any] = {"color": colours.quiet, "gridcolor": colours.grid, "exponentformat": "power"}
    axis |= {"showbackground": False, "zeroline": False, "showspikes": False}
    titles = titles or ("x", "y", land.surface_scale.title)
    scene: dict[str, Any] = {
        **{
            f"{letter}axis": {**axis, "range": list(side), "title": {"text": name}}
            for letter, side, name in zip("xyz", scene_box(land), titles, strict=True)
        },
        "aspectmode": "manual",
        "aspectratio": aspect(land.window),
        "camera": camera(land, scene_box(land), seen),
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


def map_layout(land: Landscape, colours: Theme, legend: bool, titles: Sequence[str] = ("x", "y")) -> dict[str, Any]:
    """Return the layout of a contour map: its axes over the window."""
    (x0, x1), (y0, y1) = land.window
    equal = 1 / EQUAL <= (x1 - x0) / (y1 - y0) <= EQUAL
    return layout(
        colours,
        height=460,
        showlegend=legend,
        xaxis={"range": [x0, x1], "title": {"text": titles[0]}, "constrain": "domain"},
        yaxis={"range": [y0, y1], "title": {"text": titles[1]}, "constrain": "domain", **({"scaleanchor": "x"} if equal else {})},
    )


def level_lines(land: Landscape) -> dict[str, Any]:
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
        "colorscale": COLOUR_SCALE,
        "showscale": False,
        "contours": {"start": start, "end": end, "size": size, "coloring": "fill"},
        "line": {"width": 0.6, "color": LEVEL},
        "hovertemplate": f"x %{{x:.3g}}, y %{{y:.3g}}<br>{scale.title} = {said}<extra></extra>",
        "zmin": start,
        "zmax": end,
    }


def _arrows(problem: Problem, land: Landscape) -> list[dict[str, Any]]:
    """The field of downhill arrows in white with a dark rim, which is seen on every colour of the ramp."""
    field = downhill(problem, land.window)
    return [
        {
            "type": "scatter",
            "x": single(field["x"]),
            "y": single(field["y"]),
            "mode": "lines+markers",
            "line": {"color": colour, "width": width},
            "marker": {
                "symbol": "arrow",
                "angleref": "previous",
                "size": field["size"],
                "color": colour,
                "line": {"width": width - 1, "color": colour},
            },
            "hoverinfo": "skip",
            "name": "downhill",
            "showlegend": False,
        }
        for colour, width in ((CASING, 3.0), (MARK, 1.0))
    ]


def _landmarks(
    problem: Problem, land: Landscape, starts: Sequence[Point], translator: Translator, *, flat: bool
) -> list[dict[str, Any]]:
    """The starts and the known minima, on the map, or on the surface where they are in its box."""
    marks = [
        (translator(message("start")), list(starts), "circle", 10, (CASING, MARK)),
        (translator(message("minimum")), list(problem.minima), "star" if flat else "diamond", 12, (MARK, CASING)),
    ]
    traces = []
    for name, points, symbol, size, (inside, rim) in marks:
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
                "color": inside,
                "line": {"width": 2, "color": rim},
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


def _sheet(land: Landscape) -> dict[str, Any]:
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
        "colorscale": COLOUR_SCALE,
        "cmin": low,
        "cmax": high,
        "showscale": False,
        "hoverinfo": "skip",
        "contours": {
            "x": {"highlight": False},
            "y": {"highlight": False},
            "z": {
                "show": True,
                "color": SOLID_LEVEL,
                "width": 1,
                "highlight": False,
                **_lines(low, high),
            },
        },
        "lighting": LIGHT,
        "lightposition": LIGHT_FROM,
    }


def _floor(land: Landscape) -> list[dict[str, Any]]:
    """The function as a flat map below its sheet, half as fine, with lines of equal height as the notebook draws them there."""
    low, high = land.heights
    x, y, height = land.x[::2], land.y[::2], np.clip(land.surface_scale.height(land.value[::2, ::2]), low, high)
    ground = low - BELOW * (high - low)
    sheet = {
        "type": "surface",
        "x": x,
        "y": y,
        "z": single(np.where(np.isfinite(height), ground, np.nan)),
        "surfacecolor": single(np.nan_to_num(height, nan=low)),
        "colorscale": COLOUR_SCALE,
        "cmin": low,
        "cmax": high,
        "showscale": False,
        "hoverinfo": "skip",
        "contours": {axis: {"highlight": False} for axis in "xyz"},
        "lighting": {"ambient": 1.0, "diffuse": 0.0, "specular": 0.0},
    }
    lines: Any = contour_generator(x, y, height)
    levels = np.arange(*(_lines(low, high)[end] for end in ("start", "end", "size")))
    # One trace for all lines, a gap after each, a little above the floor so that neither flickers through the other.
    gap = np.full((1, 2), np.nan)
    along = np.concatenate([gap, *(piece for level in levels for line in lines.lines(level) for piece in (line, gap))])
    level_lines = {
        "type": "scatter3d",
        "mode": "lines",
        "x": single(along[:, 0]),
        "y": single(along[:, 1]),
        "z": np.full(len(along), ground + ABOVE_GROUND / 2 * (high - low), dtype=np.float32),
        "line": {"color": SOLID_LEVEL, "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [sheet, level_lines]


def _lines(low: float, high: float) -> dict[str, float]:
    """Where the surface's contour lines are: evenly spaced heights, not the very ends."""
    size = (high - low) / 18
    return {"start": low + size / 2, "end": high, "size": size}
