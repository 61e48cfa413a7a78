"""Pictures of a training: curves by step, the loss on a plane with all paths, what that hides, and what layers give."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core.types import Array
from optim.figures.colour import along_ramp, hexadecimal, luminance
from optim.figures.race.thinning import shown_rows
from optim.figures.smoothing import smoothed
from optim.figures.style import (
    CASED,
    CASING,
    COLOUR_SCALE,
    LEVEL,
    MARKERS,
    NEUTRAL,
    THEMES,
    EntryStyle,
    Translator,
    figure,
    layout,
    styles,
)
from optim.i18n.message import message
from optim.i18n.phrases import steps
from optim.networks.data.data_set import DataSet
from optim.networks.rates import RateSweep
from optim.networks.result import NetworkResult
from optim.networks.views.inside import LayerState
from optim.networks.views.landscape import Surface, Truth
from optim.networks.views.plane import Plane
from optim.networks.views.regions import Regions

RAW = 0.25
"""How much of the raw loss is seen behind the smoothed one."""
BAND = 0.18
"""How much of the range over several seeds is seen behind the median."""
LOG = {"type": "log", "exponentformat": "power", "dtick": 1}
MEASURED = {
    "test_accuracy": message("test accuracy"),
    "train_accuracy": message("training accuracy"),
    "test_loss": message("test loss"),
    "train_loss": message("training loss"),
}
"""What is measured at marks -> the title of its axis."""
PALE = 0.3
"""The luminance above which black is seen better on a colour than white."""
BINS = 30
"""Bins of a histogram, as in the book."""


def batch_losses(
    result: NetworkResult, theme: str = "light", *, others: Sequence[NetworkResult] = (), translator: Translator = str
) -> go.Figure:
    """Return the loss on the batch by step, one curve per entry: smoothed as in the book, and faint behind it as it was.

    With `others`, whole trainings with other seeds, the curve is the median of the smoothed ones, and behind it is their range.
    """
    traces = []
    if others:
        traces = _over_seeds(result, np.stack([smoothed(run.loss) for run in (result, *others)]), translator)
    for name, look, loss in _entries(result, result.loss, translator) if not others else ():
        rows = shown_rows(loss)
        raw = _curve(name, look, rows, loss[rows])
        traces.append({**raw, "mode": "lines", "opacity": RAW, "line": {"color": look.colour, "width": 1}, "hoverinfo": "skip"})
        traces.append(_curve(name, look, rows, smoothed(loss)[rows]))
    title = translator(message("loss on the batch, smoothed"))
    return figure(traces, _by_step(theme, {"title": {"text": title}, **LOG}, result, translator))


def measured(
    result: NetworkResult, what: str, theme: str = "light", *, others: Sequence[NetworkResult] = (), translator: Translator = str
) -> go.Figure:
    """Return what was measured on all examples at the marks, one curve per entry; `what` is one of MEASURED.

    With `others`, whole trainings with other seeds, it is the median, and behind it the range.
    """
    marks = np.array(result.marks)
    if others:
        traces = _over_seeds(result, np.stack([getattr(run, what) for run in (result, *others)]), translator, marks)
    else:
        values = _entries(result, getattr(result, what), translator)
        traces = [_curve(name, look, marks, row) for name, look, row in values]
    axis = {"tickformat": ".0%"} if what.endswith("accuracy") else LOG
    return figure(traces, _by_step(theme, {"title": {"text": translator(MEASURED[what])}, **axis}, result, translator))


def _over_seeds(result: NetworkResult, values: Array, translator: Translator, at: Array | None = None) -> list[dict[str, Any]]:
    """Return by entry the range of values (seeds, entries, k) as a band, and their median as a curve; `at` are their steps (k,).

    A value that is lost counts as infinite: a median is one that half of the seeds have.
    """
    known = np.where(np.isfinite(values), values, np.inf)
    middle, low, high = np.median(known, axis=0), known.min(axis=0), known.max(axis=0)
    bands, curves = [], []
    for i, (name, look, median) in enumerate(_entries(result, middle, translator)):
        median = np.where(np.isfinite(median), median, np.nan)  # noqa: PLW2901 - the same, as it is drawn
        rows = shown_rows(median) if at is None else np.arange(len(at))
        curves.append(_curve(name, look, rows if at is None else at, median[rows]))
        inside = rows[np.isfinite(high[i, rows])]
        steps = inside if at is None else at[inside]
        bands.append(
            {
                "type": "scatter",
                "x": np.concatenate([steps, steps[::-1]]).astype("i4"),
                "y": np.concatenate([high[i, inside], low[i, inside][::-1]]),
                "mode": "lines",
                "line": {"width": 0},
                "fill": "toself",
                "fillcolor": look.colour,
                "opacity": BAND,
                "hoverinfo": "skip",
            }
        )
    return [*bands, *curves]


def decision(result: NetworkResult, found: Regions, entry: int, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return what one entry's network decides where: the share of the second of two classes, the class, or the predicted value.

    The test examples of classes stand on it, each class with its own sign and colour.
    """
    data = result.spec.examples
    two, many = len(data.classes) == 2, len(data.classes) > 2
    values = found.answers[entry, ..., 1] if two else found.decided[entry] if many else found.answers[entry, ..., 0]
    span = (0.0, max(1.0, len(data.classes) - 1.0)) if data.classes else _span(data)
    ground = {
        "type": "heatmap",
        "x": found.u,
        "y": found.v,
        "z": values.astype("f4"),
        "zmin": span[0],
        "zmax": span[1],
        "colorscale": COLOUR_SCALE,
        "showscale": False,
        "hovertemplate": "%{x:.3g}, %{y:.3g}: %{z:.3g}<extra></extra>",
    }
    inputs, targets = data.inputs[data.test], data.targets[data.test]
    marks = [
        {
            "type": "scatter",
            "x": inputs[targets == number, 0],
            "y": inputs[targets == number, 1],
            "mode": "markers",
            "name": translator(name),
            "marker": _sign(number, number / span[1]),
            "hovertemplate": f"{translator(name)}<extra></extra>",
        }
        for number, name in enumerate(data.classes)
    ]
    bare = {"showgrid": False, "zeroline": False, "ticks": ""}
    axes = {"xaxis": {**bare, "range": list(data.view[0])}, "yaxis": {**bare, "range": list(data.view[1])}}
    return figure([ground, *marks], layout(THEMES[theme], height=260, showlegend=False, hovermode="closest", **axes))


def _sign(number: int, share: float) -> dict[str, Any]:
    """Return the marker of a class: the colour of its region, with an edge that is seen on that region too."""
    colour = along_ramp([share])[0]
    edge = "#000000" if luminance(colour) > PALE else "#ffffff"
    return {
        "symbol": MARKERS[number % len(MARKERS)][0],
        "size": 6,
        "color": hexadecimal(colour),
        "line": {"color": edge, "width": 1},
    }


def _span(data: DataSet) -> tuple[float, float]:
    """Return the lowest and the highest value to predict, in the data's own unit."""
    values = data.unit[0] + data.unit[1] * data.targets
    return float(values.min()), float(values.max())


def plane_map(
    result: NetworkResult, plane: Plane, surface: Surface, theme: str = "light", *, translator: Translator = str
) -> go.Figure:
    """Return the loss on a plane as a map, with the path of every entry that is seen on it; heads carry names."""
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = np.log10(surface.loss)
    ground = {
        "type": "contour",
        "x": surface.u,
        "y": surface.v,
        "z": heights,
        "customdata": surface.loss,
        "colorscale": COLOUR_SCALE,
        "ncontours": 16,
        "line": {"color": LEVEL, "width": 1},
        "colorbar": {"title": {"text": translator(message("log₁₀ of the loss")), "side": "right"}, "thickness": 12},
        "hovertemplate": "%{customdata:.3g}<extra></extra>",
    }
    paths = []
    for name, look, path in _entries(result, plane.paths, translator):
        seen = path[np.isfinite(path).all(axis=-1)]
        if len(seen):
            paths += _path(name, look, seen, to_left=seen[-1, 0] > np.mean(surface.u))
    axis = {"showgrid": False, "zeroline": False}
    titles = (message("first axis"), message("second axis"))
    axes = {f"{letter}axis": {**axis, "title": {"text": translator(title)}} for letter, title in zip("xy", titles, strict=True)}
    return figure([ground, *paths], layout(THEMES[theme], height=460, showlegend=False, hovermode="closest", **axes))


def _path(name: str, look: EntryStyle, seen: Array, *, to_left: bool) -> list[dict[str, Any]]:
    line = {"type": "scatter", "x": seen[:, 0], "y": seen[:, 1], "mode": "lines", "hoverinfo": "skip"}
    head = {
        "type": "scatter",
        "x": seen[-1:, 0],
        "y": seen[-1:, 1],
        "mode": "markers+text",
        "text": [name],
        "textposition": "top left" if to_left else "top right",
        "textfont": {"color": "#ffffff", "shadow": f"0 0 3px {CASING}, 0 0 3px {CASING}"},
        "marker": {"symbol": look.symbol, "size": 12, "color": look.colour, "line": {"color": CASING, "width": 1}},
        "hovertemplate": f"{name}<extra></extra>",
    }
    width = 2.2
    return [
        {**line, "line": {"color": CASING, "width": width + CASED}},
        {**line, "line": {"color": look.colour, "width": width, "dash": look.dash}},
        head,
    ]


def plane_truth(result: NetworkResult, found: Truth, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the loss along every path as it was, and dotted as the plane shows it."""
    marks = np.array(result.marks)
    traces = [_curve(name, look, marks, values) for name, look, values in _entries(result, found.true, translator)]
    for name, look, values in _entries(result, found.projected, translator):
        on_plane = translator(message("{name}, on the plane", name=name))
        traces.append({**_curve(on_plane, look, marks, values), "line": {"color": look.colour, "width": 1.4, "dash": "dot"}})
    title = translator(message("loss: as it was, and dotted on the plane"))
    return figure(traces, _by_step(theme, {"title": {"text": title}, **LOG}, result, translator))


def activations(states: tuple[LayerState, ...], theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return a histogram of what each hidden layer gives, side by side, as shares of all its numbers."""
    hidden = states[:-1]
    traces, axes = [], {}
    for number, state in enumerate(hidden, start=1):
        values = state.activations[np.isfinite(state.activations)]
        counts, edges = np.histogram(values, BINS)
        name = translator(message("layer {number}", number=number))
        place = "" if number == 1 else str(number)
        traces.append(
            {
                "type": "bar",
                "x": (edges[:-1] + edges[1:]) / 2,
                "y": counts / max(1, counts.sum()),
                "xaxis": f"x{place}",
                "yaxis": "y",
                "name": name,
                "marker": {"color": NEUTRAL[0].colour},
                "hovertemplate": "%{x:.3g}: %{y:.1%}<extra></extra>",
            }
        )
        low, width = (number - 1) / len(hidden), 0.9 / len(hidden)
        axes[f"xaxis{place}"] = {"domain": [low, low + width], "title": {"text": name}, "anchor": "y"}
    shares = {"title": {"text": translator(message("share of all activations"))}, "tickformat": ".0%"}
    return figure(traces, layout(THEMES[theme], height=280, showlegend=False, bargap=0.02, yaxis=shares, **axes))


def rate_losses(found: RateSweep, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the training loss in the end against the learning rate, one curve per entry, and the loss of the start, dotted."""
    rates = np.array(found.rates)
    traces = []
    for label, look, loss in zip(found.labels, styles(found.spec.entries), found.loss, strict=True):
        curve = _curve(translator(label), look, np.arange(len(rates)), np.where(np.isfinite(loss), loss, np.nan))
        traces.append({**curve, "x": rates, "hovertemplate": f"{translator(label)}<br>lr %{{x:.3g}}: %{{y:.3g}}<extra></extra>"})
    start = {"type": "scatter", "x": rates[[0, -1]], "y": [found.start] * 2, "mode": "lines", "hoverinfo": "skip"}
    traces.append({**start, "line": {"color": THEMES[theme].quiet, "width": 1.4, "dash": "dot"}})
    xaxis = {"title": {"text": "lr"}, **LOG}
    yaxis = {"title": {"text": translator(message("training loss after {steps}", steps=steps(found.steps)))}, **LOG}
    return figure(traces, layout(THEMES[theme], height=340, xaxis=xaxis, yaxis=yaxis, showlegend=False, hovermode="closest"))


def _entries(result: NetworkResult, values: Array, translator: Translator) -> Any:
    return zip(map(translator, result.labels), styles(result.spec.entries), values, strict=True)


def _curve(name: str, look: EntryStyle, steps: Any, values: Array) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": steps.astype("i4"),
        "y": values,
        "mode": "lines+markers",
        "name": name,
        "line": {"color": look.colour, "width": 2.2, "dash": look.dash},
        "marker": {"symbol": look.symbol, "color": look.colour, "size": 7, "maxdisplayed": 14},
        "hovertemplate": f"{name}<br>%{{x}}: %{{y:.4g}}<extra></extra>",
    }


def _by_step(theme: str, yaxis: dict[str, Any], result: NetworkResult, translator: Translator) -> dict[str, Any]:
    xaxis = {"title": {"text": translator(message("step"))}, "range": [0, result.spec.steps * 1.02]}
    return layout(THEMES[theme], height=380, xaxis=xaxis, yaxis=yaxis, showlegend=False, hovermode="closest")
