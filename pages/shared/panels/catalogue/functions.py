"""The panels of the Functions page: pictures by what they teach, one function, and the proof that the gradients are right."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import PROBLEMS, Problem
from optim.figures import terrain
from optim.i18n.message import joined, message
from optim.i18n.phrases import place, sentences
from optim.problems.diagnostics import POINTS
from optim.races.suggested import first_race
from optim.reports.functions import gradient_fact, groups
from pages.shared.compute import cache
from pages.shared.inputs.fields import SHOWN, TAG
from pages.shared.inputs.navigation import open_race
from pages.shared.inputs.widgets import menu
from pages.shared.text.markdown import PLOT, badge, plain, said_of
from pages.shared.text.translation import translate

HIGH, WIDE = 640, 92
PROOF = "gradients-checked"
"""The place on the page where the gradients' check stands."""


def show_answer(place: DeltaGenerator) -> None:
    """Say how the functions are grouped, with a badge that leads to the proof; `place` is for the headline."""
    title = translate("{count} functions, by what they teach", count=len(PROBLEMS))
    words = translate("every gradient checked")
    place.markdown(f"# {title}\n\n{badge(words, PROOF)}")


def choose() -> str:
    """Show the gallery, all of it or one keyword's, by what they teach; return the name of the function looked at."""
    columns = st.columns(2)
    with columns[0]:
        chosen = menu(SHOWN)
    with columns[1]:
        tag = menu(TAG)
    shown = groups("" if tag == TAG.default else tag)
    many = sum(map(len, shown.values())) > 12
    with st.container(height=HIGH if many else "content", gap="small", key="gallery"):
        for family, names in shown.items():
            st.markdown(f"**{plain(translate(family))}**")
            with st.container(horizontal=True, gap="small"):
                for name in names:
                    _picture(name, chosen=name == chosen)
    return chosen


def _picture(name: str, *, chosen: bool) -> None:
    title = translate(PROBLEMS[name].title)
    kind: Literal["primary", "secondary"] = "primary" if chosen else "secondary"
    with st.container(width=WIDE, gap="xxsmall"):
        alt = translate("Small contour map of {title}", title=PROBLEMS[name].title)
        st.image(cache.picture(name), width=WIDE, alt=alt)
        st.button(title, key=f"show {name}", on_click=_look_at, args=(name,), type=kind, width="stretch")


def _look_at(name: str) -> None:
    st.session_state[SHOWN.key] = name


def show_function(problem: Problem, theme: str) -> None:
    """Show a function: what it teaches, its map, and its formula."""
    st.markdown(f"## {plain(translate(problem.title))}")
    st.markdown(plain(translate(problem.teaches)))
    alt = translate("Contour map of {title}", title=problem.title)
    st.plotly_chart(terrain(problem, theme, translator=translate), theme=None, config=PLOT, key="terrain", alt=alt)
    st.caption(translate("A dot is a start, a star a minimum."))
    st.latex(f"f(x, y) = {problem.latex}")


def show_facts(problem: Problem) -> None:
    """Show the minima, the conditioning, and where the function comes from."""
    rows = {translate(name): translate(text) for name, text in cache.facts_of(problem.name).items()}
    rows |= {translate("Keywords"): translate(joined(", ", problem.tags)), translate("Source"): translate(problem.reference)}
    st.markdown("\n".join(f"- {said_of(f'**{name}**', plain(text))}" for name, text in rows.items()))


def show_proof(problem: Problem) -> None:
    """Show how well the gradients passed their check."""
    st.subheader(translate("The gradients are right"), anchor=PROOF)
    said = message(
        "Each gradient is derived from the formula and checked against central differences of the function at {points} random "
        "places.",
        points=POINTS,
    )
    st.markdown(plain(translate(sentences(said, cache.gradients(), gradient_fact(problem)))))


def show_races(problem: Problem) -> None:
    """Offer a race from each of the function's starts."""
    with st.container(horizontal=True):
        for i, start in enumerate(problem.starts):
            open_race(first_race(problem, i), translate("Race from {place}", place=place(start)))
