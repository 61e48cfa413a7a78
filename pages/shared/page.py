"""The layout that every page has: style sheet, link, headline with the button that copies the link, content, sidebar."""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import FormulaError, SpecError
from pages.shared.components.assets import style
from pages.shared.components.copy_link import copy_link
from pages.shared.inputs import state
from pages.shared.inputs.navigation import follow_request
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.sidebar import sidebar
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate


def page(
    show: Callable[[str, DeltaGenerator], Callable[[], object] | None],
    looked_at: Callable[[], Mapping[str, str]] | None = None,
    *,
    inputs: Callable[[], object] | None = sidebar,
    race: bool = True,
    content_first: bool = False,
    unusable: Callable[[], Iterable[str]] = list,
) -> None:
    """Lay out a page.

    `show` draws the content: it gets the theme, "light" or "dark", and the place for the headline. It reads the inputs from
    `state.current()`, and may raise FormulaError or SpecError where they ask for what there is not: the page says so instead.
    What takes long it may return as a function, which is called when all else stands, the inputs too.
    `looked_at` returns the link's parameters for what is looked at; without it there is no button and no note on the link.
    `inputs` draws the sidebar. `race` says whether the page is about the race in the sidebar, so that its link holds that race.
    `unusable` returns a sentence for each part of the link that only this page can judge.

    With `content_first` the content is sent before the sidebar, so that a race is redrawn sooner after a change. Otherwise the
    sidebar comes first: a first visit then has its layout at once, and inputs do not stand still while a page waits for a sweep.
    """
    st.html(style("page.css"))
    follow_request()
    notes = state.read_link(unusable)
    if looked_at is not None:
        show_notes(notes)
    box = st.container(key="head")
    head = box.container()

    later: list[Callable[[], object]] = []

    def draw_content() -> None:
        try:
            waits = show("dark" if st.context.theme.type == "dark" else "light", head)
            later.extend([waits] if waits else [])
        except (FormulaError, SpecError) as error:  # no st.stop: after it Streamlit would keep the inputs that are gone
            with head:
                _show_error(error)

    def draw_inputs() -> None:
        if looked_at is not None:
            with box:
                copy_link(looked_at(), race=race)
        if inputs is not None:
            inputs()

    for draw in (draw_content, draw_inputs) if content_first else (draw_inputs, draw_content):
        draw()
    for draw_rest in later:
        draw_rest()


def _show_error(error: FormulaError | SpecError) -> None:
    """Show why there is no race, in place of it; what is wrong with a formula, the sidebar says beside it."""
    if isinstance(error, FormulaError):
        st.markdown("# " + translate("This formula cannot be used"))
        st.caption(translate("What you typed is still in the sidebar: change it there, or choose a function from the menu."))
    else:
        st.markdown("# " + translate("This cannot be asked"))
        st.error(plain(translate(error.args[0])))
