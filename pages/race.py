"""The Race page: watch, and read who won and why."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.components.race_view.component import race_view
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.fields import VIEW
from pages.shared.page import page
from pages.shared.panels.race import beside, embedded
from pages.shared.panels.race import race as panels
from pages.shared.panels.race.export import take_away


def show(theme: str, head: DeltaGenerator) -> Callable[[], None]:
    """Draw the race in the sidebar and its result; twenty seeds of it can wait."""
    result = cache.run(state.current_race())
    others = beside.others(result)
    with head:
        panels.show_question(result)
    race_view(result, theme, others)
    panels.show_verdict(result)
    beside.show_beside(result)
    seeds = st.container(key="seeds-told")
    panels.show_options()
    panels.show_table(result)
    panels.show_ends(result)
    panels.show_further(result)
    take_away(result, "race", theme, from_inputs=True, others=others)
    return partial(panels.show_seeds, result, seeds)


if st.context.is_embedded:
    page(embedded.show, inputs=None)
else:
    page(show, partial(state.shown, VIEW), content_first=True)
