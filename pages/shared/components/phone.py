"""Adaptations for phones on every page: a menu that closes itself, and charts that let a swipe scroll the page."""

import streamlit as st

from pages.shared.components import assets

_KEY = "phone"


def attach() -> None:
    """Attach the programs, once for all pages; they show nothing, and take no room (`page.css`)."""
    st.components.v2.component("phone", html="", js=assets.loader("phone.js"))(key=_KEY, height=1)
