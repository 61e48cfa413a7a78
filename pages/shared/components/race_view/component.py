"""The race view on a page: two keyed messages, the function's pictures and the race, so that a slider resends only the race."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from optim import RaceResult
from optim.core.types import Array
from optim.figures import THEMES, Chart, Playback, axes, chart
from optim.figures.race.playback import playback
from optim.figures.style import CASING, MARK
from optim.problems.formulas.display import handwritten
from optim.reports.verdict import verdict
from pages.shared.components import assets
from pages.shared.components.race_view import newcomers
from pages.shared.components.race_view.rates import page_query, rates
from pages.shared.components.race_view.texts import NOTE, NOTE_FIXED, TEXTS
from pages.shared.components.race_view.tours import opened, tours
from pages.shared.compute import cache, yielding
from pages.shared.compute.cache import Ground
from pages.shared.inputs.display import HIDDEN, STRONG
from pages.shared.inputs.field import Field
from pages.shared.inputs.fields import ALONG, ARROWS, ARROWS_AT, CURVE, FRAME, GRID, HEIGHT, LAYOUT, LOG
from pages.shared.inputs.state import choose, current_race, load, value_of
from pages.shared.text import translation
from pages.shared.text.translation import translate, translate_each

KEY, SENT, HEARD, STOP = "race view", "race sent last", "number of what the view told last", "stop opened last"
Held = Callable[[Field], Any]
"""What returns the value of an input: the page's own, or one that a link means."""
PANEL = 61
"""Grid lines each way below each of several other races: as many as their small pictures show, and a quarter of the bytes."""


class Beside(NamedTuple):
    """A race beside the race at hand: its title, and in words what was changed since, where that is said above the pictures."""

    title: str
    result: RaceResult
    change: str = ""


Others = Sequence[Beside]


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
    own = {"newcomer": newcomers.name(), "heard": st.session_state.get(HEARD, 0)}
    facts = {**scene.facts, "rates": rates(result.spec), "query": page_query(theme), **own}
    race, before = scene.facts["race"]["id"], st.session_state.get(SENT)
    if before is None:
        newcomers.expect()
    show_scene(Scene(facts, scene.numbers), KEY, _chosen)
    st.session_state[SENT] = race
    if before not in (None, race):
        yielding.yield_to_browser()
    # After the race, which waits for it where it is new: large as it is, it costs time even where it is not sent again.
    show_ground(ground)
    # Keyed by name: which of them there are may change, and the rest is not sent again.
    for name, other in {other.name: other for other in other_grounds(result, theme, others)}.items():
        if name != ground.name:
            show_ground(other, f"{name} ")
    if before is None:
        newcomers.let_see()


def fixed_race(result: RaceResult, key: str, theme: str, *, play: bool = False, log: bool = True) -> None:
    """Show a race that the inputs do not control: it plays, its start is fixed, and no link holds it. `key` tells several apart.

    With `play` it starts from the beginning by itself, as long as the visitor does not prefer less motion.
    """
    ground, scene = fixed_scene(result, theme, log=log)
    show_scene(unbound(scene, translate(NOTE_FIXED), play=play), key)
    show_ground(ground, f"{key} ")


def unbound(scene: Scene, note: str, *, play: bool) -> Scene:
    """Return a scene that no input controls and no link holds, with a note below it; with `play` it begins by itself, once."""
    return scene._replace(facts={**scene.facts, "note": note, "frame": 0 if play else None, "play": play, "fixed": True})


def _ignore() -> None:
    """From a callback: ignore what is set in a view that no link holds."""


def show_scene(scene: Scene, key: str, chosen: Callable[[], None] = _ignore) -> None:
    """Show what is played, in the one view that plays; `chosen` is called where something is set in it."""
    show = _component("race_view", "default", '<div class="race-view"></div>')
    show(key=key, data=packed(scene), on_chosen_change=chosen)


def fixed_scene(result: RaceResult, theme: str, *, log: bool = True) -> tuple[Ground, Scene]:
    """Return the pictures and the scene of a race that the inputs do not control."""
    ground = cache.ground(result.spec, theme, height=HEIGHT.default, points=int(GRID.default), downhill=False)
    scene = _moving(result, ground, chart(result, CURVE.default, log=log), theme, slopes=False)
    return ground, played(scene, ground, theme, {**_words(result), "arrows": {"step": False}})


def input_scene(result: RaceResult, theme: str, others: Others = ()) -> tuple[Ground, Scene]:
    """Return the pictures and the scene of the race in the inputs, with other races beside it."""
    ground = _ground(result, theme, value_of)
    scene = _looked_at(result, ground, theme, value_of)
    beside, more = [], b""
    for other, below in zip(others, other_grounds(result, theme, others), strict=True):
        facts, numbers = _looked_at(other.result, below, theme, value_of)
        words = {"title": translate(other.title), "change": translate(other.change)}
        beside.append({**words, "land": below.name, "race": facts["race"], "size": len(numbers)})
        more += numbers
    frame = value_of(FRAME)
    shown = None if frame == FRAME.default else frame
    # Who has not chosen a step sees a race first run from its start, once.
    own = {"arrows": _arrows(value_of), "frame": shown, "layout": value_of(LAYOUT), "film": shown is None, "others": beside}
    facts, numbers = played(scene, ground, theme, {**_words(result), **own})
    return ground, Scene(facts, numbers + more)


def other_grounds(result: RaceResult, theme: str, others: Others) -> list[Ground]:
    """Return the pictures below each of the other races: on the race's own function its own; several others get a coarser grid."""
    full = int(value_of(GRID))
    coarse = full if len(others) < 2 else min(full, PANEL)
    return [
        cache.ground(spec, theme, points=full if cache.same_ground(result.spec, spec) else coarse, **input_style())
        for spec in (other.result.spec for other in others)
    ]


def live_scene(result: RaceResult, theme: str, held: Held, tried: int) -> Scene:
    """Return what moves in the race view while a setting of the racer `tried` is dragged, and what the verdict then is."""
    facts, numbers = _looked_at(result, _ground(result, theme, held), theme, held, tried)
    return Scene({**facts, "verdict": _verdict(result)}, numbers)


def input_style(held: Held = value_of) -> dict[str, Any]:
    """Return how the function is drawn as the inputs say, apart from the grid."""
    return {"height": held(HEIGHT), "downhill": bool(held(ARROWS))}


def _arrows(held: Held) -> dict[str, bool]:
    return {name: bool(held(field)) for name, field in ARROWS_AT.items()}


def _ground(result: RaceResult, theme: str, held: Held) -> Ground:
    return cache.ground(result.spec, theme, points=int(held(GRID)), **input_style(held))


def _looked_at(result: RaceResult, ground: Ground, theme: str, held: Held, tried: int | None = None) -> Scene:
    """Return what moves in the pictures, as the inputs of the view say."""
    shown = chart(result, held(CURVE), log=bool(held(LOG)), along=held(ALONG))
    arrows = _arrows(held)
    carried = cache.carried(result.spec, tried) if arrows["velocity"] else ()
    scene = _moving(result, ground, shown, theme, slopes=arrows["slope"], carried=carried)
    facts = scene.facts["race"]
    racers = [{**racer, **look} for racer, look in zip(facts["racers"], _looks(len(result.labels), held), strict=True)]
    return Scene({**scene.facts, "race": {**facts, "racers": racers}}, scene.numbers)


def _looks(count: int, held: Held) -> list[dict[str, bool]]:
    """Return how each racer is to be shown: hidden, or faint beside one that stands out; of hidden ones, never all."""
    slots = range(1, count + 1)
    hidden, strong = set(held(HIDDEN)), held(STRONG)
    apart = strong in map(str, slots)
    return [{"hidden": slot in hidden and not hidden >= set(slots), "faint": apart and strong != f"{slot}"} for slot in slots]


def _moving(
    result: RaceResult, ground: Ground, shown: Chart, theme: str, *, slopes: bool, carried: Sequence[Array | None] = ()
) -> Scene:
    """Return what a change of a racer's settings changes: the racers and the axes of their curves."""
    roll = playback(result, ground.land, shown, slopes=slopes, carried=carried)
    return moving(roll, axes(result, shown, theme, translator=translate), repr((result.spec, shown.title, shown.along)))


def moving(roll: Playback, drawn: Any, identity: str) -> Scene:
    """Return what moves in the pictures: the racers, and the axes of their curves; `identity` tells races apart."""
    race = {
        **roll.facts,
        "racers": [_translated(racer) for racer in roll.facts["racers"]],
        "id": hashlib.sha256(identity.encode()).hexdigest()[:12],
    }
    return Scene({"race": race, "axes": json.loads(drawn.to_json())}, roll.packed())


def played(scene: Scene, ground: Ground, theme: str, own: dict[str, Any]) -> Scene:
    """Return a scene with all that the view needs beside what moves; `own` are the words and the looks of this one."""
    colours = THEMES[theme]
    facts = {
        **scene.facts,
        "size": len(scene.numbers),
        "others": [],
        "land": ground.name,
        "plotly": assets.plotly(),
        "theme": {"dark": theme == "dark", "text": colours.text, "halo": colours.halo, "mark": MARK, "casing": CASING},
        "layout": LAYOUT.default,
        "language": translation.language(),
        "frame": None,
        **own,
    }
    return Scene(facts, scene.numbers)


def _words(result: RaceResult) -> dict[str, Any]:
    """What the view says of a race."""
    said = {"title": translate(result.problem.title), "formula": _formula(result)}
    return {**said, "verdict": _verdict(result), "note": translate(NOTE)}


def _verdict(result: RaceResult) -> dict[str, Any]:
    """Who won, and the sentence that says so, for when the race has come to its end."""
    said = verdict(result)
    return {"headline": translate(said.headline), "winner": said.winner}


def _formula(result: RaceResult) -> str:
    """The function in one line for the map: its formula, or its name where it is turned, stretched or shifted."""
    problem = result.spec.base_problem
    if problem.formula and problem is result.problem:
        return f"f(x, y) = {handwritten(problem.formula)}"
    return translate(result.problem.title)


def _translated(racer: dict[str, Any]) -> dict[str, Any]:
    """Return a racer's facts with its label, how it ended and the reason in the visitor's language."""
    return racer | {name: translate(racer[name]) for name in ("label", "reason", "ended")}


def _chosen() -> None:
    """Take what was chosen in the view, in the order in which it was; `messages.js` says why some of it comes twice.

    A stop of a guided way opens the same race each time it is told, and what was chosen before it is in that race already.
    """
    parts, (last, race) = told(st.session_state.get(KEY, {}).get("chosen")), st.session_state.get(STOP, (0, None))
    st.session_state[HEARD] = max([st.session_state.get(HEARD, 0), *(number for number, _ in parts)])
    for number, chosen in parts:
        if number == last and race is not None:
            load(race)
        elif number > last:
            _take(number, chosen)


def told(parts: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return what a view tells, each part with its number; nothing of what it would not tell."""
    known = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    pairs = [(part.get("n"), part.get("values")) for part in known]
    return [(number, values) for number, values in pairs if isinstance(number, int) and isinstance(values, dict)]


def _take(number: int, chosen: dict[str, Any]) -> None:
    """Take a start, a frame, which arrows, a racer's learning rate, or the next stop of a guided way, told with its number."""
    stop = chosen.get("tour")
    if stop is None:
        choose(chosen)
    elif spec := opened(stop, current_race):
        load(spec)
        st.session_state[STOP] = number, spec


def packed(scene: Scene) -> bytes:
    """Return a scene as bytes: the length of the facts (4 bytes, little endian), the facts as JSON, the numbers."""
    facts = json.dumps(scene.facts, separators=(",", ":")).encode()
    return len(facts).to_bytes(4, "little") + facts + scene.numbers


def arriving(ground: Ground) -> dict[str, Any]:
    """Return what comes with a function and not with every race: its pictures, and the view's own texts and guided ways."""
    return {**ground.pictures, "texts": translate_each({**TEXTS, **ground.texts}), "tours": tours()}


def show_ground(ground: Ground, owner: str = "") -> None:
    """Send the pictures that a scene names; `owner` tells those of several views apart."""
    _component("landscape", "landscape", "")(key=f"{owner}landscape", data=arriving(ground), height=1)


def _component(name: str, entry: str, html: str) -> Any:
    return st.components.v2.component(name, html=html, js=assets.loader("entry.js", entry), isolate_styles=False)
