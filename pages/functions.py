"""The Functions page: which functions there are, by what they teach, and the proof that their gradients are right."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import PROBLEMS
from pages.shared.inputs.fields import SHOWN, TAG
from pages.shared.inputs.state import shown
from pages.shared.page import page
from pages.shared.panels.catalogue import functions as panels
from pages.shared.panels.sidebar import language


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw the list of functions beside the one looked at."""
    panels.show_answer(head)
    left, right = st.columns([2, 3], gap="large")
    with left:
        problem = PROBLEMS[panels.choose()]
    with right:
        panels.show_function(problem, theme)
        panels.show_races(problem)
        panels.show_facts(problem)
        panels.show_proof(problem)


page(show, partial(shown, (SHOWN, TAG)), inputs=language, race=False)
