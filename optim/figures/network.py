"""Curves of a training by step: the batch's loss raw and smoothed, and what is measured on all examples at its marks."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core.types import Array
from optim.figures.race.thinning import shown_rows
from optim.figures.style import THEMES, EntryStyle, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.networks.result import NetworkResult
from optim.networks.smoothing import smoothed

RAW = 0.25
"""How much of the raw loss is seen behind the smoothed one."""
LOG = {"type": "log", "exponentformat": "power", "dtick": 1}
MEASURED = {
    "test_accuracy": message("test accuracy"),
    "train_accuracy": message("training accuracy"),
    "test_loss": message("test loss"),
    "train_loss": message("training loss"),
}
"""What is measured at marks -> the title of its axis."""


def batch_losses(result: NetworkResult, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the loss on the batch by step, one curve per entry: smoothed as in the book, and faint behind it as it was."""
    looks = styles(result.spec.entries)
    traces = []
    for label, look, loss in zip(result.labels, looks, result.loss, strict=True):
        rows = shown_rows(loss)
        raw = _curve(translator(label), look, rows, loss[rows])
        traces.append({**raw, "mode": "lines", "opacity": RAW, "line": {"color": look.colour, "width": 1}, "hoverinfo": "skip"})
        traces.append(_curve(translator(label), look, rows, smoothed(loss)[rows]))
    title = translator(message("loss on the batch, smoothed"))
    return figure(traces, _layout(theme, {"title": {"text": title}, **LOG}, result, translator))


def measured(result: NetworkResult, what: str, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return what was measured on all examples at the marks, one curve per entry; `what` is one of MEASURED."""
    marks = np.array(result.marks)
    traces = [
        _curve(translator(label), look, marks, values)
        for label, look, values in zip(result.labels, styles(result.spec.entries), getattr(result, what), strict=True)
    ]
    shares = what.endswith("accuracy")
    axis = {"tickformat": ".0%"} if shares else LOG
    return figure(traces, _layout(theme, {"title": {"text": translator(MEASURED[what])}, **axis}, result, translator))


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


def _layout(theme: str, yaxis: dict[str, Any], result: NetworkResult, translator: Translator) -> dict[str, Any]:
    xaxis = {"title": {"text": translator(message("step"))}, "range": [0, result.spec.steps]}
    return layout(THEMES[theme], height=380, xaxis=xaxis, yaxis=yaxis, showlegend=False, hovermode="closest")
