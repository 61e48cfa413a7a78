"""Plotly figures of a race: pure functions from a result to a figure, for the app and for a notebook."""

from optim.figures.curves import QUANTITIES, curves
from optim.figures.ground import flat, relief, terrain
from optim.figures.landscape import Landscape, landscape
from optim.figures.maps import contour, surface
from optim.figures.overview import overview
from optim.figures.style import LOOKS, Look
from optim.figures.thumbnail import thumbnail
from optim.figures.walk import walk

__all__ = [
    "LOOKS",
    "QUANTITIES",
    "Landscape",
    "Look",
    "contour",
    "curves",
    "flat",
    "landscape",
    "overview",
    "relief",
    "surface",
    "terrain",
    "thumbnail",
    "walk",
]
