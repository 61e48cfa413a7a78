"""One figure for a notebook: the contour map beside the loss curves."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from optim.figures.race.curves import curves
from optim.figures.race.maps import contour
from optim.figures.style import THEMES, layout
from optim.races.result import RaceResult


def overview(result: RaceResult, theme: str = "light") -> go.Figure:
    """Return the loss curves, and left of them the contour map where the function has two dimensions."""
    right = curves(result, theme=theme)
    if result.path.shape[-1] != 2:
        return right
    left = contour(result, theme)
    figure = make_subplots(rows=1, cols=2, subplot_titles=(result.problem.title, "Loss by step"))
    for trace in left.data:
        figure.add_trace(trace, row=1, col=1)
    for trace in right.data:
        figure.add_trace(trace.update(showlegend=trace.name not in result.labels), row=1, col=2)
    figure.update_layout(layout(THEMES[theme], height=480, margin={"t": 40}, width=None))
    figure.update_xaxes(left.layout.xaxis.to_plotly_json(), row=1, col=1)
    figure.update_yaxes(left.layout.yaxis.to_plotly_json(), row=1, col=1)
    figure.update_xaxes(right.layout.xaxis.to_plotly_json(), row=1, col=2)
    figure.update_yaxes(right.layout.yaxis.to_plotly_json(), row=1, col=2)
    return figure
