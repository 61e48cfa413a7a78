"""The Step page: one optimizer's step, and why it took that step."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.navigation import open_race
from pages.shared.page import page
from pages.shared.panels.race import step as panels
from pages.shared.panels.race.export import take_away


def show(theme: str, head: DeltaGenerator) -> None:
    """Draw one step of one optimizer of the race in the sidebar."""
    result = cache.run(state.current_race())
    racer, run, step = panels.choose(result)
    with head:
        panels.show_why(result, racer, run, step)
    if 1 <= step <= run.taken:
        left, right = st.columns(2)
        with left:
            panels.show_close_up(result, racer, run, step, theme)
            panels.show_row(result, racer, step)
        with right:
            panels.show_lines(run, step)
    if run.taken:
        panels.show_histories(run, step, theme)
    take_away(result, "step", theme, from_inputs=True)
    open_race(result.spec)


page(show, panels.linked)
