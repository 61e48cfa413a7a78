"""What the pages of sweeps share: a race that can be scored, why there may be none, and tables."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import RaceSpec, SpecError
from pages.shared.compute import sweep_specs
from pages.shared.inputs.fields import STEPS
from pages.shared.inputs.state import current_race, put
from pages.shared.text.markdown import plain

ENOUGH = 300
"""Steps with which most racers that can reach the target do."""


def scored(show: Callable[[RaceSpec, str, DeltaGenerator], None]) -> Callable[[str, DeltaGenerator], None]:
    """Return a page's content that `show` draws for the race in the sidebar, where there is something to score it by."""

    def content(theme: str, head: DeltaGenerator) -> None:
        race = current_race()
        why = sweep_specs.unscored(race)
        if not why:
            show(race, theme, head)
            return
        with head:
            st.markdown("### There is nothing to score by on this function")
            st.markdown(plain(f"{why} These pages ask how near a racer comes to it: choose another function."))

    return content


def show_too_much(error: SpecError) -> None:
    """Say that a visitor asks for too much, or for what cannot be, and what to change."""
    if error.field == "run_steps":
        st.markdown("### That is more than one visitor may ask for at once")
        st.markdown(plain(f"The limit is {error.expected}."))
        st.caption("Take fewer steps or racers in the sidebar.")
    else:
        st.markdown("### This cannot be asked")
        st.markdown(plain(f"{error.field}: expected {error.expected}."))


def offer_steps(steps: int) -> None:
    """Where some racer reaches the target from nowhere, offer more steps to all."""
    if steps < ENOUGH:
        st.button(f"Give everybody {ENOUGH} steps", on_click=put, args=({STEPS.key: ENOUGH},), icon=":material/add:")


def show_frame(table: pd.DataFrame, config: dict[str, Any], key: str, alt: str) -> None:
    """Show the columns of a table that `config` names, in its order; a dash where there is no number."""
    st.dataframe(table, hide_index=True, column_order=list(config), column_config=config, placeholder="–", key=key, alt=alt)
