"""The buttons that undo and redo a change of the inputs, as Back and Forward of the browser do."""

from pathlib import Path

import streamlit as st

from optim.i18n.message import message
from pages.shared.components import assets
from pages.shared.text.translation import translate_each

_HERE = Path(__file__).parent
_BUTTONS = (
    '<div><button type="button" class="undo"><span aria-hidden="true">↶</span> <span></span></button>'
    '<button type="button" class="redo"><span aria-hidden="true">↷</span> <span></span></button></div>'
)
_TEXTS = {"undo": message("Undo"), "redo": message("Redo")}


def undo() -> None:
    """Show the buttons; one that leads nowhere on this page cannot be pressed."""
    component = st.components.v2.component(
        "undo", html=_BUTTONS, css=(_HERE / "undo.css").read_text(encoding="utf-8"), js=assets.loader("undo.js")
    )
    component(key="undo", data=translate_each(_TEXTS), width="stretch", height="content")
