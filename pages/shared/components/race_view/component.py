"""The race view on a page: two keyed messages, the function's pictures and the race, so that a slider resends only the race."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from optim import RaceResult
from optim.figures import THEMES, Chart, axes, chart
from optim.figures.race.playback import playback
from optim.figures.style import CASING, MARK
from pages.shared.components import assets
from pages.shared.components.race_view.texts import NOTE, NOTE_FIXED, TEXTS
from pages.shared.compute import cache, yielding
from pages.shared.compute.cache import Ground
from pages.shared.inputs.fields import ALONG, ARROWS, ARROWS_AT, CURVE, FRAME, GRID, HEIGHT, LOG
from pages.shared.inputs.state import choose, value_of
from pages.shared.text import translation
from pages.shared.text.translation import translate, translate_each

KEY, SENT = "race view", "race sent last"
PANEL = 61
"""Grid lines each way below each of several other races: as many as their small pictures show, and a quarter of the bytes."""


Others = Sequence[tuple[str, RaceResult]]
"""Races beside the race at hand, each with its title."""


class Scene(NamedTuple):
    """What the browser plays: facts for JSON, and the packed numbers of all racers.

    `facts["size"]` is the number of bytes of the race itself. Those of the races beside it follow, one after the other, each as
    many as its `size` in `facts["others"]` says.
    """

    facts: dict[str, Any]
    numbers: bytes


def race_view(result: RaceResult, theme: str, others: Others = ()) -> None:
    """Show the race in the inputs on the surface, on the contour map and as curves, ready to play, and `others` beside it."""
    ground, scene = input_scene(result, theme, others)
    show = _component("race_view", "default", '<div class="race-view"></div>')
    show(key=KEY, data=_packed(scene), on_chosen_change=_chosen)
    race = scene.facts["race"]["id"]
    if race != st.session_state.get(SENT):
        st.session_state[SENT] = race
        yielding.yield_to_browser()
    # After the race, which waits for it where it is new: large as it is, it costs time even where it is not sent again.
    _show_ground(ground)
    # Keyed by name: which of them there are may change, and the rest is not sent again.
    for name, other in {other.name: other for other in other_grounds(result, theme, others)}.items():
        if name != ground.name:
            _show_ground(other, f"{name} ")


def fixed_race(result: RaceResult, key: str, theme: str, *, play: bool = False, log: bool = True) -> None:
    """Show a race that the inputs do not control: it plays, its start is fixed, and no link holds it. `key` tells several apart.

    With `play` it starts from the beginning by itself, as long as the visitor does not prefer less motion.
    """
    ground, (facts, numbers) = fixed_scene(result, theme, log=log)
    view = {**facts, "note": translate(NOTE_FIXED), "frame": 0 if play else None, "play": play, "fixed": True}
    show = _component("race_view", "default", '<div class="race-view"></div>')
    show(key=key, data=_packed(Scene(view, numbers)), on_chosen_change=_ignore)
    _show_ground(ground, f"{key} ")


def fixed_scene(result: RaceResult, theme: str, *, log: bool = True) -> tuple[Ground, Scene]:
    """Return the pictures and the scene of a race that the inputs do not control."""
    ground = cache.ground(result.spec, theme, height=HEIGHT.default, points=int(GRID.default), downhill=False)
    played = _played(result, ground, chart(result, CURVE.default, log=log), theme, dict.fromkeys(ARROWS_AT, False))
    return ground, Scene({**played.facts, "frame": None}, played.numbers)


def input_scene(result: RaceResult, theme: str, others: Others = ()) -> tuple[Ground, Scene]:
    """Return the pictures and the scene of the race in the inputs, with other races beside it."""
    ground = cache.ground(result.spec, theme, points=int(value_of(GRID)), **input_style())
    arrows = {name: bool(value_of(field)) for name, field in ARROWS_AT.items()}
    scene = _played(result, ground, _input_chart(result), theme, arrows)
    beside, numbers = [], scene.numbers
    for (title, other), own in zip(others, other_grounds(result, theme, others), strict=True):
        facts, more = _race(other, own, _input_chart(other), arrows)
        beside.append({"title": translate(title), "land": own.name, "race": facts, "size": len(more)})
        numbers += more
    return ground, Scene({**scene.facts, "others": beside}, numbers)


def other_grounds(result: RaceResult, theme: str, others: Others) -> list[Ground]:
    """Return the pictures below each of the other races: on the race's own function its own; several others get a coarser grid."""
    full = int(value_of(GRID))
    coarse = full if len(others) < 2 else min(full, PANEL)
    return [
        cache.ground(other.spec, theme, points=full if cache.same_ground(result.spec, other.spec) else coarse, **input_style())
        for _, other in others
    ]


def _input_chart(result: RaceResult) -> Chart:
    return chart(result, value_of(CURVE), log=bool(value_of(LOG)), along=value_of(ALONG))


def input_style() -> dict[str, Any]:
    """Return how the function is drawn as the inputs say, apart from the grid."""
    return {"height": value_of(HEIGHT), "downhill": bool(value_of(ARROWS))}


def _race(result: RaceResult, ground: Ground, shown: Chart, arrows: dict[str, bool]) -> tuple[dict[str, Any], bytes]:
    """Return the facts of one race and its packed numbers."""
    carried = [cache.carried(result.spec, i) for i in range(len(result.labels))] if arrows["velocity"] else ()
    played = playback(result, ground.land, shown, slopes=arrows["slope"], carried=carried)
    facts = {
        **played.facts,
        "racers": [_translated(racer) for racer in played.facts["racers"]],
        "id": hashlib.sha256(repr((result.spec, shown.title, shown.along)).encode()).hexdigest()[:12],
    }
    return facts, played.packed()


def _played(result: RaceResult, ground: Ground, shown: Chart, theme: str, arrows: dict[str, bool]) -> Scene:
    race, numbers = _race(result, ground, shown, arrows)
    frame = value_of(FRAME)
    colours = THEMES[theme]
    facts = {
        "race": race,
        "size": len(numbers),
        "others": [],
        "land": ground.name,
        "plotly": assets.plotly(),
        "axes": json.loads(axes(result, shown, theme, translator=translate).to_json()),
        "theme": {"dark": theme == "dark", "text": colours.text, "halo": colours.halo, "mark": MARK, "casing": CASING},
        "title": translate(result.problem.title),
        "language": translation.language(),
        "texts": translate_each(TEXTS),
        "note": translate(NOTE),
        "arrows": arrows,
        "frame": None if frame == FRAME.default else frame,
    }
    return Scene(facts, numbers)


def _translated(racer: dict[str, Any]) -> dict[str, Any]:
    """Return a racer's facts with its label, status and reason in the visitor's language."""
    label, reason, kind = (translate(racer[name]) for name in ("label", "reason", "status"))
    return {**racer, "label": label, "reason": reason, "ended": kind}


def _chosen() -> None:
    """Take what was chosen in the view: a start, a frame, which arrows."""
    choose(dict(st.session_state[KEY].get("chosen") or {}))


def _packed(scene: Scene) -> bytes:
    """Return a scene as bytes: the length of the facts (4 bytes, little endian), the facts as JSON, the numbers."""
    facts = json.dumps(scene.facts).encode()
    return len(facts).to_bytes(4, "little") + facts + scene.numbers


def _ignore() -> None:
    """From a callback: ignore what is set in a view that no link holds."""


def _show_ground(ground: Ground, owner: str = "") -> None:
    _component("landscape", "landscape", "")(key=f"{owner}landscape", data=ground.pictures, height=1)


def _component(name: str, entry: str, html: str) -> Any:
    return st.components.v2.component(name, html=html, js=assets.loader("view.js", entry), isolate_styles=False)
