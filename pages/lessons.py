"""The Lessons page: a question, answered before its race runs, and the numbers that prove the answer."""

from pathlib import Path

import streamlit as st

from pages.shared.inputs import state
from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.lessons import contents
from pages.shared.panels.lessons import lesson as lesson_panels
from pages.shared.text import translation

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = state.read_link()
lesson, unknown = contents.asked_for()
with st.sidebar:
    translation.switch()
    contents.choose(lesson)
show_notes(notes)
if unknown:
    contents.show_unknown(unknown)
if lesson is None:
    contents.show_all()
else:
    lesson_panels.show(lesson, "dark" if st.context.theme.type == "dark" else "light")
