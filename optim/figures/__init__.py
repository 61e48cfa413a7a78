"""Plotly figures of a race: pure functions from a result to a figure, for the app and for a notebook."""

import importlib.util

if importlib.util.find_spec("plotly") is None:
    raise ModuleNotFoundError("figures need plotly: pip install 'optimizer-race[figures]'", name="plotly")

from optim.figures.function.landscape import Landscape, landscape
from optim.figures.function.maps import flat, relief, terrain
from optim.figures.function.thumbnail import thumbnail
from optim.figures.race.curves import AGAINST, QUANTITIES, Chart, axes, chart, curves
from optim.figures.race.maps import contour, surface
from optim.figures.race.overview import overview
from optim.figures.race.playback import Playback, playback
from optim.figures.single_path import single_path
from optim.figures.style import THEMES, EntryStyle, styles

__all__ = [
    "AGAINST",
    "QUANTITIES",
    "THEMES",
    "Chart",
    "EntryStyle",
    "Landscape",
    "Playback",
    "axes",
    "chart",
    "contour",
    "curves",
    "flat",
    "landscape",
    "overview",
    "playback",
    "relief",
    "single_path",
    "styles",
    "surface",
    "terrain",
    "thumbnail",
]
