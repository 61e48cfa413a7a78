"""A button that copies the address bar: the link that shares the experiment."""

from pathlib import Path

import streamlit as st

from optim.saying import say
from pages.shared import assets, words
from pages.shared.links import own_keys

_HERE = Path(__file__).parent
_BUTTON = '<button type="button"><span aria-live="polite"></span></button>'
_TEXTS = {
    "title": say("The address holds the experiment"),
    "button": say("Copy link"),
    "copied": say("Copied"),
    "ask": say("Copy this link"),
}


def copy_link(query: dict[str, str]) -> None:
    """Show the button, and see to it that the address bar says `query`, which is the experiment."""
    component = st.components.v2.component(
        "copy_link",
        html=_BUTTON,
        css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
        js=assets.loader("copy_link.js"),
    )
    component(
        key="copy link", data={"query": query, "keys": own_keys(), "texts": words.each(_TEXTS)}, height="content", width="content"
    )
