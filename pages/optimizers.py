"""The Optimizers page: which rules there are, when each shines and fails, how it works, and the proof that it is right."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim.races.entry import every_optimizer
from optim.reports.optimizers import demonstration
from pages.shared.compute import cache
from pages.shared.inputs.fields import FAMILY, OPTIMIZER
from pages.shared.inputs.state import shown
from pages.shared.page import page
from pages.shared.panels.catalogue import optimizers as panels
from pages.shared.panels.sidebar import language


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw the list of optimizers beside the one looked at."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        rule = every_optimizer()[panels.choose_rule()]
    panels.show_answer(rule, head)
    with right:
        if rule.matrices:
            panels.show_matrix_rule(rule)
        else:
            result = cache.with_states(demonstration(rule))
            panels.show_race(rule, result, theme)
            panels.show_strengths(rule)
            panels.show_rule(rule, result)
        panels.show_settings(rule)
        panels.show_proof(rule)


page(show, partial(shown, (OPTIMIZER, FAMILY)), inputs=language, race=False)
