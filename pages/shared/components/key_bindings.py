"""Keyboard shortcuts that press a page's own buttons."""

import html
from pathlib import Path

import streamlit as st

from pages.shared.text.translation import translate

_STEP = {"ArrowLeft": "step-back", "ArrowRight": "step-on", "Home": "step-first", "End": "step-last"}


def step_keys() -> None:
    """On the Step page: arrow keys, Home and End step through a run."""
    page_keys(translate("Keys: ← back, → on, Home first, End last"), _STEP)


def page_keys(hint: str, buttons: dict[str, str]) -> None:
    """Listen for keys as long as the page is shown, each of which presses the button of a key, and say with `hint` which."""
    component = st.components.v2.component(
        "page_keys",
        html=f'<p style="margin:0;font-size:0.875rem;opacity:0.7">{html.escape(hint)}</p>',
        js=(Path(__file__).parent / "key_bindings.js").read_text(encoding="utf-8"),
    )
    component(key="page keys", data=buttons, height="content")
