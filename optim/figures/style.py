"""Styles and themes: one colour, dash and marker per optimizer, and the colours of everything else."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import plotly.graph_objects as go

from optim.optimizers import OPTIMIZERS
from optim.races.entry import Entry

Translator: TypeAlias = Callable[[str], str]
"""Translates a text into the reader's language."""


@dataclass(frozen=True)
class LineStyle:
    """The style of one line: its colour, and its dash and marker, so that colour is never the only sign."""

    colour: str
    dash: str
    symbol: str


@dataclass(frozen=True)
class EntryStyle(LineStyle):
    """The style of one entry; `symbol` for flat charts, `solid_symbol` for 3-D, `sign` for text."""

    solid_symbol: str
    sign: str


BOOK_HUES = {
    "sgd": ("#cc2f44", "#e76887", "#f14e4b"),
    "momentum": ("#2a6fd0", "#3f86ec", "#3d649c"),
    "adagrad": ("#12a07a", "#057558", "#038b69"),
    "adam": ("#cc7a00", "#915604", "#ae6806"),
}
"""The book's four -> their hues, which are nobody else's, in three shades each: theirs, and those of a second and a third."""
HUES = (
    ("#b09018", "#786101", "#957806"),
    ("#ad3478", "#e468a9", "#c84e90"),
    ("#716ee1", "#5a54c5", "#8787fc"),
    ("#8a9c24", "#5e6b01", "#738302"),
    ("#af7bee", "#9662d3", "#7e49b8"),
    ("#088998", "#00707d", "#13a3b4"),
    ("#206a8d", "#249dd5", "#0384b7"),
    ("#53a54b", "#21771a", "#3b8e34"),
    ("#b257b9", "#983e9f", "#cd70d3"),
)
"""The hues of all other optimizers, in three shades each: with the second shade they begin again at the first hue."""
OWN_HUE = HUES[1]
"""What an object or a rule of the reader's own has: magenta, which is far from the book's four and from the map's colours."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = (
    ("circle", "circle", "●"),
    ("square", "square", "■"),
    ("diamond", "diamond", "◆"),
    ("triangle-up", "cross", "▲"),
    ("cross", "x", "✚"),
    ("triangle-down", "diamond-open", "▼"),
    ("pentagon", "square-open", "⬟"),
    ("hexagon", "circle-open", "⬢"),
    ("star", "cross", "★"),
    ("circle-open", "x", "○"),
    ("square-open", "square-open", "□"),
    ("diamond-open", "diamond-open", "◇"),
    ("triangle-up-open", "cross", "△"),
    ("cross-open", "x", "✙"),
    ("triangle-down-open", "diamond", "▽"),
    ("pentagon-open", "square", "⬠"),
    ("hexagon-open", "circle", "⬡"),
    ("star-open", "cross", "☆"),
    ("triangle-left", "x", "◄"),
    ("triangle-right", "square-open", "►"),
    ("x", "diamond-open", "✘"),
    ("triangle-ne", "diamond", "◥"),
    ("triangle-sw", "square", "◣"),
    ("star-diamond", "circle", "✦"),
    ("triangle-ne-open", "cross", "◹"),
    ("triangle-sw-open", "x", "◺"),
    ("x-open", "square-open", "✗"),
    ("star-diamond-open", "diamond-open", "✧"),
    ("triangle-left-open", "diamond", "◁"),
    ("triangle-right-open", "square", "▷"),
    ("triangle-nw", "diamond-open", "◤"),
    ("triangle-se", "circle-open", "◢"),
    ("triangle-nw-open", "cross", "◸"),
    ("triangle-se-open", "x", "◿"),
    ("circle-cross-open", "circle-open", "⊕"),
    ("circle-x-open", "diamond", "⊗"),
    ("square-cross-open", "square", "⊞"),
)
"""Markers: symbol, symbol in 3-D, where Plotly has only eight, and sign in text; when all are taken, they begin again."""
_ROUND = 30
_LATER = (0, 0, 0, 5, 3, 2, 1)
"""Up to so many optimizers dashes go round; the dashes after them, by number. They were searched for: who shares a dash has another
colour for eyes of every kind."""
NEUTRAL = (
    LineStyle("#60656b", "solid", "circle"),
    LineStyle("#8e949b", "dash", "square"),
    LineStyle("#777c83", "dot", "diamond"),
)
"""Styles of lines that belong to no optimizer, such as the coordinates of one step: greys, which no optimizer has."""
_ORDER = (*BOOK_HUES, *(name for name in OPTIMIZERS if name not in BOOK_HUES))
"""Who comes where in hues, shades, dashes and markers: the book's four, then the others, oldest first."""
_PAIRS = len(DASHES) * len(MARKERS)


def styles(entries: Iterable[Entry]) -> tuple[EntryStyle, ...]:
    """Return the style of every entry of a race: its optimizer's own, wherever it stands.

    Where an optimizer races again it gets another shade of its hue, another dash and another marker; an object of the reader's
    own gets a hue that nobody before it has. So a style depends on the entries before it alone.
    """
    return _styles(tuple(entry.rule.name for entry in entries))


def free_style() -> EntryStyle:
    """Return the style of an object of the reader's own that is alone."""
    return _style(_place("", ()), 0, ())


@lru_cache(maxsize=256)
def _styles(names: tuple[str, ...]) -> tuple[EntryStyle, ...]:
    places: dict[str, int] = {}
    made: list[EntryStyle] = []
    for i, name in enumerate(names):
        places[name] = places[name] if name in places else _place(name, places.values())
        made.append(_style(places[name], names[:i].count(name), made))
    return tuple(made)


def _place(name: str, taken: Collection[int]) -> int:
    """Return an optimizer's place in the order; one that is not in it gets the first place after it whose hue is not taken.

    OWN_HUE comes first, since the next in turn may be near a hue of the book's.
    """
    if name in OPTIMIZERS:
        return _ORDER.index(name)
    hues = {_hue(place) for place in taken}
    free = (place for place in range(len(_ORDER), len(_ORDER) + _PAIRS) if place not in taken)
    return min(free, key=lambda place: (_hue(place) in hues, _hue(place) != OWN_HUE))


def _hue(place: int) -> tuple[str, ...]:
    return (*BOOK_HUES.values(), *HUES)[place if place < len(BOOK_HUES) else len(BOOK_HUES) + (place - len(BOOK_HUES)) % len(HUES)]


def _style(place: int, times: int, before: Sequence[EntryStyle]) -> EntryStyle:
    """Return the style of the optimizer at a place of the order that has raced `times` times before."""
    hue = _hue(place)
    turn = max(0, place - len(BOOK_HUES)) // len(HUES)
    turn += turn // len(hue)  # each time through the shades begins one further
    pair = _pair(place) if place < len(_ORDER) and not times else _free_pair(hue, before)
    return EntryStyle(hue[(turn + times) % len(hue)], *pair)


def _pair(number: int) -> tuple[str, str, str, str]:
    """Return dash and marker number `number` of all that there are; neighbours differ in both."""
    turn, marker = divmod(number, len(MARKERS))
    dash = marker if marker < _ROUND else _LATER[marker - _ROUND]
    return DASHES[(dash - turn) % len(DASHES)], *MARKERS[marker]


def _free_pair(hue: tuple[str, ...], before: Sequence[EntryStyle]) -> tuple[str, str, str, str]:
    """Return a dash and a marker that no optimizer has: the marker neither before it nor in its hue, the dash rare before it.

    From the last on, since the last optimizers are raced least.
    """
    taken = {style.symbol for style in before} | {_pair(place)[1] for place in range(len(_ORDER)) if _hue(place) == hue}
    dashes = [style.dash for style in before]
    free = [_pair(number) for number in reversed(range(len(_ORDER), _PAIRS))]
    return min(free, key=lambda pair: (pair[1] in taken, dashes.count(pair[0])))


RAMP = ("#0b0405", "#2b1c35", "#3e356b", "#3b5698", "#357ba3", "#38aaac", "#79d6ae", "#def5e5")
"""A function's colours from valley to peak, ever lighter: mako, of seaborn (Waskom, 2021). Dark below, where the goal is."""
COLOUR_SCALE = [[i / (len(RAMP) - 1), colour] for i, colour in enumerate(RAMP)]
"""The same as Plotly takes it."""
LEVEL, SOLID_LEVEL = "rgba(255, 255, 255, 0.4)", "#7d9bb0"
"""Lines of equal height on the ramp, flat and in a scene, where Plotly draws no line that lets through what is below."""
MARK, CASING = "#ffffff", "#0b0f1a"
"""What is drawn on the ramp and belongs to no entry, and what stands around everything there: one of them is always seen."""
CASED = 3.0
"""Pixels by which a casing is wider than the line in it."""


@dataclass(frozen=True)
class Theme:
    """The colours of everything that is neither an entry nor a function; `halo` is the page's own, `faint` an empty area's."""

    text: str
    quiet: str
    grid: str
    faint: str
    halo: str


THEMES = {
    "light": Theme("#26323f", "#5a6875", "#dfe5eb", "#93a9c1", "#ffffff"),
    "dark": Theme("#e6ebf0", "#a7b3bf", "#33404d", "#4d6783", "#10161d"),
}


def figure(traces: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """Return a figure of plain dicts.

    Plotly would check every property on every slider move, which takes longer than the race; the tests check them instead.
    """
    # Only a checked figure turns a template's name into the template; unchecked, `show` and `write_html` fail on the name.
    return go.Figure({"data": traces, "layout": {**layout, "template": {}}}, _validate=False)


UPRIGHT = 34
"""Letters of a title that stands upright which fit beside the lowest pictures; a Japanese one is as wide as two."""


def _lines(text: str) -> str:
    """Return a title that stands upright, in two lines where one would be cut off at the ends of its axis."""
    blanks = [i for i, letter in enumerate(text) if letter == " "]
    if sum(1 if letter.isascii() else 2 for letter in text) <= UPRIGHT or "<br>" in text or not blanks:
        return text
    at = min(blanks, key=lambda i: abs(i - len(text) / 2))
    return f"{text[:at]}<br>{text[at + 1 :]}"


def layout(theme: Theme, **more: Any) -> dict[str, Any]:
    """Return the layout every figure starts from: the theme's colours, small margins, the legend below."""
    axis = {
        "gridcolor": theme.grid,
        "zerolinecolor": theme.grid,
        "linecolor": theme.grid,
        "automargin": True,
        "exponentformat": "power",
    }
    base: dict[str, Any] = {
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": theme.text, "size": 13},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "x": 0, "yref": "container", "y": 0, "yanchor": "bottom", "itemwidth": 40},
        "hoverlabel": {"namelength": -1},
        "xaxis": axis,
        "yaxis": axis,
    }
    for name, value in more.items():
        base[name] = {**base[name], **value} if isinstance(value, dict) and name in base else value
        title = base[name].get("title") if name.startswith("yaxis") else None
        if title:
            base[name]["title"] = {**title, "text": _lines(title["text"])}
    return base
