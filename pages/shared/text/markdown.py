"""What several pages show as Markdown: escaped text, markers and legends, small print; and how their charts behave."""

from collections.abc import Iterable

import streamlit as st

from optim import FormulaError, RaceResult
from optim.figures import EntryStyle, styles
from optim.i18n.message import transformed
from optim.i18n.phrases import capital
from pages.shared.text.translation import translate

PLOT = {"displaylogo": False, "showSendToCloud": False, "scrollZoom": False}
"""How Plotly charts behave on every page."""


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    for sign in "\\`*_[]<>#$~|{}:":
        text = text.replace(sign, f"\\{sign}")
    return text


def badge(words: str, anchor: str) -> str:
    """Return a badge that leads to a place further down the page."""
    return f"[:green-badge[:material/verified: {plain(words)}]](#{anchor})"


def said_of(name: str, words: str) -> str:
    """Return what is said of something after its name, both of them in Markdown and in the visitor's language."""
    return translate("{name}: {words}", name=name, words=words)


def small_print(text: str) -> str:
    """Return text in the style of a caption, for what is read last."""
    return f":small[:gray[{plain(text)}]]"


def marker(look: EntryStyle) -> str:
    """Return the symbol of an optimizer's curve, in the curve's colour."""
    return f':color[{look.sign}]{{foreground="{look.colour}"}}'


def legend(entries: Iterable[tuple[EntryStyle, str]]) -> str:
    """Return in one line which marker belongs to which label."""
    return " &emsp; ".join(f"{marker(look)}&nbsp;{plain(label)}" for look, label in entries)


def race_legend(result: RaceResult) -> str:
    """Return the legend of a race, in the visitor's language."""
    return legend(zip(styles(result.spec.entries), map(translate, result.labels), strict=True))


def show_formula_error(text: str, error: FormulaError) -> None:
    """Show what is wrong with a typed formula, with a caret under the place."""
    said = translate("{problem} (column {column}).", problem=transformed(error.problem, capital), column=error.column)
    show_place(said, text, error.column)


def show_place(said: str, line: str, column: int) -> None:
    """Show a sentence about a typed line, and the line with a caret under the place."""
    st.markdown(plain(said))
    st.code(f"{line}\n{' ' * (column - 1)}^", language=None)
