"""The Optimizers page: which rules there are, how each works, and the proof that it is right."""

from pathlib import Path

import streamlit as st

from optim import OPTIMIZERS
from optim.catalogue import demonstration
from pages.shared import cards, compute, panels, state

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
theme = "dark" if st.context.theme.type == "dark" else "light"
panels.show_notes(notes)
cards.show_claim()
left, right = st.columns([2, 3], gap="large")
with left:
    rule = OPTIMIZERS[cards.choose_rule()]
result = compute.with_states(demonstration(rule))
with right:
    cards.show_rule(rule)
    cards.show_race(rule, result, theme)
    cards.show_proof(rule)
    cards.show_settings(rule, result)
