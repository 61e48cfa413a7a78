"""Optimizer Race: page configuration and navigation, nothing else."""

import base64
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from pages.shared.components import phone
from pages.shared.components.assets import routes
from pages.shared.compute import background, yielding
from pages.shared.inputs import state
from pages.shared.text import translation
from pages.shared.text.translation import translate

CONFIGURED = "page configured"

if __name__ == "__main__":
    yielding.begin()
    if CONFIGURED not in st.session_state:  # the browser keeps it, and hearing it again costs it several milliseconds
        icon = base64.b64encode((Path(__file__).parent / ".streamlit" / "icon.png").read_bytes()).decode()
        st.set_page_config("Optimizer Race", f"data:image/png;base64,{icon}", layout="wide")  # a file's address would pass away
    translation.keep_in_link()
    pages = [
        st.Page("pages/race.py", title=translate("Race"), icon=":material/sports_score:", default=True),
        st.Page("pages/book.py", title=translate("Book"), icon=":material/menu_book:"),
        st.Page("pages/lessons.py", title=translate("Lessons"), icon=":material/school:"),
        st.Page("pages/step.py", title=translate("Step"), icon=":material/search:"),
        st.Page("pages/rates.py", title=translate("Learning rates"), icon=":material/tune:"),
        st.Page("pages/starts.py", title=translate("Starts"), icon=":material/grid_on:"),
        st.Page("pages/fair.py", title=translate("Fair race"), icon=":material/balance:"),
        st.Page("pages/functions.py", title=translate("Functions"), icon=":material/terrain:"),
        st.Page("pages/optimizers.py", title=translate("Optimizers"), icon=":material/verified:"),
    ]
    page = st.navigation(pages, position="hidden" if st.context.is_embedded else "top")
    state.arrive(page.url_path)
    if not st.context.is_embedded:  # a frame has no menu, and its one race sees to its own charts
        phone.at_hand()
    background.workers()  # started with the first visit, so that they are warm when a page of many races asks
    page.run()
    st.session_state[CONFIGURED] = True  # only now: of a run that is broken off the browser may not hear
else:
    # The server imports this file before anybody visits. Until st.navigation has run once, Streamlit takes every file in pages/
    # for a page of its own, so the first visitor of a link to a page would see it without navigation and configuration.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, routes=routes())
    yielding.keep_what_stays()
