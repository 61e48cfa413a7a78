"""Optimizer Race: page configuration and navigation, nothing else."""

import base64
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from pages.shared.components import assets, everywhere, formula_preview, qr
from pages.shared.components.race_view import live, newcomers
from pages.shared.compute import background, yielding
from pages.shared.inputs import state
from pages.shared.sitemap import DOORS, RACE
from pages.shared.text import translation
from pages.shared.text.translation import translate

CONFIGURED = "page configured"

if __name__ == "__main__":
    yielding.yield_at_start()
    if CONFIGURED not in st.session_state:  # the browser keeps it, and applying it again takes several milliseconds
        # The icon is inlined, because Streamlit's media URLs expire.
        icon = base64.b64encode((Path(__file__).parent / ".streamlit" / "icon.png").read_bytes()).decode()
        st.set_page_config("Optimizer Race", f"data:image/png;base64,{icon}", layout="wide")
    translation.keep_in_link()
    menu = {
        translate(door.title): [
            st.Page(one.file, title=translate(one.title), icon=one.icon, default=one is RACE) for one in door.pages
        ]
        for door in DOORS
    }
    page = st.navigation(menu, position="hidden" if st.context.is_embedded else "top")
    state.enter_page(page.url_path)
    everywhere.attach()
    background.workers()  # started with the first visit, so that they are ready when a sweep page needs them
    page.run()
    st.session_state[CONFIGURED] = True  # only now: of an interrupted run the browser may not have received it
else:
    # The server imports this file before anybody visits. Until st.navigation has run once, Streamlit takes every file in pages/
    # for a page of its own, so the first visitor of a link to a page would see it without navigation and configuration.
    PagesManager.uses_pages_directory = False
    routes = [*assets.routes(), *formula_preview.routes(), *live.routes(), *newcomers.routes(), *qr.routes()]
    app = st.App(__file__, routes=routes, middleware=assets.middleware())
    yielding.freeze_loaded()
