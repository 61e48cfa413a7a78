"""A button that copies the address bar: the link that shares the experiment."""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_BUTTON = '<button type="button" title="The address holds the experiment"><span aria-live="polite">Copy link</span></button>'


def copy_link() -> None:
    """Show the button."""
    component = st.components.v2.component(
        "copy_link",
        html=_BUTTON,
        css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
        js=(_HERE / "copy_link.js").read_text(encoding="utf-8"),
    )
    component(key="copy link", height="content", width="content")
