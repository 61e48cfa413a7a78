"""The race embedded in another web page (`?embed=true`): the verdict, the race view, and a link to the app."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim.reports.verdict import verdict
from pages.shared.components.assets import style
from pages.shared.components.race_view.component import race_view
from pages.shared.compute import cache
from pages.shared.inputs.fields import VIEW
from pages.shared.inputs.state import current_race, query, shown
from pages.shared.text.markdown import plain, race_legend
from pages.shared.text.translation import translate


def show(theme: str, _head: DeltaGenerator) -> None:
    """Show the race of the link, small enough for a frame of 700 x 500 pixels."""
    result = cache.run(current_race())
    st.html(style("embedded.css"))
    said = verdict(result)
    with st.container(key="why"):
        st.markdown(f"# {plain(translate(said.headline))}")
    link = f"{st.context.url or ''}?{urlencode({**query(), **shown(VIEW)})}".removesuffix("?")
    way = translate("Open in Optimizer Race")
    st.markdown(f"{race_legend(result)} &emsp; [{way}]({link})")
    race_view(result, theme)
