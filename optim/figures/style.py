"""Styles of entries and themes: colour, dash and marker per entry, so that colour is never the only sign."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import plotly.graph_objects as go

Translator: TypeAlias = Callable[[str], str]
"""Translates a text into the reader's language."""


@dataclass(frozen=True)
class EntryStyle:
    """The style of one entry; `symbol` for flat charts, `solid_symbol` for 3-D, `sign` for text."""

    colour: str
    dash: str
    symbol: str
    solid_symbol: str
    sign: str


ENTRY_STYLES = (
    EntryStyle("#cc2f44", "solid", "circle", "circle", "●"),
    EntryStyle("#2a6fd0", "dash", "square", "square", "■"),
    EntryStyle("#12a07a", "dot", "diamond", "diamond", "◆"),
    EntryStyle("#cc7a00", "dashdot", "triangle-up", "cross", "▲"),
    EntryStyle("#8e5bd0", "longdash", "cross", "x", "✚"),
    EntryStyle("#00a3b4", "longdashdot", "triangle-down", "diamond-open", "▼"),
    EntryStyle("#c2569f", "solid", "pentagon", "square-open", "⬟"),
    EntryStyle("#7a8b00", "dash", "hexagon", "circle-open", "⬢"),
    EntryStyle("#a0612b", "dot", "star", "cross", "★"),
    EntryStyle("#5b6ee1", "dashdot", "circle-open", "x", "○"),
    EntryStyle("#d96c3f", "longdash", "square-open", "square-open", "□"),
    EntryStyle("#5f7f8f", "longdashdot", "diamond-open", "diamond-open", "◇"),
)


RAMP = ("#0b0405", "#2b1c35", "#3e356b", "#3b5698", "#357ba3", "#38aaac", "#79d6ae", "#def5e5")
"""A function's colours from valley to peak, ever lighter: mako, of seaborn (Waskom, 2021). Dark below, where the goal is."""
COLOUR_SCALE = [[i / (len(RAMP) - 1), colour] for i, colour in enumerate(RAMP)]
"""The same as Plotly takes it."""
LEVEL, SOLID_LEVEL = "rgba(255, 255, 255, 0.4)", "#7d9bb0"
"""Lines of equal height on the ramp, flat and in a scene, where Plotly draws no line that lets through what is below."""
MARK, CASING = "#ffffff", "#0b0f1a"
"""What is drawn on the ramp and belongs to no entry, and what stands around everything there: one of them is always seen."""
CASED = 3.0
"""Pixels by which a casing is wider than the line in it."""


@dataclass(frozen=True)
class Theme:
    """The colours of everything that is neither an entry nor a function; `halo` is the page's own, `faint` an empty area's."""

    text: str
    quiet: str
    grid: str
    faint: str
    halo: str


THEMES = {
    "light": Theme("#26323f", "#5a6875", "#dfe5eb", "#93a9c1", "#ffffff"),
    "dark": Theme("#e6ebf0", "#a7b3bf", "#33404d", "#4d6783", "#10161d"),
}


def figure(traces: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """Return a figure of plain dicts.

    Plotly would check every property on every slider move, which takes longer than the race; the tests check them instead.
    """
    # Only a checked figure turns a template's name into the template; unchecked, `show` and `write_html` fail on the name.
    return go.Figure({"data": traces, "layout": {**layout, "template": {}}}, _validate=False)


def layout(theme: Theme, **more: Any) -> dict[str, Any]:
    """Return the layout every figure starts from: the theme's colours, small margins, the legend below."""
    axis = {"gridcolor": theme.grid, "zerolinecolor": theme.grid, "linecolor": theme.grid, "automargin": True}
    base: dict[str, Any] = {
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": theme.text, "size": 13},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "x": 0, "yref": "container", "y": 0, "yanchor": "bottom", "itemwidth": 40},
        "hoverlabel": {"namelength": -1},
        "xaxis": axis,
        "yaxis": axis,
    }
    for name, value in more.items():
        base[name] = {**base[name], **value} if isinstance(value, dict) and name in base else value
    return base
