"""Plotly figures of a race: pure functions from a result to a figure, for the app and for a notebook."""

import importlib.util

if importlib.util.find_spec("plotly") is None:
    raise ModuleNotFoundError("figures need plotly: pip install 'optimizer-race[figures]'", name="plotly")

from optim.figures.curves import AGAINST, QUANTITIES, Chart, axes, chart, curves
from optim.figures.ground import flat, relief, terrain
from optim.figures.landscape import Landscape, landscape, window
from optim.figures.maps import contour, surface
from optim.figures.overview import overview
from optim.figures.reel import Reel, reel
from optim.figures.style import LOOKS, THEMES, Look
from optim.figures.thumbnail import thumbnail
from optim.figures.walk import walk

__all__ = [
    "AGAINST",
    "LOOKS",
    "QUANTITIES",
    "THEMES",
    "Chart",
    "Landscape",
    "Look",
    "Reel",
    "axes",
    "chart",
    "contour",
    "curves",
    "flat",
    "landscape",
    "overview",
    "reel",
    "relief",
    "surface",
    "terrain",
    "thumbnail",
    "walk",
    "window",
]
