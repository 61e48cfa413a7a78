"""The course of an online problem: one number per entry along the steps, and the best fixed point."""

import numpy as np
import plotly.graph_objects as go

from optim.figures.style import THEMES, figure, layout, styles
from optim.races.online import OnlineResult


def course(result: OnlineResult, theme: str = "light") -> go.Figure:
    """Return where every racer is at every step, and the best fixed place as a dotted line."""
    colours = THEMES[theme]
    traces = [
        {
            "type": "scatter",
            "y": np.round(run.points, 6),
            "mode": "lines+markers",
            "name": label,
            "line": {"color": style.colour, "width": 2.2, "dash": style.dash},
            "marker": {"symbol": style.symbol, "color": style.colour, "size": 8, "maxdisplayed": 14},
            "hovertemplate": f"{label}<br>t = %{{x}}<br>x = %{{y:.4g}}<extra></extra>",
        }
        for style, label, run in zip(styles(result.spec.entries), result.labels, result.runs, strict=True)
    ]
    best = {
        "type": "scatter",
        "x": [0, result.spec.steps],
        "y": [result.problem.comparator] * 2,
        "mode": "lines",
        "line": {"color": colours.quiet, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    low, high = result.problem.box
    room = 0.08 * (high - low)
    yaxis = {"title": {"text": "x"}, "range": [low - room, high + room]}
    xaxis = {"title": {"text": "t"}, "range": [0, result.spec.steps]}
    return figure([*traces, best], layout(colours, height=380, xaxis=xaxis, yaxis=yaxis, hovermode="closest"))
