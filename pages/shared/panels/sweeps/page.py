"""What the pages of many races share: the race that they start from, why there may be none, and a click that opens a race."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import FormulaError, RaceSpec, SpecError
from pages.shared.components.assets import HERE
from pages.shared.components.copy_link import copy_link
from pages.shared.compute import sweep_specs
from pages.shared.inputs.fields import STEPS, Field, Values
from pages.shared.inputs.link_codec import spec_of
from pages.shared.inputs.state import WANTED, WHOLE, put, read_link, shown
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.race import race as race_panels
from pages.shared.panels.sidebar import sidebar
from pages.shared.text.markdown import plain

RACE = "pages/race.py"
ENOUGH = 300
"""Steps with which most racers that can reach the target do."""


def page(show: Callable[[RaceSpec, str, DeltaGenerator], None], looked_at: Iterable[Field] = ()) -> None:
    """Lay out a page of many races: the inputs, what of the link could not be used, the copied link, and what `show` makes of it.

    `show` gets the race, the theme, and the place for the answer. `looked_at` are the page's own inputs.
    """
    st.html(HERE / "page.css")
    go_where_wanted()
    notes = read_link()
    values = sidebar()
    show_notes(notes)
    with st.container(key="head"):
        answer = st.container()
        copy_link(shown(looked_at))
    with answer:
        race = race_of(values)
    if race is not None:
        show(race, "dark" if st.context.theme.type == "dark" else "light", answer)


def race_of(values: Values) -> RaceSpec | None:
    """Return the race that the inputs ask for; where there is none, or none that can be scored, say why."""
    try:
        race = spec_of(values)
    except FormulaError as error:
        race_panels.show_no_race(values["f"], error)
        return None
    except SpecError as error:
        st.error(plain(str(error)))
        return None
    why = sweep_specs.unscored(race)
    if why:
        st.markdown("### There is nothing to score by on this function")
        st.markdown(plain(f"{why} These pages ask how near a racer comes to it: choose another function."))
        return None
    return race


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


def open_soon(race: RaceSpec) -> None:
    """From a callback: have the page that is about to run open this race."""
    st.session_state[WANTED] = race.to_json()


def go_where_wanted() -> None:
    """Open the race that a click asked for, if one did; asked again until the visitor is there, should a rerun come between."""
    wanted = st.session_state.get(WANTED)
    if wanted is not None:
        st.switch_page(RACE, query_params={WHOLE: wanted})
