"""The Race page: choose, watch, and read who won and why."""

from pathlib import Path

import streamlit as st

from optim import FormulaError, SpecError
from pages.shared.components.copy_link import copy_link
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.fields import VIEW
from pages.shared.inputs.link_codec import spec_of
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.race import embedded
from pages.shared.panels.race import race as race_panels
from pages.shared.panels.race.export import take_away
from pages.shared.panels.sidebar import sidebar
from pages.shared.text.translation import translate

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = state.read_link()
if not st.context.is_embedded:
    show_notes(notes)
head = st.container(key="head")
values = state.current()  # what the inputs hold is known before they are drawn, and the race is what a visitor waits for
try:
    result = cache.run(spec_of(values))
except FormulaError as error:  # no st.stop: after it Streamlit would keep the inputs that are gone
    race_panels.show_no_race(values["f"], error)
except SpecError as error:
    st.error(translate(error.args[0]))
else:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    if st.context.is_embedded:
        embedded.show(result, theme)
        st.stop()  # there are no inputs in a frame that could be kept
    race_panels.show_race(result, theme)
    take_away(result, "race", theme, own=True)
    with head:
        race_panels.show_verdict(result)
        race_panels.show_further()
    race_panels.show_ends(result)
    race_panels.show_table(result)
if not st.context.is_embedded:
    with head:
        copy_link(state.shown(VIEW))
    sidebar()
