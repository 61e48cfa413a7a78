"""One step in detail: its arrows on a zoomed contour map, and the optimizer's memory by step."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim.core.types import Array, Box
from optim.explain.replay import Replay
from optim.explain.step import angles, fresh_moves, gradients, moves, scales
from optim.figures.function.landscape import landscape
from optim.figures.function.maps import level_lines
from optim.figures.race.thinning import shown_rows
from optim.figures.style import CASED, CASING, MARK, NEUTRAL, THEMES, EntryStyle, LineStyle, Translator, figure, layout, styles
from optim.i18n.message import message
from optim.i18n.numbers import short

STEP = message("the step")
PARTS: dict[str, LineStyle] = {
    message("downhill"): LineStyle(NEUTRAL[0].colour, "dot", "triangle-up"),
    message("from past gradients"): LineStyle(NEUTRAL[1].colour, "dash", "diamond"),
    message("from the new gradient"): LineStyle(NEUTRAL[2].colour, "dashdot", "square"),
}
"""What an arrow beside the step shows -> its style; the step has its optimizer's colour."""
LONG = 1000
"""Steps beyond which they stand on a logarithmic axis."""
BEHIND = 12
"""Steps before the chosen one that the close-up shows."""


@np.errstate(all="ignore")
def close_up(
    run: Replay, step: int, theme: str = "light", *, look: EntryStyle | None = None, translator: Translator = str
) -> go.Figure:
    """Return the contour map around step `step` (1 to `taken`) with its arrows; downhill is drawn as long as the step.

    Where the rule remembers directions, two more arrows split the step into what the memory and what the new gradient gave.
    `look` is the style of the optimizer in the race that the run is from, where it is not alone there; `translator` translates a
    text into the reader's language.
    """
    colours, path = THEMES[theme], run.path
    here, went, slope = path[step - 1], moves(run)[:, step - 1], gradients(run)[:, step - 1]
    arrows = {"downhill": _as_long(-slope, went), STEP: went}
    if run.without_memory is not None:
        fresh = fresh_moves(run)[:, step - 1]
        arrows |= {"from past gradients": went - fresh, "from the new gradient": fresh}
    arrows = {name: arrow for name, arrow in arrows.items() if np.isfinite(arrow).all() and arrow.any()}
    box = _window(here, arrows, path[step], run.result.problem.widths)
    problem = replace(run.result.problem, view=box, levels=())
    land = landscape(problem, tuple(here.tolist()), 81)
    traces: list[Any] = [level_lines(land), _trail(path[max(0, step - 1 - BEHIND) : step + 1], translator)]
    own = look or styles(run.result.spec.entries)[0]
    drawn = {**PARTS, STEP: LineStyle(own.colour, "solid", "arrow")}
    traces += [
        trace for name, arrow in arrows.items() for trace in _arrow(translator(name), here, arrow, drawn[name], large=name == STEP)
    ]
    (x0, x1), (y0, y1) = box
    axes = {"xaxis": {"range": [x0, x1], "title": {"text": "x"}}, "yaxis": {"range": [y0, y1], "title": {"text": "y"}}}
    axes["yaxis"] |= {"scaleanchor": "x", "constrain": "domain"}
    axes["xaxis"] |= {"constrain": "domain"}
    return figure(traces, layout(colours, height=460, **axes))


def _as_long(direction: Array, other: Array) -> Array:
    with np.errstate(all="ignore"):
        result: Array = direction / np.hypot(*direction) * np.hypot(*other)
    return result


def _window(here: Array, arrows: dict[str, Array], end: Array, widths: Any) -> Box:
    """A square around the arrows, in the units of the coordinates, so that angles are true."""
    ends = np.array([here, end, *(here + arrow for arrow in arrows.values())])
    low, high = ends.min(axis=0), ends.max(axis=0)
    middle = (low + high) / 2
    smallest = max(1e-12 * max(widths), 1e-9 * float(np.max(np.abs(middle))), 1e-300)
    half = max(float(np.max(high - low)) * 0.7, smallest)
    return tuple((float(m - half), float(m + half)) for m in middle)


def _trail(path: Array, translator: Translator) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": path[:, 0],
        "y": path[:, 1],
        "mode": "lines+markers",
        "name": translator(message("the path up to here")),
        "line": {"color": MARK, "width": 1.2},
        "marker": {"symbol": "circle", "size": 6, "color": MARK, "line": {"color": CASING, "width": 1}},
        "hovertemplate": "x %{x:.6g}, y %{y:.6g}<extra></extra>",
    }


def _arrow(name: str, here: Array, arrow: Array, style: LineStyle, *, large: bool) -> list[dict[str, Any]]:
    """An arrow and, below it, its casing, without which it would be lost where the map has its colour."""
    end = here + arrow
    wide, size = (4.0, 16) if large else (2.6, 13)
    head = {"symbol": style.symbol, "angleref": "previous", "size": [0, size]}
    place = {"type": "scatter", "x": [here[0], end[0]], "y": [here[1], end[1]], "mode": "lines+markers"}
    return [
        {
            **place,
            "line": {"color": CASING, "width": wide + CASED},
            "marker": {**head, "color": CASING, "line": {"color": CASING, "width": CASED}},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        {
            **place,
            "name": name,
            "line": {"color": style.colour, "width": wide, "dash": style.dash},
            "marker": {**head, "color": style.colour},
            "hovertemplate": f"{name}<br>({short(arrow[0], 5)}, {short(arrow[1], 5)})<extra></extra>",
        },
    ]


def scale_history(run: Replay, step: int, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return how far one unit of slope moved each coordinate at every step, on a logarithmic axis, the chosen step marked."""
    return _history(scales(run), step, translator(message("step per unit of slope")), theme, log=True, translator=translator)


def angle_history(run: Replay, step: int, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return the angle between every step and downhill, in degrees, the chosen step marked: above 90 it went uphill."""
    made = _history(angles(run)[None], step, translator(message("degrees off downhill")), theme, translator=translator)
    made.update_yaxes(range=[0, 185], dtick=45)
    return made


@np.errstate(all="ignore")
def lag_history(run: Replay, step: int, axis: int, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return downhill and the step along one coordinate at every step, each on the scale of its largest: who turns later lags."""
    rows = np.stack([-gradients(run)[axis], moves(run)[axis]])
    first = rows[:, :]
    size = np.nanmax(np.abs(np.where(np.isfinite(first), first, np.nan)), axis=1, initial=1e-300, where=np.isfinite(first))
    names = (translator("downhill"), translator(STEP))
    title = translator(message("{axis}, share of its largest", axis="xy"[axis]))
    return _history(rows / size[:, None], step, title, theme, names=names, translator=translator)


def state_history(name: str, values: Array, step: int, theme: str = "light", *, translator: Translator = str) -> go.Figure:
    """Return a state variable's history, `values` (rows, d) or (rows,), row 0 the start, with the chosen step marked."""
    rows, names = (values.T, ()) if values.ndim == 2 else (values[None], (name,))
    return _history(rows, step, name, theme, first=0, names=names, translator=translator)


def _history(
    rows: Array,
    step: int,
    title: str,
    theme: str,
    *,
    translator: Translator,
    log: bool = False,
    first: int = 1,
    names: tuple[str, ...] = (),
) -> go.Figure:
    colours = THEMES[theme]
    shown = rows if not log else np.where(rows > 0, rows, np.nan)
    log = log and bool(np.isfinite(shown).any())
    traces = [_curve(row, first, i, names, title, translator(message("step"))) for i, row in enumerate(shown)]
    here, here_said = step - first, translator(message("step {step}", step=step))
    if 0 <= here < rows.shape[1]:
        traces.append(
            {
                "type": "scatter",
                "x": [step] * len(shown),
                "y": shown[:, here],
                "mode": "markers",
                "name": here_said,
                "marker": {"symbol": "circle-open", "size": 13, "line": {"width": 3}, "color": colours.text},
                "hovertemplate": f"{here_said}<br>%{{y:.6g}}<extra></extra>",
            }
        )
    line = {
        "type": "line",
        "x0": step,
        "x1": step,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": colours.quiet, "dash": "dot"},
    }
    yaxis = {"type": "log" if log else "linear", "title": {"text": title}, "exponentformat": "power", **_room(shown, log)}
    return figure(
        traces,
        layout(colours, height=260, xaxis=_steps_axis(first + rows.shape[1], translator), yaxis=yaxis, shapes=[line]),
    )


def _steps_axis(last: int, translator: Translator) -> dict[str, Any]:
    """A long run's steps on a logarithmic axis: what settles early is not squeezed into the edge."""
    if last <= LONG:
        return {"title": {"text": translator(message("step"))}, "rangemode": "tozero"}
    title = translator(message("step, logarithmic"))
    return {"title": {"text": title}, "type": "log", "dtick": 1, "range": [-0.05, float(np.log10(last)) + 0.05]}


def _room(rows: Array, log: bool) -> dict[str, Any]:
    """Limits for a history that hardly changes, so that rounding does not look like a change."""
    seen = rows[np.isfinite(rows)]
    low, high = (float(np.min(seen)), float(np.max(seen))) if seen.size else (0.0, 0.0)
    if not seen.size or high - low > 1e-6 * max(abs(low), abs(high)):
        return {}
    if log:
        return {"range": [float(np.log10(low)) - 0.3, float(np.log10(low)) + 0.3]}
    return {"range": [low - max(abs(low), 1e-3) / 2, low + max(abs(low), 1e-3) / 2]}


def _curve(row: Array, first: int, i: int, names: tuple[str, ...], title: str, along: str) -> dict[str, Any]:
    kept = shown_rows(row)
    name, style = "xy"[i % 2], NEUTRAL[i % 2]
    return {
        "type": "scatter",
        "x": kept + first,
        "y": row[kept],
        "mode": "lines+markers",
        "name": names[i] if names else name,
        "line": {"color": style.colour, "width": 2, "dash": style.dash},
        "marker": {"symbol": style.symbol, "color": style.colour, "size": 6, "maxdisplayed": 12},
        "hovertemplate": f"{along} %{{x}}<br>{title} %{{y:.6g}}<extra></extra>",
    }
