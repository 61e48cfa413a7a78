"""The visitor's language: chosen by the browser, or by the switch, which the link keeps; and every text said in it."""

import gettext
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from optim import saying

LANGUAGES = {"en": "English", "ja": "日本語"}
"""Languages by the name that a link calls them; the first is what the texts are written in."""
KEY, CHOSEN = "lang", "language chosen"
DOMAIN, FOLDER = "race", Path(__file__).parent / "locale"


def say(text: str, /, **values: Any) -> str:
    """Return a text in the visitor's language: a sentence from the library, or a template with its values."""
    return str(saying.told(saying.say(text, **values) if values else text, catalogue(language())))


def counted(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return the text for a number of things in the visitor's language; the templates call the number {count}."""
    return saying.counted(one, many, count, **values).told(catalogue(language()))


def language() -> str:
    """Return the name of the visitor's language: what the switch says, else the link, else the browser, else English."""
    for wanted in (st.session_state.get(KEY), st.session_state.get(CHOSEN), st.query_params.get(KEY)):
        if wanted in LANGUAGES:
            return str(wanted)
    browser = (st.context.locale or "").split("-")[0].lower()
    return browser if browser in LANGUAGES else next(iter(LANGUAGES))


def switch() -> None:
    """Show the switch of languages."""
    st.session_state.setdefault(KEY, language())
    st.segmented_control(
        "Language · 言語",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=KEY,
        required=True,
        on_change=_choose,
    )


def keep_in_link() -> None:
    """Have the address bar name the language once one was chosen or came with a link, on every page."""
    if st.query_params.get(KEY) in LANGUAGES:
        st.session_state.setdefault(CHOSEN, st.query_params[KEY])
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None and st.query_params.get(KEY) != chosen:
        st.query_params[KEY] = chosen


def _choose() -> None:
    st.session_state[CHOSEN] = st.session_state[KEY]


@cache
def catalogue(name: str) -> gettext.NullTranslations:
    """Return the translations of a language; for the one that the texts are written in, none."""
    if name == next(iter(LANGUAGES)):
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, FOLDER, [name])
