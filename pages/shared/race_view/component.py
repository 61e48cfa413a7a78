"""The race view on a page: two keyed messages, the function's pictures and the race, so that a slider resends only the race."""

import hashlib
import json
from typing import Any

import pandas as pd
import streamlit as st

from optim import RaceResult
from optim.figures import THEMES, Chart, axes, reel
from optim.verdict import verdict
from pages.shared import assets
from pages.shared.compute import Ground
from pages.shared.fields import ARROWS_AT, FRAME
from pages.shared.state import choose, value_of

_LOAD = """
const root = new URL(".", document.querySelector('script[src*="static/js/"]').src.replace(/static\\/js\\/.*/, ""));
const style = new URL("STYLE", root).href;
if (!document.querySelector(`link[href="${style}"]`)) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
}
const view = import(new URL("VIEW", root));
export default async (component) => (await view).ENTRY(component);
"""
"""What travels with every message: only where the rest is."""
_TITLE = (
    "The ring is the start: drag it, or click anywhere on the map. A star is a minimum, a cross where a racer left the picture."
)


def race_view(result: RaceResult, ground: Ground, shown: Chart, theme: str) -> None:
    """Show the race on the surface, on the contour map and along its steps, ready to play."""
    facts, numbers = scene(result, ground, shown, theme)
    show = _component("race_view", "default", '<div class="race-view"></div>')
    show(key="race view", data={"view": facts, "numbers": pd.DataFrame({"packed": [numbers]})}, on_chosen_change=_chosen)
    # After the race, which waits for it where it is new: large as it is, it costs time even where it is not sent again.
    _component("landscape", "landscape", "")(key="landscape", data=ground.pictures, height=1)


def scene(result: RaceResult, ground: Ground, shown: Chart, theme: str) -> tuple[dict[str, Any], bytes]:
    """Return what the browser side plays: plain facts, and the packed numbers of all racers."""
    arrows = {name: bool(value_of(field)) for name, field in ARROWS_AT.items()}
    played = reel(result, ground.land, shown, slopes=arrows["slope"])
    frame = value_of(FRAME)
    colours = THEMES[theme]
    facts = {
        "race": {**played.facts, "id": hashlib.sha256(repr((result.spec, shown.title, shown.along)).encode()).hexdigest()[:12]},
        "land": ground.name,
        "plotly": assets.addresses()["plotly"],
        "axes": json.loads(axes(result, shown, theme).to_json()),
        "theme": {"dark": theme == "dark", "text": colours.text, "quiet": colours.quiet, "halo": colours.halo},
        "title": verdict(result).headline,
        "note": _TITLE,
        "arrows": arrows,
        "frame": None if frame == FRAME.default else frame,
    }
    return facts, played.packed()


def _chosen() -> None:
    """Take what was chosen in the view: a start, a frame, which arrows."""
    choose(dict(st.session_state["race view"].get("chosen") or {}))


def _component(name: str, entry: str, html: str) -> Any:
    where = assets.addresses()
    js = _LOAD.replace("STYLE", where["style"]).replace("VIEW", where["view"]).replace("ENTRY", entry)
    return st.components.v2.component(name, html=html, js=js, isolate_styles=False)
