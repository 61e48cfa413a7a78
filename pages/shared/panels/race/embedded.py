"""The race within another page's frame, `?embed=true`: the verdict and the race view, and the way to the app."""

from urllib.parse import urlencode

import streamlit as st

from optim import RaceResult
from optim.reports.verdict import verdict
from pages.shared.components.assets import HERE
from pages.shared.components.race_view.component import race_view
from pages.shared.inputs.fields import VIEW
from pages.shared.inputs.state import query, shown
from pages.shared.text.markdown import plain, race_legend
from pages.shared.text.translation import translate


def show(result: RaceResult, theme: str) -> None:
    """Show the race as a link says it, small enough for a frame of 700 x 500."""
    st.html(HERE / "embedded.css")
    said = verdict(result)
    st.markdown(f"### {plain(translate(said.headline))}")
    link = f"{st.context.url or ''}?{urlencode({**query(), **shown(VIEW)})}".removesuffix("?")
    way = translate("Open in Optimizer Race")
    st.markdown(f"{race_legend(result)} &emsp; [{way}]({link})")
    race_view(result, theme)
