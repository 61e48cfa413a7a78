"""The Fair race page: everybody tuned alike with one budget, and how that changes the order."""

from pathlib import Path

import streamlit as st

from pages.shared import fair_view, many, panels, state
from pages.shared.controls import sidebar

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
values = sidebar()
panels.show_notes(notes)
race = many.race_of(values)
if race is not None:
    fair_view.show_fair(race, "dark" if st.context.theme.type == "dark" else "light")
