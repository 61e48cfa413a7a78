"""Curves of a race against its steps: loss, gradient norm, distance to the minimum, on a linear or logarithmic axis."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from optim.figures.paths import answering, shown_rows
from optim.figures.style import LOOKS, THEMES, figure, layout
from optim.model import Array
from optim.result import RaceResult

Quantity = Literal["loss", "gradient norm", "distance"]
QUANTITIES: tuple[Quantity, ...] = ("loss", "gradient norm", "distance")


def curves(
    result: RaceResult, quantity: Quantity = "loss", theme: str = "light", *, log: bool = True, legend: bool = True
) -> go.Figure:
    """Return one curve per entry of `quantity` against the step.

    On a logarithmic axis the loss is drawn as its gap above the lowest value, where that is known; where a value is not above
    zero nothing can be drawn, and the axis falls back to linear when no value is.
    """
    colours = THEMES[theme]
    values, title = _values(result, quantity, log)
    log = log and bool(np.any(values > 0))
    traces = [_curve(result, i, values[i], title) for i in range(len(values))]
    if quantity == "loss":
        judged = result.answer_gap if values is result.gap else result.answer_loss
        traces += [_answer(result, i, judged[i]) for i in answering(result)]
    if quantity == "loss" and log and values is result.gap and result.target > 0:
        traces.append(_target(result, colours.quiet))
    yaxis = {
        "type": "log" if log else "linear",
        "title": {"text": title},
        "exponentformat": "power",
        **({"dtick": 1} if log else {}),
        **_limits(values, log),
    }
    xaxis = {"title": {"text": "step"}, "rangemode": "tozero"}
    return figure(traces, layout(colours, height=340, xaxis=xaxis, yaxis=yaxis, hovermode="closest", showlegend=legend))


def _values(result: RaceResult, quantity: Quantity, log: bool) -> tuple[Array, str]:
    if quantity == "gradient norm":
        return result.gradient_norm, "gradient norm"
    if quantity == "distance":
        return result.distance, "distance to the minimum"
    if log and result.lowest is not None:
        return result.gap, "loss" if result.lowest == 0 else f"loss above the lowest value {result.lowest:.6g}"
    return result.loss, "loss"


def _curve(result: RaceResult, i: int, values: Array, title: str) -> dict[str, Any]:
    look = LOOKS[i]
    rows = shown_rows(values)
    return {
        "type": "scatter",
        **({"x": rows.astype("i4")} if len(rows) < len(values) else {"x0": 0, "dx": 1}),
        "y": values[rows],
        "mode": "lines+markers",
        "name": result.labels[i],
        "line": {"color": look.colour, "width": 2.2, "dash": look.dash},
        "marker": {"symbol": look.symbol, "color": look.colour, "size": 7, "maxdisplayed": 14},
        "hovertemplate": f"{result.labels[i]}<br>step %{{x}}<br>{title} %{{y:.6g}}<extra></extra>",
    }


def _answer(result: RaceResult, i: int, values: Array) -> dict[str, Any]:
    """The loss of the points that an entry reports, as a thin line, where they are not those that it moves."""
    rows = shown_rows(values)
    return {
        "type": "scatter",
        "x": rows.astype("i4"),
        "y": values[rows],
        "mode": "lines",
        "name": f"{result.labels[i]}, its answer",
        "line": {"color": LOOKS[i].colour, "width": 1.2},
        "showlegend": False,
        "hovertemplate": f"{result.labels[i]}, its answer<br>step %{{x}}<br>loss %{{y:.6g}}<extra></extra>",
    }


def _target(result: RaceResult, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [0, result.loss.shape[1] - 1],
        "y": [result.target] * 2,
        "mode": "lines+text",
        "text": ["", "target "],
        "textposition": "top left",
        "line": {"color": colour, "width": 1, "dash": "dot"},
        "name": f"target {result.target:.3g}",
        "hoverinfo": "skip",
    }


def _limits(values: Array, log: bool) -> dict[str, Any]:
    """Axis limits that keep the readable part of diverging or vanishing curves in sight; the table has every number."""
    shown = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not shown.size:
        return {}
    first = values[:, 0][np.isfinite(values[:, 0])]
    top = float(np.max(shown))
    start = float(np.max(np.abs(first))) if first.size else top
    if log:
        low, high = max(float(np.min(shown)), 1e-18), min(top, 1e4 * max(start, 1e-12))
        ends = np.log10(low) - 0.3, np.log10(max(high, low)) + 0.3
        return {"range": list(ends), "dtick": max(1, int(np.ceil((ends[1] - ends[0]) / 8)))}
    limit = 3 * max(start, 1e-12)
    return {"range": [min(0.0, float(np.min(shown))), limit]} if top > limit and float(np.min(shown)) > -limit else {}
