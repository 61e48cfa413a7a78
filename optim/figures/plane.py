"""A plane in the space of weights as a race view plays it: the loss as a landscape, and the paths as they are seen there."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core import metrics
from optim.figures.function.landscape import FLOOR, Landscape
from optim.figures.function.maps import level_lines, map_layout, relief_layout, sheet_and_floor
from optim.figures.function.poles import apart
from optim.figures.function.scale import Scale, single
from optim.figures.race.curves import Chart, bare_axes, limits
from optim.figures.race.playback import Playback, Standing, racer, rolled
from optim.figures.style import NEUTRAL, THEMES, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.networks.result import NetworkResult
from optim.networks.views.landscape import Line, Surface, Truth
from optim.networks.views.plane import Plane

ROOM = 0.02
"""How far heights go beyond those of the first grid, as a share: finer ones find slightly lower places."""
LEVELS = 24


def plane_land(plane: Plane, surface: Surface, found: Truth, before: Landscape | None = None) -> Landscape:
    """Return the loss on a plane as a landscape with logarithmic heights.

    With the coarser landscape `before` it, heights, levels and colours stay: what is seen becomes finer, and nothing else.
    """
    x, y = single(surface.u), single(surface.v)
    if before is not None:
        return replace(before, x=x, y=y, value=surface.loss)
    known = np.concatenate([surface.loss.ravel(), found.projected.ravel()])
    known = known[np.isfinite(known) & (known > 0.0)]
    known = known if known.size else np.ones(1)
    scale = Scale(True, 0.0, max(float(known.min()), FLOOR * float(known.max())))
    heights = scale.height(known)
    low, high = float(heights.min()), apart(float(heights.min()), float(heights.max()))
    room = ROOM * (high - low)
    least, most = np.quantile(heights, [0.01, 0.98]).tolist()
    levels = least, apart(least, most), (apart(least, most) - least) / LEVELS
    scale = replace(scale, floor=10.0 ** (low - room))
    return Landscape(plane.box, x, y, surface.loss, scale, scale, levels, (low - room, high + room))


def plane_pictures(
    plane: Plane, land: Landscape, theme: str = "light", *, translator: Translator = str
) -> tuple[go.Figure, go.Figure]:
    """Return the map and the 3-D surface of the loss on a plane, without any path."""
    titles = [translator(title) for title in (message("first axis"), message("second axis"), message("log₁₀ of the loss"))]
    seen = [tuple(point.tolist()) for path in plane.paths for point in path[[0, -1]] if np.isfinite(point).all()]
    solid = relief_layout(land, THEMES[theme], legend=False, seen=seen, titles=titles, translator=translator)
    return (
        figure([level_lines(land)], map_layout(land, THEMES[theme], legend=False, titles=titles)),
        figure(sheet_and_floor(land), solid),
    )


def plane_chart(result: NetworkResult, found: Truth) -> Chart:
    """Return the chart of the loss along every path, at its marks."""
    steps = np.broadcast_to(np.array(result.marks), found.true.shape)
    both = np.concatenate([found.true, found.projected])
    log = bool(np.any(both > 0))
    return Chart("loss", found.true, steps, message("loss; thin: on the plane"), "step", log, False, limits(both, log))


def plane_axes(shown: Chart, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the axes of a chart of the loss along every path, and no curves."""
    return figure([], bare_axes(shown, theme, translator))


def plane_playback(result: NetworkResult, plane: Plane, found: Truth, land: Landscape) -> Playback:
    """Return the paths of a training on a plane as numbers to play, a row for each mark.

    Losses are the true ones; beside them is what the plane has at each place, which is where a racer is on its surface.
    """
    entries, ends = result.spec.entries, found.true[:, -1]
    order = np.argsort(np.where(np.isnan(ends), np.inf, ends), kind="stable").tolist()
    places = metrics.places(order, lambda i, j: metrics.same(ends[i], ends[j]) or bool(np.isnan(ends[[i, j]]).all()))
    count = len(result.marks)
    columns: dict[str, Any] = {
        "x": single(plane.paths[..., 0].ravel()),
        "y": single(plane.paths[..., 1].ravel()),
        "loss": single(found.true.ravel()),
        "projected": single(found.projected.ravel()),
        "step": np.tile(np.array(result.marks, dtype=np.int32), len(entries)),
    }
    standings = [
        Standing(label=label, taken=taken, rank=order.index(i), placed=places[i], status=status, end=float(ends[i]))
        for i, (label, taken, status) in enumerate(zip(result.labels, result.taken, result.status, strict=True))
    ]
    return rolled(
        columns,
        land,
        [racer(*looks, count) for looks in zip(entries, styles(entries), standings, strict=True)],
        steps=result.marks[-1],
        start=_start(result, plane),
        base=0.0,
        shown=plane_chart(result, found),
    )


def _start(result: NetworkResult, plane: Plane) -> tuple[float, float] | None:
    """Return where all paths begin; None where each begins somewhere else, or none is seen."""
    begun = plane.paths[:, 0][np.isfinite(plane.paths[:, 0]).all(axis=-1)]
    if result.spec.weights != "same" or not len(begun):
        return None
    return float(begun[0, 0]), float(begun[0, 1])


def line_losses(
    result: NetworkResult, line: Line, first: int, second: int, theme: str = "light", *, translator: Translator = str
) -> go.Figure:
    """Return the loss on a line through the ends of two entries, which are marked in their styles."""
    looks, ends = styles(result.spec.entries), np.interp([0.0, 1.0], line.t, line.loss)
    curve = {
        "type": "scatter",
        "x": line.t,
        "y": line.loss,
        "mode": "lines",
        "line": {"color": NEUTRAL[0].colour, "width": 2.2},
        "hovertemplate": "%{x:.3g}: %{y:.4g}<extra></extra>",
    }
    marks = [
        {
            "type": "scatter",
            "x": [place],
            "y": [ends[place]],
            "mode": "markers",
            "marker": {"symbol": looks[entry].symbol, "size": 12, "color": looks[entry].colour},
            "name": translator(result.labels[entry]),
            "hovertemplate": f"{translator(result.labels[entry])}: %{{y:.4g}}<extra></extra>",
        }
        for place, entry in enumerate((first, second))
    ]
    words = {"first": result.labels[first], "second": result.labels[second]}
    xaxis = {"title": {"text": translator(message("0: the end of {first}, 1: that of {second}", **words))}}
    yaxis = {"title": {"text": translator(message("loss"))}, "type": "log", "exponentformat": "power"}
    return figure(
        [curve, *marks], layout(THEMES[theme], height=340, xaxis=xaxis, yaxis=yaxis, showlegend=False, hovermode="closest")
    )
