"""Result against learning rate: median end gap, share of starts that reached the target, and the window of rates that work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.figures.style import THEMES, EntryStyle, Theme, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.i18n.numbers import short
from optim.sweeps import scores
from optim.sweeps.result import SweepResult

GAP, SHARE, ROW, BETWEEN = 300, 120, 22, 34
"""Heights in pixels: the two charts, one racer's bar, and what lies between the three."""
DEPTH = 1e-4
"""How far below the target gaps are still told apart, as a share of it."""


def rates(
    result: SweepResult,
    theme: str = "light",
    *,
    limit: float | None = None,
    looks: Sequence[EntryStyle] = (),
    translator: Translator = str,
) -> go.Figure:
    """Return median end gap and share reached against the first axis, one curve per entry, and bars where a value works.

    `limit` is drawn as a line, for 2 over the largest curvature. A point's `customdata` is its entry and its place on the axis.
    `looks` are the entries' styles, where they are not those of a race of these alone; `translator` translates a text into the
    reader's language.
    """
    colours, count = THEMES[theme], len(result.labels)
    looks = looks or styles(result.spec.race.entries)
    labels = [translator(label) for label in result.labels]
    gap, share, rate = (
        translator(text) for text in (message("median end gap"), message("share of starts"), message("learning rate"))
    )
    gaps, shares, known = scores.median_gap(result), scores.share(result), [_values(result, i) for i in range(count)]
    some = next((values for values in known if values), ())
    bars = [bar for i in range(count) for bar in _bar(result, i, looks[i], translator)]
    row = ROW * count if bars else 0
    inner = GAP + BETWEEN + SHARE + (BETWEEN + row if bars else 0)
    traces = []
    for i, values in enumerate(known):
        style, at = looks[i], values or some
        place = _Curve(labels[i], style, i, at, rate)
        traces.append(_curve(place, np.where(np.isfinite(gaps[i]), gaps[i], np.nan), gap, ".3g"))
        traces.append({**_curve(place, shares[i], share, ".0%"), "yaxis": "y2", "showlegend": False})
    more = {
        "height": inner + 70,
        "hovermode": "closest",
        "margin": {"t": 24},
        "xaxis": _rates_axis(some, colours, rate) | {"anchor": "y3" if bars else "y2"},
        "yaxis": {**_gap_axis(result, gaps, gap), "domain": [1 - GAP / inner, 1]},
        "yaxis2": _below(
            colours,
            inner,
            GAP + BETWEEN,
            SHARE,
            {"range": [-0.05, 1.05], "tickformat": ".0%", "dtick": 0.5},
            translator(message("share")),
        ),
        "shapes": [_target(result, colours), *_limit(limit, colours)],
        "annotations": _limit_words(limit, colours),
        "showlegend": False,
    }
    if bars:
        more["yaxis3"] = _below(colours, inner, inner - row, row, _rows(count, looks), translator(message("works")))
    return figure(traces + bars, layout(colours, **more))


def _values(result: SweepResult, entry: int) -> tuple[float, ...]:
    name, values = result.spec.own_axes(entry)[0]
    return values if name else ()


@dataclass(frozen=True)
class _Curve:
    """What both curves of an entry share: its name, look and number, where it was tried, and what the axis below is called."""

    label: str
    style: EntryStyle
    entry: int
    at: Sequence[float]
    along: str


def _curve(curve: _Curve, values: Any, what: str, digits: str) -> dict[str, Any]:
    style, at = curve.style, curve.at
    alike = {"marker": {"opacity": 1}}
    return {
        "type": "scatter",
        "x": list(at),
        "y": values,
        "customdata": [[curve.entry, place] for place in range(len(at))],
        "mode": "lines+markers",
        "name": curve.label,
        "line": {"color": style.colour, "width": 2, "dash": style.dash},
        "marker": {"symbol": style.symbol, "color": style.colour, "size": 6},
        "selected": alike,
        "unselected": alike,
        "connectgaps": False,
        "hovertemplate": f"{style.sign} {curve.label}<br>{curve.along} %{{x:.3g}}<br>{what} %{{y:{digits}}}<extra></extra>",
    }


def _bar(result: SweepResult, entry: int, style: EntryStyle, translator: Translator) -> list[dict[str, Any]]:
    """The window of one entry as a bar, with its best value marked; nothing where no value works, or not all have been run."""
    wide = scores.window(result, entry) if result.complete else None
    if wide is None:
        return []
    best, at = scores.best(result, entry), len(result.labels) - 1 - entry
    works = translator(message("works from {low:.3g} to {high:.3g}", low=wide.low, high=wide.high))
    said = f"{style.sign} {translator(result.labels[entry])}<br>{works}<extra></extra>"
    bar = {
        "type": "scatter",
        "yaxis": "y3",
        "y": [at, at],
        "showlegend": False,
        "hovertemplate": said,
        "name": result.labels[entry],
    }
    return [
        {**bar, "x": [wide.low, wide.high], "mode": "lines", "line": {"color": style.colour, "width": 8}},
        {
            **bar,
            "x": list(best.settings.values())[:1],
            "y": [at],
            "mode": "markers",
            "marker": {"symbol": style.symbol, "color": style.colour, "size": 13, "line": {"width": 1.5, "color": "#ffffff"}},
        },
    ]


def _rates_axis(values: Sequence[float], colours: Theme, title: str) -> dict[str, Any]:
    ends = [float(np.log10(values[0])) - 0.05, float(np.log10(values[-1])) + 0.05] if values else [0, 1]
    words = {"title": {"text": title}, "exponentformat": "power"}
    return {"type": "log", "range": ends, "dtick": 1, "gridcolor": colours.grid, **words}


def _gap_axis(result: SweepResult, gaps: Any, title: str) -> dict[str, Any]:
    """A logarithmic axis that ends somewhat below the target and somewhat above the middle of what does not diverge."""
    seen = gaps[np.isfinite(gaps) & (gaps > 0)]
    low = max(result.target * DEPTH, float(np.min(seen, initial=np.inf))) if seen.size else result.target
    high = min(float(np.max(seen)), 1e3 * max(float(np.median(seen)), result.target)) if seen.size else 1.0
    ends = [float(np.log10(min(low, result.target))) - 0.4, float(np.log10(max(high, low, result.target))) + 0.4]
    tick = max(1, int(np.ceil((ends[1] - ends[0]) / 8)))
    return {"type": "log", "range": ends, "dtick": tick, "exponentformat": "power", "title": {"text": title}}


def _below(colours: Theme, inner: float, top: float, height: float, more: dict[str, Any], title: str) -> dict[str, Any]:
    lines = {"gridcolor": colours.grid, "linecolor": colours.grid, "zeroline": False, "automargin": True, "anchor": "x"}
    return {**lines, "domain": [max(0.0, 1 - (top + height) / inner), 1 - top / inner], "title": {"text": title}, **more}


def _rows(count: int, looks: Sequence[EntryStyle]) -> dict[str, Any]:
    signs = [looks[count - 1 - row].sign for row in range(count)]
    return {"range": [-0.6, count - 0.4], "tickvals": list(range(count)), "ticktext": signs, "showgrid": False}


def _target(result: SweepResult, colours: Theme) -> dict[str, Any]:
    line = {"type": "line", "line": {"color": colours.quiet, "width": 1, "dash": "dot"}}
    return {**line, "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": result.target, "y1": result.target}


def _limit(limit: float | None, colours: Theme) -> list[dict[str, Any]]:
    if limit is None:
        return []
    line = {"type": "line", "line": {"color": colours.text, "width": 1.5, "dash": "dash"}}
    return [{**line, "xref": "x", "x0": limit, "x1": limit, "yref": "paper", "y0": 0, "y1": 1}]


def _limit_words(limit: float | None, colours: Theme) -> list[dict[str, Any]]:
    if limit is None:
        return []
    place = {"xref": "x", "x": float(np.log10(limit)), "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    return [{**place, "text": f"2/λ = {short(limit, 3)}", "font": {"color": colours.text}}]
