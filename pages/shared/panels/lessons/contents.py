"""Which lesson is asked for, what was answered in this session, and the list of all lessons."""

import itertools

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim import LESSONS, RaceSpec
from optim.lessons.lesson import Lesson
from pages.shared.compute import cache
from pages.shared.inputs.link_codec import LESSON
from pages.shared.text import translation
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate, translate_plural

KEY, LIST, ANSWERS = LESSON, "list of lessons", "lessons answered"
"""The link's parameter for the lesson; the list in the sidebar; the answers given, by lesson."""
ALL = "all"
SIGNS = {True: "✓", False: "✗"}
PICTURE = 92
"""Pixels of the small picture of a lesson's function."""


def requested() -> tuple[Lesson | None, str]:
    """Return the lesson that the link names, if any, and a name in it that no lesson has."""
    name = st.query_params.get(KEY, ALL)
    return LESSONS.get(name), "" if name in (ALL, *LESSONS) else name


def linked() -> dict[str, str]:
    """Return the link's parameter for the lesson."""
    lesson, _ = requested()
    return {KEY: lesson.name} if lesson else {}


def go(name: str) -> None:
    """From a callback: show a lesson, or all of them."""
    if name == ALL:
        st.query_params.pop(KEY, None)
    else:
        st.query_params[KEY] = name


def given(lesson: Lesson) -> int | None:
    """Return which choice was answered in this session."""
    answers: dict[str, int] = st.session_state.get(ANSWERS, {})
    return answers.get(lesson.name)


def answer(name: str, choice: int | None) -> None:
    """From a callback: take an answer, or take it back."""
    answers = {**st.session_state.get(ANSWERS, {}), name: choice}
    st.session_state[ANSWERS] = {name: choice for name, choice in answers.items() if choice is not None}


def was_right(lesson: Lesson) -> bool | None:
    """Return whether the answer was right, None where there is none yet."""
    chosen = given(lesson)
    return None if chosen is None else chosen == lesson.right


def show_sidebar() -> None:
    """Show the sidebar: the language, and the list of lessons, to choose one."""
    lesson, _ = requested()
    st.session_state[LIST] = lesson.name if lesson else ALL
    listed = {name: _listed(name) for name in (ALL, *LESSONS)}
    with st.sidebar:
        translation.switch()
        st.radio(translate("Lessons"), list(listed), format_func=listed.__getitem__, key=LIST, on_change=_chosen)


def _chosen() -> None:
    go(st.session_state[LIST])


def _listed(name: str) -> str:
    if name == ALL:
        return translate("All lessons")
    lesson = LESSONS[name]
    title, state = plain(translate(lesson.title)), was_right(lesson)
    return title if state is None else f"{title} {SIGNS[state]}"


def _show_unknown(name: str) -> None:
    """Say that a link names a lesson that does not exist."""
    with st.container(border=True):
        st.markdown(plain(translate("There is no lesson called “{name}”. These are all of them.", name=name[:40])))


def show_all(place: DeltaGenerator, unknown: str) -> None:
    """Show what there is to learn: every lesson's question, by theme, and how far the visitor has come.

    `place` is for the headline; `unknown` is what a link calls a lesson that does not exist, if one does.
    """
    head = translate_plural("{count} experiment of a minute", "{count} experiments of a minute each", len(LESSONS))
    place.markdown(f"# {head}")
    if unknown:
        _show_unknown(unknown)
    st.markdown(
        translate(
            "What limits a learning rate, where runs get stuck, why they do not settle, and what Adam sees that SGD does not. "
            "Each asks a question first: choose an answer, watch the race, and read the number that decides."
        )
    )
    _progress()
    for theme, lessons in itertools.groupby(LESSONS.values(), lambda lesson: lesson.theme):
        st.markdown(f"## {translate(theme)}")
        with st.container(horizontal=True):
            for lesson in lessons:
                _card(lesson)


def _progress() -> None:
    known = [was_right(lesson) for lesson in LESSONS.values()]
    done = len(known) - known.count(None)
    if done:
        text = translate("{done} of {all} answered, {right} of them right.", done=done, all=len(known), right=known.count(True))
        st.progress(done / len(known), text)
        st.button(translate("Start over"), on_click=_forget, icon=":material/restart_alt:", type="tertiary")


def _forget() -> None:
    st.session_state[ANSWERS] = {}


def _card(lesson: Lesson) -> None:
    state = was_right(lesson)
    with st.container(border=True, width=222, height="stretch", gap="small"):
        title = plain(translate(lesson.title))
        st.button(title, key=f"open {lesson.name}", on_click=go, args=(lesson.name,), width="stretch")
        spec = lesson.races[-1].spec
        if isinstance(spec, RaceSpec):
            picture = cache.picture(str(spec.problem), spec.rotate, spec.stretch, spec.shift)
            st.image(picture, width=PICTURE, alt=translate("Small contour map of {title}", title=spec.function.title))
        st.markdown(plain(translate(lesson.question)))
        if state is not None:
            words = translate("answered right") if state else translate("answered wrong")
            st.caption(f"{SIGNS[state]} {words}")
