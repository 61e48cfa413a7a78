"""The panels of the Functions page: the claim, the gallery, and what there is to know about one function."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import PROBLEMS, Problem
from optim.figures import terrain
from optim.i18n.phrases import place
from optim.problems.diagnostics import POINTS
from optim.races.suggested import first_race
from pages.shared.compute import cache
from pages.shared.inputs.fields import SHOWN, TAG
from pages.shared.inputs.navigation import open_race
from pages.shared.inputs.widgets import menu
from pages.shared.text.markdown import PLOT, plain

HIGH, WIDE = 640, 92


def show_claim(place: DeltaGenerator) -> None:
    """Say how many functions there are and how well their gradients passed the check; `place` is for the headline."""
    cache.thumbnails()
    place.markdown(f"### {plain(cache.gradients())}")
    st.caption(
        f"Each gradient is derived from the formula and held against central differences of the function at {POINTS} random places."
    )


def choose() -> str:
    """Show the gallery, all of it or one keyword's, and return the registry name of the function looked at."""
    columns = st.columns(2)
    with columns[0]:
        chosen = menu(SHOWN)
    with columns[1]:
        tag = menu(TAG)
    names = [name for name, problem in PROBLEMS.items() if tag in ("all", *problem.tags)]
    pictures = cache.thumbnails()
    with st.container(height=HIGH if len(names) > 12 else "content", horizontal=True, gap="small", key="gallery"):
        for name in names:
            with st.container(width=WIDE, gap="xxsmall"):
                st.image(pictures[name], width=WIDE, alt=f"Small contour map of {PROBLEMS[name].title}")
                _button(name, name == chosen)
    return chosen


def _button(name: str, chosen: bool) -> None:
    kind: Literal["primary", "secondary"] = "primary" if chosen else "secondary"
    st.button(PROBLEMS[name].title, key=f"show {name}", on_click=_look_at, args=(name,), type=kind, width="stretch")


def _look_at(name: str) -> None:
    st.session_state[SHOWN.key] = name


def show_function(problem: Problem, theme: str) -> None:
    """Show a function: its formula, what it teaches, and its map."""
    st.markdown(f"### {plain(problem.title)}")
    st.markdown(plain(problem.teaches))
    st.latex(f"f(x, y) = {problem.latex}")
    st.plotly_chart(terrain(problem, theme), theme=None, config=PLOT, key="terrain", alt=f"Contour map of {problem.title}")
    st.caption("A ring is a start, a star a minimum.")


def show_facts(problem: Problem) -> None:
    """Show the minima, the conditioning and the gradient's check, and where the function comes from."""
    rows = cache.facts_of(problem.name) | {"Keywords": ", ".join(problem.tags), "Source": problem.reference}
    st.markdown("\n".join(f"- **{name}**: {plain(text)}" for name, text in rows.items()))


def show_races(problem: Problem) -> None:
    """Offer a race from each of the function's starts."""
    with st.container(horizontal=True):
        for i, start in enumerate(problem.starts):
            open_race(first_race(problem, i), f"Race from {place(start)}")
