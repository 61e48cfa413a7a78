"""The languages that the app speaks, each with its catalogue of translations; no Streamlit here."""

import gettext
from functools import cache
from pathlib import Path

from optim.i18n.message import translated

LANGUAGES = {"en": "English", "ja": "日本語"}
"""Languages by the name that a link calls them; the first is what the texts are written in."""
LANGUAGE = "lang"
"""The link's parameter for the language."""
DOMAIN, FOLDER = "race", Path(__file__).parent / "locale"


@cache
def catalogue(name: str) -> gettext.NullTranslations:
    """Return the translations of a language; for the one that the texts are written in, none."""
    if name == next(iter(LANGUAGES)):
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, FOLDER, [name])


@cache
def everywhere(text: str) -> tuple[str, ...]:
    """Return what a text is in each of the languages."""
    return tuple(str(translated(text, catalogue(name))) for name in LANGUAGES)
