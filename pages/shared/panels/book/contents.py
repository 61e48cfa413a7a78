"""The sections of the Book page in their order: which one is asked for, the table of contents, and the way to the next."""

from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optim.i18n.message import joined, message
from pages.shared.components.key_bindings import page_keys
from pages.shared.inputs.link_codec import SECTION
from pages.shared.panels.book import adagrad, adam, digits, four, function, gradient, momentum, sgd
from pages.shared.panels.book.section import Section
from pages.shared.text import translation
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

SECTIONS = {
    section.name: section
    for section in (
        function.SECTION,
        gradient.SECTION,
        sgd.SECTION,
        momentum.SECTION,
        adagrad.SECTION,
        adam.SECTION,
        four.SECTION,
        digits.SECTION,
    )
}
KEY, LIST, LAST = SECTION, "book contents", "book section"
"""The link's parameter for the section; the list in the sidebar; the section shown last."""
BACK, ON = "book-back", "book-on"


def requested() -> Section:
    """Return the section that the link names, else the one shown last, else the first; the address then names it."""
    name = st.query_params.get(KEY, st.session_state.get(LAST, ""))
    section = SECTIONS.get(name, next(iter(SECTIONS.values())))
    st.session_state[LAST] = st.query_params[KEY] = section.name
    return section


def linked() -> dict[str, str]:
    """Return the link's parameters for the section and its inputs."""
    section = requested()
    return {KEY: section.name, **section.shown()}


def unusable() -> list[str]:
    """Return a sentence for each part of the link about sections that cannot be used."""
    return [_note(*found) for found in _unusable()]


def _unusable() -> Iterator[tuple[str, str, str, str]]:
    """Yield what cannot be used: its key, what it is called, what would do, and what is used instead."""
    choices: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        (KEY, message("Section"), SECTIONS),
        (four.HOW, message("Conditions"), four.CONDITIONS),
    )
    for key, title, names in choices:
        if st.query_params.get(key, next(iter(names))) not in names:
            yield key, title, message("one of {names}", names=joined(", ", names)), next(iter(names))
    for field in (field for section in SECTIONS.values() for field in section.fields):
        if field.key in st.query_params and field.read(st.query_params[field.key]) is None:
            yield field.key, field.title, field.expected, field.write(field.default)


def _note(key: str, title: str, expected: str, instead: str) -> str:
    return message(
        "{title} ({key}) was {given!r}; expected {expected}. Using {instead}.",
        title=title,
        key=key,
        given=st.query_params[key][:40],
        expected=expected,
        instead=instead,
    )


def show_sidebar() -> None:
    """Show the sidebar: the language, and the table of contents, to choose a section."""
    section = requested()
    st.session_state[LIST] = section.name
    titles = {name: f"{number}. {plain(translate(one.title))}" for number, (name, one) in enumerate(SECTIONS.items(), start=1)}
    with st.sidebar:
        translation.switch()
        st.radio(translate("Sections"), list(SECTIONS), format_func=titles.__getitem__, key=LIST, on_change=_chosen)
        st.caption(
            translate(
                "This page follows a reader's notebook through chapter 6 of “Deep Learning from Scratch”. The small numbers beside "
                "the headings are the notebook's cells."
            )
        )


def _chosen() -> None:
    _go(st.session_state[LIST])


def _go(name: str) -> None:
    st.query_params[KEY] = name


def show_head(section: Section, place: DeltaGenerator) -> None:
    """Show the section's title in the place for the headline; below it the question, and the ways back and on."""
    names = list(SECTIONS)
    number = names.index(section.name)
    place.caption(translate("Section {number} of {all}", number=number + 1, all=len(names)))
    place.markdown(f"# {plain(translate(section.title))}")
    st.markdown(f"**{plain(translate(section.question))}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        before, after = names[max(number - 1, 0)], names[min(number + 1, len(names) - 1)]
        _button(translate("Previous section"), BACK, before, number > 0, ":material/arrow_back:")
        _button(translate("Next section"), ON, after, number + 1 < len(names), ":material/arrow_forward:")
        page_keys(translate("Keys: ← previous section, → next section"), {"ArrowLeft": BACK, "ArrowRight": ON})


def show_end(section: Section) -> None:
    """Lead on to the next section at the end of this one."""
    names = [*SECTIONS, ""]
    after = names[names.index(section.name) + 1]
    if after:
        title = translate("Next: {title}", title=translate(SECTIONS[after].title))
        st.button(plain(title), key="book next", on_click=_go, args=(after,), icon=":material/arrow_forward:", type="primary")


def _button(label: str, key: str, name: str, possible: bool, icon: str) -> None:
    st.button(label, key=key, on_click=_go, args=(name,), disabled=not possible, icon=icon)
