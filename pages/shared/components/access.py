"""Help for keyboards and screen readers on every page: a link past the inputs, and wide formulas that scroll by keys."""

import streamlit as st

from pages.shared.components import assets
from pages.shared.text.translation import translate

_KEY = "access"


def attach() -> None:
    """Attach the program, once for all pages; it takes no room (`page.css`)."""
    component = st.components.v2.component("access", html="", js=assets.loader("access.js"))
    component(key=_KEY, data={"skip": translate("Skip to the content")}, height=1)
