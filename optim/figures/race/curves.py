"""Curves of a race along its steps or evaluations: loss, gradient norm, distance, on a linear or logarithmic axis."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from optim.core.types import Array
from optim.figures.function.scale import SHARE
from optim.figures.race.thinning import answering, shown_rows
from optim.figures.style import THEMES, Theme, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.races.result import RaceResult

Quantity = Literal["loss", "gradient norm", "distance"]
Against = Literal["step", "evaluations"]
AGAINST: tuple[Against, ...] = ("step", "evaluations")
QUANTITIES: tuple[Quantity, ...] = ("loss", "gradient norm", "distance")


@dataclass(frozen=True, eq=False)
class Chart:
    """What a chart of curves shows: `heights` (entries, steps + 1), `places` along the x axis, their titles, and the y axis.

    `gap` says that the heights are losses above the lowest one. `limits` are the readable part of the y axis, or nothing.
    """

    quantity: Quantity
    heights: Array
    places: npt.NDArray[np.int64]
    title: str
    along: Against
    log: bool
    gap: bool
    limits: dict[str, Any]


def chart(result: RaceResult, quantity: Quantity = "loss", *, log: bool = True, along: Against = "step") -> Chart:
    """Return what the curves of `quantity` along steps or evaluations show.

    On a logarithmic axis the loss is drawn as its gap above the lowest value, where that is known; where a value is not above
    zero nothing can be drawn, and the axis falls back to linear when no value is.
    """
    values, title = _values(result, quantity, log)
    log = log and bool(np.any(values > 0))
    places = result.evaluations if along == "evaluations" else np.broadcast_to(np.arange(values.shape[1]), values.shape)
    return Chart(quantity, values, places, title, along, log, values is result.gap, limits(values, log))


def curves(
    result: RaceResult,
    quantity: Quantity = "loss",
    theme: str = "light",
    *,
    log: bool = True,
    along: Against = "step",
    legend: bool = True,
) -> go.Figure:
    """Return one curve per entry of `quantity`, as `chart` says."""
    shown = chart(result, quantity, log=log, along=along)
    traces = [_curve(result, i, shown) for i in range(len(shown.heights))]
    if quantity == "loss":
        judged = result.answer_gap if shown.gap else result.answer_loss
        traces += [_answer(result, i, judged[i], shown) for i in answering(result)]
    return figure(traces + _target(result, shown, THEMES[theme]), _layout(shown, THEMES[theme], legend))


def axes(result: RaceResult, shown: Chart, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the axes of a chart with the target and no curves; `translator` translates a text into the reader's language."""
    return figure(_target(result, shown, THEMES[theme], translator), bare_axes(shown, theme, translator))


def bare_axes(shown: Chart, theme: str = "light", translator: Translator = str) -> dict[str, Any]:
    """Return the layout of a chart: its axes and nothing on them."""
    return _layout(shown, THEMES[theme], legend=False, translator=translator)


def _layout(shown: Chart, colours: Theme, legend: bool, translator: Translator = str) -> dict[str, Any]:
    yaxis = {
        "type": "log" if shown.log else "linear",
        "title": {"text": translator(shown.title)},
        "exponentformat": "power",
        **({"dtick": 1} if shown.log else {}),
        **shown.limits,
    }
    xaxis = {"title": {"text": translator(shown.along)}, "range": [0, max(int(np.max(shown.places)), 1) * 1.02]}
    return layout(colours, height=340, xaxis=xaxis, yaxis=yaxis, hovermode="closest", showlegend=legend)


def _values(result: RaceResult, quantity: Quantity, log: bool) -> tuple[Array, str]:
    if quantity == "gradient norm":
        return result.gradient_norm, message("gradient norm")
    if quantity == "distance":
        return result.distance, message("distance to the minimum")
    if log and result.lowest is not None:
        above = message("loss above the lowest value {lowest:.6g}", lowest=result.lowest)
        return result.gap, message("loss") if result.lowest == 0 else above
    return result.loss, message("loss")


def _curve(result: RaceResult, i: int, shown: Chart) -> dict[str, Any]:
    style = styles(result.spec.entries)[i]
    rows = shown_rows(shown.heights[i])
    whole = len(rows) == shown.heights.shape[1] and shown.along == "step"
    return {
        "type": "scatter",
        **({"x0": 0, "dx": 1} if whole else {"x": shown.places[i][rows].astype("i4")}),
        "y": shown.heights[i][rows],
        "mode": "lines+markers",
        "name": result.labels[i],
        "line": {"color": style.colour, "width": 2.2, "dash": style.dash},
        "marker": {"symbol": style.symbol, "color": style.colour, "size": 7, "maxdisplayed": 14},
        "hovertemplate": f"{result.labels[i]}<br>{shown.along} %{{x}}<br>{shown.title} %{{y:.6g}}<extra></extra>",
    }


def _answer(result: RaceResult, i: int, values: Array, shown: Chart) -> dict[str, Any]:
    """The loss of the points that an entry reports, as a thin line, where they are not those that it moves."""
    rows = shown_rows(values)
    return {
        "type": "scatter",
        "x": shown.places[i][rows].astype("i4"),
        "y": values[rows],
        "mode": "lines",
        "name": f"{result.labels[i]}, its answer",
        "line": {"color": styles(result.spec.entries)[i].colour, "width": 1.2},
        "showlegend": False,
        "hovertemplate": f"{result.labels[i]}, its answer<br>{shown.along} %{{x}}<br>loss %{{y:.6g}}<extra></extra>",
    }


def _target(result: RaceResult, shown: Chart, colours: Theme, translator: Translator = str) -> list[dict[str, Any]]:
    """The target as a dotted line, where gaps are drawn on a logarithmic axis."""
    if not (shown.log and shown.gap and result.target > 0):
        return []
    line = {
        "type": "scatter",
        "x": [0, int(np.max(shown.places))],
        "y": [result.target] * 2,
        "mode": "lines+text",
        "text": ["", translator(message("target")) + " "],
        "textposition": "top left",
        "line": {"color": colours.quiet, "width": 1, "dash": "dot"},
        "name": translator(message("target {target:.3g}", target=result.target)),
        "hoverinfo": "skip",
    }
    return [line]


def limits(values: Array, log: bool) -> dict[str, Any]:
    """Return axis limits that keep the readable part of diverging or vanishing curves in sight; the table has every number."""
    shown = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not shown.size:
        return {}
    first = values[:, 0][np.isfinite(values[:, 0])]
    top = float(np.max(shown))
    start = float(np.max(np.abs(first))) if first.size else top
    least, least_start = (floor * min(1.0, top) if top > 0 else floor for floor in (1e-18, 1e-12))
    if log:
        low, high = max(float(np.min(shown)), least), min(top, 1e4 * max(start, least_start))
        ends = np.log10(low) - 0.3, np.log10(max(high, low)) + 0.3
        return {"range": list(ends), "dtick": max(1, int(np.ceil((ends[1] - ends[0]) / 8)))}
    limit, bottom = 3 * max(start, least_start), min(0.0, float(np.min(shown)))
    lowest = float(np.min(shown))
    if 0.0 < top - lowest < SHARE * lowest:  # drawn from zero on, such curves would be one flat line
        return {"range": [lowest - 0.05 * (top - lowest), top + 0.05 * (top - lowest)]}
    if top > limit and bottom > -limit:
        return {"range": [bottom, limit]}
    room = 0.05 * (top - bottom) or 1.0  # given even where all fits: axes are also drawn without the curves that they are for
    return {"range": [bottom - room if bottom < 0 else 0.0, top + room]}
