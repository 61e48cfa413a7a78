"""The visitor's language, set by the browser, the link or the switch; and the translation of texts into it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from optim.i18n.message import joined, message, plural, translated
from pages.shared.text.languages import LANGUAGE, LANGUAGES, catalogue

KEY, CHOSEN, FIRST = LANGUAGE, "language chosen", "language at first"
P = ParamSpec("P")
T = TypeVar("T")
WORDS = re.compile(r"\\text\{( *)([^{}]+?)( *)\}")
"""Words in LaTeX, with the spaces around them."""
_LANGUAGE: ContextVar[str | None] = ContextVar("language of this run", default=None)


def translate(text: str, /, **values: Any) -> str:
    """Return a text in the visitor's language: a sentence from the library, or a template with its values."""
    return str(translated(message(text, **values) if values else text, catalogue(language())))


def translate_plural(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return the text for a number of things in the visitor's language; the templates call the number {count}."""
    return plural(one, many, count, **values).translated(catalogue(language()))


def translate_formula(latex: str) -> str:
    """Return LaTeX whose words, which stand in its text, are in the visitor's language; names and signs stay as they are."""
    return WORDS.sub(lambda found: rf"\text{{{found[1]}{translate(found[2])}{found[3]}}}", latex)


def translate_each(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts that go by a name, such as the options of a menu, in the visitor's language."""
    translations = catalogue(language())
    return {name: str(translated(text, translations)) for name, text in texts.items()}


def later(make: Callable[P, T]) -> Callable[P, T]:
    """Return `make` bound to this visitor's language, for calls outside the session such as the callback of a download."""
    name = language()

    def made(*args: P.args, **named: P.kwargs) -> T:
        with speaking(name):
            return make(*args, **named)

    return made


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Translate into a language, by name, as long as the context lasts: outside a session nothing else says which it is."""
    before = _LANGUAGE.set(name)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def set_language() -> str:
    """Determine the visitor's language once for this run and return its name: for every text it would take too long."""
    name = _requested()
    _LANGUAGE.set(name)
    return name


def language() -> str:
    """Return the name of the visitor's language: what the switch says, else the link, else the browser, else English."""
    return _LANGUAGE.get() or _requested()


def _requested() -> str:
    for name in (st.session_state.get(KEY), st.session_state.get(CHOSEN), st.query_params.get(KEY)):
        if name in LANGUAGES:
            return str(name)
    browser = (st.context.locale or "").split("-")[0].lower()
    return browser if browser in LANGUAGES else next(iter(LANGUAGES))


def switch(keep: Callable[[], None] | None = None) -> None:
    """Show the switch of languages; `keep` is called at a change, before anything is shown in the other language."""
    now = language()
    # The default goes with every message, a value that is set with one: a browser that drops it, since the page ran again at once,
    # would show no language as chosen.
    first = st.session_state.setdefault(FIRST, now)
    if st.session_state.get(KEY, first) != now:
        st.session_state[KEY] = now
    st.segmented_control(
        "Language · 言語",
        list(LANGUAGES),
        default=first,
        format_func=LANGUAGES.__getitem__,
        key=KEY,
        required=True,
        on_change=_choose,
        args=(keep,),
    )


def keep_in_link() -> None:
    """Keep the language in the address bar of every page, once one was chosen or came with a link."""
    if st.query_params.get(KEY) in LANGUAGES:
        st.session_state.setdefault(CHOSEN, st.query_params[KEY])
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None and st.query_params.get(KEY) != chosen:
        st.query_params[KEY] = chosen
    set_language()


def in_link() -> dict[str, str]:
    """Return the link's parameter for the language, where one was chosen or came with a link."""
    chosen = st.session_state.get(CHOSEN)
    return {} if chosen is None else {KEY: chosen}


def restore(address: Mapping[str, str]) -> None:
    """Take the language that an address names, or the browser's where it names none."""
    for key in (KEY, CHOSEN):
        st.session_state.pop(key, None)
    if address.get(KEY) in LANGUAGES:
        st.session_state[CHOSEN] = address[KEY]
    st.session_state[KEY] = set_language()


def _choose(keep: Callable[[], None] | None) -> None:
    st.session_state[CHOSEN] = st.session_state[KEY]
    if keep is not None:
        keep()


def link_notes() -> list[str]:
    """Return a note on an unknown language in the link, and remove it from the address."""
    given = st.query_params.get(KEY)
    if given is None or given in LANGUAGES:
        return []
    del st.query_params[KEY]
    note = message(
        "Language ({key}) was {given!r}; expected one of {names}. Using {instead}.",
        key=KEY,
        given=given[:40],
        names=joined(", ", LANGUAGES),
        instead=LANGUAGES[language()],
    )
    return [note]
