"""What a phone needs on every page: a menu that gets out of the way, and charts over which a swipe scrolls."""

import streamlit as st

from pages.shared.components import assets

_KEY = "phone"


def at_hand() -> None:
    """Attach the programs, once for all pages; they show nothing, and take no room (`page.css`)."""
    st.components.v2.component("phone", html="", js=assets.loader("phone.js"))(key=_KEY, height=1)
