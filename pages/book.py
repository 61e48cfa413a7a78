"""The Book page: the notebook's way through the book's chapter on optimizers, section by section, live."""

from pathlib import Path

import streamlit as st

from pages.shared import panels, words
from pages.shared.book import contents

st.html(Path(__file__).parent / "shared" / "page.css")
notes = contents.read_link()
section = contents.asked_for()
with st.sidebar:
    words.switch()
    contents.show_list(section)
panels.show_notes(notes)
contents.show_head(section)
section.show(section, "dark" if st.context.theme.type == "dark" else "light")
contents.show_end(section)
