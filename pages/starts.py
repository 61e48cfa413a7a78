"""The Starts page: who wins from where, and in which minimum each racer ends up."""

from pathlib import Path

import streamlit as st

from pages.shared import many, panels, starts_view, state
from pages.shared.controls import sidebar

st.html(Path(__file__).parent / "shared" / "page.css")
many.go_where_wanted()
notes = state.read_link()
values = sidebar()
panels.show_notes(notes)
race = many.race_of(values)
if race is not None:
    starts_view.show_starts(race, "dark" if st.context.theme.type == "dark" else "light")
