"""What the pages of sweeps share: a race that can be scored, why there may be none, and tables."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import RaceSpec, SpecError, SweepResult
from optim.i18n.message import message
from optim.i18n.phrases import steps
from pages.shared.compute import sweep_specs
from pages.shared.inputs.fields import STEPS
from pages.shared.inputs.state import current_race, put, value_of
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

_NUMBER = st.column_config.NumberColumn


def with_enough_steps(race: RaceSpec) -> RaceSpec:
    """Return the race with steps enough for an answer where nobody chose how many: the book's 30 are for looking."""
    return replace(race, steps=sweep_specs.ENOUGH[0]) if race.steps == STEPS.default else race


def scored(show: Callable[[RaceSpec, str, DeltaGenerator], None]) -> Callable[[str, DeltaGenerator], None]:
    """Return a page's content that `show` draws for the race in the sidebar, where there is something to score it by."""

    def content(theme: str, head: DeltaGenerator) -> None:
        race = with_enough_steps(current_race())
        why = sweep_specs.unscored(race)
        if not why:
            show(race, theme, head)
            return
        with head:
            title = translate("There is nothing to score by on this function")
            st.markdown(f"# {title}")
            st.markdown(
                plain(translate("{why} This page asks how near an optimizer comes to it: choose another function.", why=why))
            )

    return content


def show_too_much(error: SpecError) -> None:
    """Say that a visitor asks for too much, or for what cannot be, and what to change."""
    if error.field == "run_steps":
        title = translate("This sweep is too large")
        st.markdown(f"# {title}")
        st.markdown(translate("Take fewer steps or racers in the sidebar."))
        st.caption(plain(translate("The limit is {expected}.", expected=error.expected)))
    else:
        title = translate("This cannot be asked")
        st.markdown(f"# {title}")
        st.markdown(plain(translate("{field}: expected {expected}.", field=error.field, expected=error.expected)))


def offer_steps(steps: int) -> None:
    """Where some racer reaches the target from nowhere, offer more steps to all."""
    more = sweep_specs.more_steps(steps)
    if more is not None:
        label = translate("Give everybody {steps} steps", steps=more)
        st.button(label, key="more steps", on_click=put, args=({STEPS.key: more},), icon=":material/add:")


def steps_said(race: RaceSpec) -> str:
    """Return how many steps each run takes, and, where nobody chose them, that these are the page's own."""
    given = value_of(STEPS)
    if given == race.steps:
        return steps(race.steps)
    return message(
        "{steps} (the {given} in the sidebar are too few for an answer; change them there)", steps=steps(race.steps), given=given
    )


def noise_said(race: RaceSpec) -> str:
    """Return what noise there is in every run, as it goes on after a condition; "" where there is none."""
    if not race.noise:
        return ""
    return message(", gradient noise {noise:g}, the same for all, seed {seed}", noise=race.noise, seed=race.seed)


def target_said(result: SweepResult) -> str:
    """Return what counts as having reached the target, in a sentence."""
    return message(
        "Target: within {target:.3g} of {lowest:.4g}, reached and kept, in the domain.", target=result.target, lowest=result.lowest
    )


def price_and_gap() -> dict[str, Any]:
    """Return the columns of a table that say what the target costs, and how near the runs end."""
    restarts = translate("Expected, with restarts from another start")
    return {
        "evaluations": _NUMBER(translate("Evaluations to target"), format="%.0f", help=restarts),
        "median_gap": _NUMBER(translate("Median end gap"), format="%.2g"),
    }
