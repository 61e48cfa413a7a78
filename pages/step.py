"""The Step page: one optimizer under the glass, and why it took that step."""

from pathlib import Path

import streamlit as st

from optim import FormulaError, SpecError
from pages.shared.components.copy_link import copy_link
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.fields import GLASS
from pages.shared.inputs.link_codec import spec_of
from pages.shared.panels.race import race as race_panels
from pages.shared.panels.race import step as step_panels
from pages.shared.panels.race.export import take_away
from pages.shared.panels.sidebar import sidebar

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = state.read_link()
values = sidebar()
race_panels.show_notes(notes)
head = st.container(key="head")
try:
    result = cache.run(spec_of(values))
except FormulaError as error:  # no st.stop: after it Streamlit would keep the inputs that are gone
    race_panels.show_no_race(values["f"], error)
except SpecError as error:
    st.error(str(error))
else:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    racer = step_panels.choose_racer(result)
    run = cache.replayed(result.spec, racer)
    step = step_panels.choose_step(run)
    with head:
        step_panels.show_why(result, racer, run, step)
    if 1 <= step <= run.taken:
        left, right = st.columns(2)
        with left:
            step_panels.show_lines(run, step)
        with right:
            step_panels.show_close_up(run, step, theme)
            step_panels.show_row(result, racer, step)
    if run.taken:
        step_panels.show_histories(run, step, theme)
    take_away(result, "step", theme, own=True)
    state.open_race(result.spec)
with head:
    copy_link(state.shown(GLASS))
