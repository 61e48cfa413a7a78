"""The Functions page: which functions there are, what each teaches, and the proof that its gradient is right."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import PROBLEMS
from pages.shared.inputs.fields import SHOWN, TAG
from pages.shared.inputs.state import shown
from pages.shared.page import page
from pages.shared.panels.catalogue import functions as panels


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw the list of functions beside the one looked at."""
    panels.show_claim(head)
    left, right = st.columns([2, 3], gap="large")
    with left:
        problem = PROBLEMS[panels.choose()]
    with right:
        panels.show_function(problem, theme)
        panels.show_races(problem)
        panels.show_facts(problem)


page(show, partial(shown, (SHOWN, TAG)), inputs=None, race=False)
