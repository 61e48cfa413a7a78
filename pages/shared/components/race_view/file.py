"""A race as one HTML file that plays without the app and without a network."""

import base64
import html
import json
from collections.abc import Sequence
from string import Template

from optim import RaceResult
from optim.figures import THEMES
from optim.i18n.message import message
from optim.i18n.phrases import sentences
from optim.reports.protocol import entrants, protocol
from optim.reports.verdict import verdict
from pages.shared.components import assets
from pages.shared.components.race_view.component import Scene, arriving
from pages.shared.compute.cache import Ground
from pages.shared.text import translation
from pages.shared.text.translation import translate


def race_file(result: RaceResult, ground: Ground, scene: Scene, theme: str, others: Sequence[Ground] = ()) -> str:
    """Return the file: what the race view shows, its own program, and Plotly's; `others` are the grounds of the scene's others."""
    said, colours = verdict(result), THEMES[theme]
    beside = [{**facts, "land": own.name} for facts, own in zip(scene.facts["others"], others, strict=True)]
    data = {
        "view": {**scene.facts, "land": ground.name, "others": beside, "fixed": True},
        "numbers": base64.b64encode(scene.numbers).decode(),
        "pictures": list({own.name: arriving(own) for own in (*others, ground)}.values()),
        "sources": {name: text for name, text in _sources().items() if name.endswith(".js")},
    }
    texts = {
        "title": said.headline,
        "why": sentences(said.margin, said.why),
        "protocol": sentences(message("Settings: {protocol}.", protocol=protocol(result)), entrants(result)),
    }
    return Template(_sources()["file.html"]).substitute(
        {name: html.escape(translate(text)) for name, text in texts.items()},
        language=translation.language(),
        text=colours.text,
        paper=colours.halo,
        style=_sources()["view.css"],
        plotly=assets.PLOTLY.read_text(encoding="utf-8"),
        # Nothing in the data may end the script that holds it.
        data=json.dumps(data).replace("</", "<\\/").replace("<!--", "<\\!--"),
    )


def _sources() -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in assets.RACE_VIEW.iterdir()
        if path.suffix in {".js", ".css", ".html"}
    }
