"""The Learning rates page: which rates work for whom, and how wide the window of those is."""

from pathlib import Path

import streamlit as st

from pages.shared import many, panels, rates_view, state
from pages.shared.controls import sidebar

st.html(Path(__file__).parent / "shared" / "page.css")
many.go_where_wanted()
notes = state.read_link()
values = sidebar()
panels.show_notes(notes)
race = many.race_of(values)
if race is not None:
    rates_view.show_rates(race, "dark" if st.context.theme.type == "dark" else "light")
