"""Still pictures of a walk through the book's chapter: arrows in their true length, and any series by step."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from optim.core.types import Array
from optim.figures.race.thinning import shown_rows
from optim.figures.style import NEUTRAL, THEMES, LineStyle, figure, layout

HEAD = 8
"""Pixels of an arrow's head."""


class VectorField(Protocol):
    """Arrows to draw: `tails` and `heads` (2, n), and `misses` (n,), the degrees by which each misses the minimum."""

    @property
    def tails(self) -> Array: ...

    @property
    def heads(self) -> Array: ...

    @property
    def misses(self) -> Array: ...


def quiver(field: VectorField, half: float, limit: float, names: tuple[str, str], theme: str = "light") -> go.Figure:
    """Return the arrows of a vector field over -half to half each way, drawn to scale.

    Those that miss the minimum by more than `limit` degrees look different from those that do not; `names` are the legend's
    entries for those within the limit and those beyond it.
    """
    colours = THEMES[theme]
    missed = field.misses > limit
    traces = [
        _arrows(field, ~missed & np.isfinite(field.misses), names[0], NEUTRAL[1]),
        _arrows(field, missed, names[1], NEUTRAL[0]),
    ]
    minimum = {
        "type": "scatter",
        "x": [0.0],
        "y": [0.0],
        "mode": "markers",
        "marker": {"symbol": "star", "size": 13, "color": colours.text},
        "name": "(0, 0)",
        "showlegend": False,
        "hoverinfo": "skip",
    }
    axis = {"range": [-half * 1.06, half * 1.06]}
    axes = {"xaxis": {**axis, "title": {"text": "x"}, "constrain": "domain"}, "yaxis": {**axis, "title": {"text": "y"}}}
    axes["yaxis"] |= {"scaleanchor": "x", "constrain": "domain"}
    return figure([*traces, minimum], layout(colours, height=520, **axes))


def _arrows(field: VectorField, chosen: npt.NDArray[np.bool_], name: str, style: LineStyle) -> dict[str, Any]:
    tails, heads = field.tails[:, chosen], field.heads[:, chosen]
    x, y = np.stack([tails, heads, np.full_like(tails, np.nan)], axis=-1).reshape(2, -1)
    angles = np.repeat(field.misses[chosen], 3)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "name": name,
        "customdata": angles,
        "line": {"color": style.colour, "width": 1.5, "dash": style.dash},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": np.tile(np.array([0, HEAD, 0], dtype="f4"), tails.shape[1]),
            "color": style.colour,
            "line": {"width": 0},
        },
        "hovertemplate": "x %{x:.3g}, y %{y:.3g}<br>%{customdata:.1f}°<extra></extra>",
    }


def series(
    values: Mapping[str, Array],
    titles: tuple[str, str],
    theme: str = "light",
    *,
    places: Array | None = None,
    first: int = 1,
    log: bool = True,
    log_places: bool = False,
) -> go.Figure:
    """Return one line per series by step, counted from `first`, or over `places`; `titles` name both axes.

    On a logarithmic axis what is not above zero is left out.
    """
    colours = THEMES[theme]
    traces = []
    for style, (name, heights) in zip(NEUTRAL[: len(values)], values.items(), strict=True):
        rows = shown_rows(heights)
        along = np.arange(first, first + len(heights)) if places is None else places
        seen = heights[rows]
        traces.append(
            {
                "type": "scatter",
                "x": along[rows],
                "y": np.where(seen > 0, seen, np.nan) if log else seen,
                "mode": "lines+markers",
                "name": name,
                "line": {"color": style.colour, "width": 2.2, "dash": style.dash},
                "marker": {"symbol": style.symbol, "color": style.colour, "size": 7, "maxdisplayed": 14},
                "hovertemplate": f"{name}<br>%{{x}}: %{{y:.6g}}<extra></extra>",
            }
        )
    xaxis = {"title": {"text": titles[0]}, "type": "log" if log_places else "linear"}
    yaxis = {"title": {"text": titles[1]}, "type": "log" if log else "linear"}
    if log_places:
        xaxis |= _powers([trace["x"] for trace in traces])
    if log:
        yaxis |= _powers([trace["y"] for trace in traces])
    return figure(traces, layout(colours, height=340, xaxis=xaxis, yaxis=yaxis))


def _powers(values: list[Any]) -> dict[str, Any]:
    """Return how a logarithmic axis is marked: at powers of ten, a few of them."""
    every = np.concatenate(values)
    seen = np.log10(every[np.isfinite(every) & (every > 0)])
    return {"exponentformat": "power", "dtick": max(1, int(np.ceil(np.ptp(seen) / 7))) if seen.size else 1}
