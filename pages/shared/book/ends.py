"""What stands at the end of a section with a race: where to go on with it."""

from dataclasses import replace

import streamlit as st

from optim import RaceResult
from pages.shared.state import open_race, open_step
from pages.shared.words import say


def ways_out(result: RaceResult, *, racer: int = 1, step: int = 1) -> None:
    """Lead on to the Race page with this very race, and to one of its steps on the Step page.

    Whatever lets the race be taken away goes here: every section with a race ends with this.
    """
    spec = replace(result.spec, target=None)
    with st.container(horizontal=True):
        open_race(spec, say("Open this race on the Race page"))
        open_step(spec, racer, step, say("Look at step {step} on the Step page", step=step))
