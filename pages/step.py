"""The Step page: one optimizer under the glass, and why it took that step."""

from pathlib import Path

import streamlit as st

from optim import FormulaError, SpecError
from pages.shared import compute, glass, panels, state
from pages.shared.controls import sidebar
from pages.shared.copy_link import copy_link
from pages.shared.fields import GLASS
from pages.shared.links import spec_of
from pages.shared.take_away import take_away

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
values = sidebar()
panels.show_notes(notes)
head = st.container(key="head")
try:
    result = compute.run(spec_of(values))
except FormulaError as error:  # no st.stop: after it Streamlit would keep the inputs that are gone
    panels.show_no_race(values["f"], error)
except SpecError as error:
    st.error(str(error))
else:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    racer = glass.choose_racer(result)
    run = compute.under_the_glass(result.spec, racer)
    step = glass.choose_step(run)
    with head:
        glass.show_why(result, racer, run, step)
    if 1 <= step <= run.taken:
        left, right = st.columns(2)
        with left:
            glass.show_lines(run, step)
        with right:
            glass.show_close_up(run, step, theme)
            glass.show_row(result, racer, step)
    if run.taken:
        glass.show_histories(run, step, theme)
    take_away(result, "step", theme, own=True)
    state.open_race(result.spec)
with head:
    copy_link(state.shown(GLASS))
