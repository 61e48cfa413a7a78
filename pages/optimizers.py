"""The Optimizers page: which rules there are, how each works, and the proof that it is right."""

from pathlib import Path

import streamlit as st

from optim import OPTIMIZERS
from optim.reports.optimizers import demonstration
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.catalogue import optimizers

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = state.read_link()
theme = "dark" if st.context.theme.type == "dark" else "light"
show_notes(notes)
optimizers.show_claim()
left, right = st.columns([2, 3], gap="large")
with left:
    rule = OPTIMIZERS[optimizers.choose_rule()]
result = cache.with_states(demonstration(rule))
with right:
    optimizers.show_rule(rule)
    optimizers.show_race(rule, result, theme)
    optimizers.show_proof(rule)
    optimizers.show_settings(rule, result)
