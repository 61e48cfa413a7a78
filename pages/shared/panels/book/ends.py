"""The end of a section with a race: links to other pages with that race, and the export panel."""

from dataclasses import replace

import streamlit as st

from optim import RaceResult
from pages.shared.inputs.navigation import open_race, open_step
from pages.shared.inputs.presets import BOOK
from pages.shared.panels.race.export import take_away
from pages.shared.text.translation import translate


def race_here(problem: str) -> None:
    """Lead on from a function that nobody races on here to the book's four on it."""
    open_race(replace(BOOK.spec, problem=problem), translate("Race the book's four optimizers on this function"))


def ways_out(result: RaceResult, section: str, theme: str, *, racer: int = 1, step: int = 1) -> None:
    """Lead on to the Race page with this very race, and to one of its steps on the Step page; offer to take the race away."""
    with st.container(horizontal=True):
        open_race(result.spec, translate("Open this race on the Race page"))
        open_step(result.spec, racer, step, translate("Look at step {step} on the Step page", step=step))
    take_away(result, f"book {section}", theme)
