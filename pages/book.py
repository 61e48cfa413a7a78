"""The Book page: the notebook's way through the book's chapter on optimizers, section by section, live."""

from pathlib import Path

import streamlit as st

from pages.shared.inputs.widgets import show_notes
from pages.shared.panels.book import contents
from pages.shared.text import translation

st.html(Path(__file__).parent / "shared" / "components" / "page.css")
notes = contents.read_link()
section = contents.asked_for()
with st.sidebar:
    translation.switch()
    contents.show_list(section)
show_notes(notes)
contents.show_head(section)
section.show(section, "dark" if st.context.theme.type == "dark" else "light")
contents.show_end(section)
