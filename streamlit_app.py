"""Optimizer Race: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

st.set_page_config("Optimizer Race", str(Path(__file__).parent / ".streamlit" / "icon.png"), layout="wide")
pages = [
    st.Page("pages/race.py", title="Race", icon=":material/sports_score:", default=True),
    st.Page("pages/optimizers.py", title="Optimizers", icon=":material/verified:"),
]
st.navigation(pages, position="top").run()
