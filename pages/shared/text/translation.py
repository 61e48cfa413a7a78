"""The visitor's language: chosen by the browser, or by the switch, which the link keeps; and every text said in it."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from optim.i18n.message import message, plural, translated
from pages.shared.text.languages import LANGUAGE, LANGUAGES, catalogue

KEY, CHOSEN = LANGUAGE, "language chosen"
P = ParamSpec("P")
T = TypeVar("T")
_SETTLED: ContextVar[str | None] = ContextVar("language of this run", default=None)


def translate(text: str, /, **values: Any) -> str:
    """Return a text in the visitor's language: a sentence from the library, or a template with its values."""
    return str(translated(message(text, **values) if values else text, catalogue(language())))


def translate_plural(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return the text for a number of things in the visitor's language; the templates call the number {count}."""
    return plural(one, many, count, **values).translated(catalogue(language()))


def translate_each(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts that go by a name, such as the options of a menu, in the visitor's language."""
    translations = catalogue(language())
    return {name: str(translated(text, translations)) for name, text in texts.items()}


def later(make: Callable[P, T]) -> Callable[P, T]:
    """Return `make` so that it speaks this visitor's language whenever it is called, such as when a file is made at a click."""
    name = language()

    def made(*args: P.args, **named: P.kwargs) -> T:
        before = _SETTLED.set(name)
        try:
            return make(*args, **named)
        finally:
            _SETTLED.reset(before)

    return made


def settle() -> str:
    """Find out the visitor's language for this run, and return its name; finding it out for every text would take too long."""
    name = _wanted()
    _SETTLED.set(name)
    return name


def language() -> str:
    """Return the name of the visitor's language: what the switch says, else the link, else the browser, else English."""
    return _SETTLED.get() or _wanted()


def _wanted() -> str:
    for wanted in (st.session_state.get(KEY), st.session_state.get(CHOSEN), st.query_params.get(KEY)):
        if wanted in LANGUAGES:
            return str(wanted)
    browser = (st.context.locale or "").split("-")[0].lower()
    return browser if browser in LANGUAGES else next(iter(LANGUAGES))


def switch(keep: Callable[[], None] | None = None) -> None:
    """Show the switch of languages; `keep` is called at a change, before anything is shown in the other language."""
    st.session_state.setdefault(KEY, language())
    st.segmented_control(
        "Language · 言語",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=KEY,
        required=True,
        on_change=_choose,
        args=(keep,),
    )


def keep_in_link() -> None:
    """Have the address bar name the language once one was chosen or came with a link, on every page."""
    if st.query_params.get(KEY) in LANGUAGES:
        st.session_state.setdefault(CHOSEN, st.query_params[KEY])
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None and st.query_params.get(KEY) != chosen:
        st.query_params[KEY] = chosen
    settle()


def in_link() -> dict[str, str]:
    """Return the link's parameter for the language, where one was chosen or came with a link."""
    chosen = st.session_state.get(CHOSEN)
    return {} if chosen is None else {KEY: chosen}


def follow(address: Mapping[str, str]) -> None:
    """Take the language that an address names, or the browser's where it names none."""
    for key in (KEY, CHOSEN):
        st.session_state.pop(key, None)
    if address.get(KEY) in LANGUAGES:
        st.session_state[CHOSEN] = address[KEY]
    st.session_state[KEY] = settle()


def _choose(keep: Callable[[], None] | None) -> None:
    st.session_state[CHOSEN] = st.session_state[KEY]
    if keep is not None:
        keep()


def note() -> list[str]:
    """Return a sentence about a language in the link that is none, and take it out of the address."""
    given = st.query_params.get(KEY)
    if given is None or given in LANGUAGES:
        return []
    del st.query_params[KEY]
    said = message(
        "Language ({key}) was {given!r}; expected one of {names}. Using {instead}.",
        key=KEY,
        given=given[:40],
        names=", ".join(LANGUAGES),
        instead=LANGUAGES[language()],
    )
    return [said]
