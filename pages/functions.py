"""The Functions page: which functions there are, what each teaches, and the proof that its gradient is right."""

from pathlib import Path

import streamlit as st

from optim import PROBLEMS
from pages.shared import gallery, panels, state

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
theme = "dark" if st.context.theme.type == "dark" else "light"
panels.show_notes(notes)
gallery.show_claim(theme)
left, right = st.columns([2, 3], gap="large")
with left:
    problem = PROBLEMS[gallery.choose(theme)]
with right:
    gallery.show_function(problem, theme)
    gallery.show_races(problem)
    gallery.show_facts(problem)
