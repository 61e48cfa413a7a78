"""The Functions page: which functions there are, what each teaches, and the proof that its gradient is right."""

from pathlib import Path

import streamlit as st

from optim import PROBLEMS
from pages.shared.inputs import state
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.catalogue import functions

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = state.read_link()
theme = "dark" if st.context.theme.type == "dark" else "light"
show_notes(notes)
functions.show_claim(theme)
left, right = st.columns([2, 3], gap="large")
with left:
    problem = PROBLEMS[functions.choose(theme)]
with right:
    functions.show_function(problem, theme)
    functions.show_races(problem)
    functions.show_facts(problem)
