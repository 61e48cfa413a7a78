"""The Race page: choose, watch, and read who won and why."""

from pathlib import Path

import streamlit as st

from optim import FormulaError, SpecError
from pages.shared import compute, embedded, panels, state, words
from pages.shared.controls import sidebar
from pages.shared.copy_link import copy_link
from pages.shared.fields import VIEW
from pages.shared.links import spec_of
from pages.shared.take_away import take_away

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
if not st.context.is_embedded:
    panels.show_notes(notes)
head = st.container(key="head")
values = state.current()  # what the inputs hold is known before they are drawn, and the race is what a visitor waits for
try:
    result = compute.run(spec_of(values))
except FormulaError as error:  # no st.stop: after it Streamlit would keep the inputs that are gone
    panels.show_no_race(values["f"], error)
except SpecError as error:
    st.error(words.say(error.args[0]))
else:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    if st.context.is_embedded:
        embedded.show(result, theme)
        st.stop()  # there are no inputs in a frame that could be kept
    panels.show_race(result, theme)
    take_away(result, "race", theme, own=True)
    with head:
        panels.show_verdict(result)
        panels.show_further()
    panels.show_ends(result)
    panels.show_table(result)
if not st.context.is_embedded:
    with head:
        copy_link(state.shown(VIEW))
    sidebar()
