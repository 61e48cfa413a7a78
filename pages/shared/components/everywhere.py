"""Programs that run on every page: for phones, for keyboards and screen readers, and for a device that turns dark."""

import streamlit as st

from pages.shared.components import assets
from pages.shared.text.translation import translate

_KEY = "everywhere"


def attach() -> None:
    """Attach the programs, in one element that shows nothing and takes no room (`page.css`).

    An embedded page has no menu, and its race view handles touches itself.
    """
    component = st.components.v2.component("everywhere", html="", js=assets.loader("everywhere.js"))
    data = {"whole": not st.context.is_embedded, "skip": translate("Skip to the content")}
    component(key=_KEY, data=data, height=1, on_theme_change=_run_again)


def _run_again() -> None:
    """From a callback: nothing is to be set, the run that follows draws its pictures in the new theme."""
