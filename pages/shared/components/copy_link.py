"""The button that copies the link; its browser side also keeps the address bar up to date, for reload, Back and Forward."""

import html
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from optim.i18n.message import message
from pages.shared.components import assets
from pages.shared.inputs.drafts import mistakes
from pages.shared.inputs.fields import FRAME
from pages.shared.inputs.link_codec import LESSON, SECTION, link_keys
from pages.shared.inputs.state import HISTORY_MOVES, query
from pages.shared.text import translation
from pages.shared.text.translation import translate, translate_each

_HERE = Path(__file__).parent
_BUTTON = '<button type="button"><span aria-live="polite">{text}</span></button>'
_TEXTS = {
    "title": message("The address holds the experiment"),
    "button": message("Copy link"),
    "copied": message("Copied"),
    "ask": message("Copy this link"),
}


def copy_link(looked_at: Mapping[str, str], *, race: bool = True) -> None:
    """Show the button, and put the race, the language and what the page looks at into the address bar.

    Where the page is about something else than the visitor's race, the address keeps that race for a reload, and the copied link
    leaves it out.
    """
    component = st.components.v2.component(
        "copy_link",
        html=_BUTTON.format(text=html.escape(translate(_TEXTS["button"]))),  # named before its program is there
        css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
        js=assets.loader("copy_link.js"),
    )
    page = {**looked_at, **translation.in_link()}
    address = {**query(), **page}
    data = {
        "query": address,
        "link": address if race else page,
        "keys": link_keys(),
        "quiet": [FRAME.key],
        "places": [LESSON, SECTION],
        "mistakes": mistakes(),  # told, so that the browser looks at the address again
        "walks": st.session_state.get(HISTORY_MOVES, 0),
        "texts": translate_each(_TEXTS),
    }
    component(key="copy link", data=data, height="content", width="content")
