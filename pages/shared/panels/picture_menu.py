"""The menu of functions as pictures: a dialog with a search, beside the drop-down menu that serves the keyboard."""

import streamlit as st

from optim import PROBLEMS, Problem
from pages.shared.compute import cache
from pages.shared.inputs import racers
from pages.shared.inputs.fields import CUSTOM, FUNCTION, OWN
from pages.shared.text.translation import translate

WIDE = 104
"""Pixels of a picture and the name under it."""


def picture_menu() -> None:
    """Show the button that opens the menu."""
    if st.button(translate("Choose by picture"), key="pictures", icon=":material/grid_view:", width="stretch"):
        st.dialog(translate("Choose a function"), width="large")(_pictures)()


def _pictures() -> None:
    wanted = st.text_input(translate("Search by name or keyword"), key="picture search", type="search", live=True) or ""
    own = translate(OWN)
    chosen = st.button(own, key=f"picture {CUSTOM}", on_click=_take, args=(CUSTOM,), icon=":material/edit:")
    found = [(name, problem) for name, problem in PROBLEMS.items() if _matches(problem, wanted.strip().lower())]
    with st.container(horizontal=True, gap="small", key="picture-menu"):
        for name, problem in found:
            title = translate(problem.title)
            with st.container(width=WIDE, gap="xxsmall"):
                st.image(cache.picture(name), width=WIDE, alt=translate("Small contour map of {title}", title=problem.title))
                chosen |= st.button(title, key=f"picture {name}", on_click=_take, args=(name,), width="stretch")
    if not found:
        st.markdown(translate("No function goes by that."))
    if chosen:
        st.rerun()  # the whole page, which closes the dialog


def _matches(problem: Problem, wanted: str) -> bool:
    said = (problem.title, problem.family, *problem.tags)
    return any(wanted in text.lower() for text in (*said, *map(translate, said)))


def _take(name: str) -> None:
    """From a callback: choose a function, as the drop-down menu does."""
    st.session_state[FUNCTION.key] = name
    racers.function_chosen()
