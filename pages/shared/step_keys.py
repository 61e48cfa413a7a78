"""The keyboard of the Step page: arrow keys, Home and End press its buttons."""

from pathlib import Path

import streamlit as st

_HINT = '<p style="margin:0;font-size:0.875rem;opacity:0.7">Keys: ← back, → on, Home first, End last</p>'


def step_keys() -> None:
    """Listen for the keys as long as the page is shown, and say which there are."""
    component = st.components.v2.component(
        "step_keys", html=_HINT, js=(Path(__file__).parent / "step_keys.js").read_text(encoding="utf-8")
    )
    component(key="step keys", height="content")
