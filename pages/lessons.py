"""The Lessons page: a question, answered before its race runs, and the numbers that prove the answer."""

from pathlib import Path

import streamlit as st

from pages.shared import lesson_view, lessons_list, panels, state, words

st.html(Path(__file__).parent / "shared" / "page.css")
notes = state.read_link()
lesson, unknown = lessons_list.asked_for()
with st.sidebar:
    words.switch()
    lessons_list.choose(lesson)
panels.show_notes(notes)
if unknown:
    lessons_list.show_unknown(unknown)
if lesson is None:
    lessons_list.show_all()
else:
    lesson_view.show(lesson, "dark" if st.context.theme.type == "dark" else "light")
