"""The order of the same entries with their rates set in three ways: which of them gain and lose places."""

from typing import Any

import plotly.graph_objects as go

from optim.figures.style import THEMES, EntryStyle, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.i18n.numbers import short
from optim.reports.fair import SETTINGS
from optim.sweeps import scores
from optim.sweeps.tune import TuneResult
from optim.sweeps.tune_spec import SHARED

PLACE = 36
"""Pixels from one place to the next."""


def fair(result: TuneResult, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return each entry's place, first at the top, for every way of setting the rates that has been scored.

    Those that tie stand at one place, and their names below each other beside it. `translator` translates a text into the reader's
    language.
    """
    colours, settings = THEMES[theme], [name for name in result.spec.settings if name in result.scored]
    places = {name: result.places(name) for name in settings}
    tables = {name: scores.standings(result.scored[name]).set_index("entry") for name in settings}
    ends = {tier[0]: tier for tier in result.tiers(settings[-1])}
    names = [translator(label) for label in result.labels]
    traces = []
    for i, style in enumerate(styles(result.spec.race.entries)):
        rows = [tables[name].loc[i] for name in settings]
        trace = _line(style, names[i], [places[name][i] for name in settings], rows, translator)
        traces.append(trace | _named([names[j] for j in ends.get(i, ())], len(settings)))
    count, last = len(result.labels), len(settings) - 1
    shared = "" if result.shared is None else f"<br>{short(result.shared, 6)}"
    words = [f"{translator(SETTINGS[name])}{shared if name == SHARED else ''}" for name in settings]
    xaxis = {
        "tickvals": list(range(len(settings))),
        "ticktext": words,
        "range": [-0.15, last + 0.75],
        "showgrid": False,
        "side": "top",
    }
    yaxis = {
        "range": [count + 0.6, 0.4],
        "tickvals": list(range(1, count + 1)),
        "title": {"text": translator(message("place"))},
        "zeroline": False,
        "showgrid": False,
    }
    more = {"height": PLACE * count + 90, "showlegend": False, "hovermode": "closest", "margin": {"t": 20}}
    return figure(traces, layout(colours, xaxis={**xaxis, "zeroline": False}, yaxis=yaxis, **more))


def _line(style: EntryStyle, label: str, places: list[int], rows: list[Any], translator: Translator) -> dict[str, Any]:
    scored = [
        message("{share:.0%} of the starts reach; median end gap {gap:.3g}", share=row.share, gap=row.median_gap) for row in rows
    ]
    said = [f"{row.settings}<br>{translator(words)}" for row, words in zip(rows, scored, strict=True)]
    place = translator(message("place"))
    return {
        "type": "scatter",
        "x": list(range(len(places))),
        "y": places,
        "mode": "lines+markers+text",
        "cliponaxis": False,
        "name": label,
        "line": {"color": style.colour, "width": 2.5, "dash": style.dash},
        "marker": {"symbol": style.symbol, "color": style.colour, "size": 13},
        "customdata": said,
        "hovertemplate": f"{style.sign} {label}: {place} %{{y}}<br>%{{customdata}}<extra></extra>",
    }


def _named(names: list[str], count: int) -> dict[str, Any]:
    """Return the names beside the last of `count` markers: one, or below each other those that tie there."""
    text = "<br>".join(f"  {name}" for name in names)
    return {"text": [""] * (count - 1) + [text], "textposition": "bottom right" if len(names) > 1 else "middle right"}
