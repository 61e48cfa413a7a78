"""A rule of the visitor's own in the sidebar: its lines, what is wrong with them, and how to write some."""

from collections.abc import Callable, Iterable
from functools import partial

import streamlit as st

from optim import RuleError
from optim.i18n.message import code, message
from optim.optimizers.typed import LENGTH, WORDS
from pages.shared.inputs import racers
from pages.shared.inputs.drafts import raced, remember_lines
from pages.shared.inputs.form import Form
from pages.shared.inputs.rules import EXAMPLES, RuleField, looked_up, rule_field
from pages.shared.inputs.state import BOUND
from pages.shared.text.markdown import plain, show_place, small_print
from pages.shared.text.translation import translate

LONGEST = 2 * LENGTH
"""Characters that can be typed, more than can be used, so that the message says how many too many there are."""

ABOUT = (
    message("Each line is name = expression. In every step the lines are computed from top to bottom."),
    message("x is the point, and the line that sets x moves it. g = gradient(x) asks for the slope there."),
    message("value(x) and curvature(x), the diagonal of the Hessian, can be asked for too, each in a line of its own."),
    message("A name that no line sets is a setting: it gets an input here."),
    message("A name that is read before it is set is remembered. It starts at zero, or as a line says: a starts at 1."),
    message("t is the number of the step, from 1. A test is written a if t > 10 else b."),
)
"""How a rule is written, a sentence for each part of the language."""


def show_lines(slot: int, form: Form) -> None:
    """Show the lines of a racer: what was typed stays whatever it is, with what is wrong under it, and help."""
    field = rule_field(slot)
    changed, chosen = partial(racers.lines_typed, slot), partial(racers.lines_chosen, slot)
    form.note(field.key, lines_input(field, f"{slot}", changed, chosen))


def lines_input(
    field: RuleField,
    key: str,
    changed: Callable[[], None] | None,
    chosen: Callable[[str], None],
    about: Iterable[str] = ABOUT,
) -> str:
    """Show an input of lines, what is wrong with them, and help, and return those that count.

    `changed` is called after they were typed, `chosen` with the lines of an example; `about` says how they are written, `key` tells
    several inputs apart.
    """
    typed = st.text_area(
        translate(field.title),
        field.default,
        "content",
        LONGEST,
        key=field.key,
        help=translate("One line per name, from top to bottom; x is the point. Ctrl and Enter apply them."),
        on_change=changed,
        **BOUND,
    )
    typed = typed or ""
    counts = str(raced(field, typed))
    remember_lines(field, typed)
    rule = looked_up(typed)
    if isinstance(rule, RuleError):
        _show_error(typed, rule)
    _help(key, chosen, about)
    return counts


def _show_error(typed: str, error: RuleError) -> None:
    said = translate("Line {line}, column {column}: {problem}.", line=error.line, column=error.column, problem=error.problem)
    lines = typed.splitlines() or [""]
    show_place(said, lines[min(error.line, len(lines)) - 1], error.column)
    st.markdown(small_print(translate("Until you correct this, the racer uses its last valid lines.")))


def _help(key: str, chosen: Callable[[str], None], about: Iterable[str]) -> None:
    """How to write a rule, with examples, each of which can be put into the field."""
    with st.popover(translate("How to write a rule"), key=f"rule help {key}", icon=":material/help:", width="stretch"):
        st.markdown("\n".join(f"- {translate(one)}" for one in about))
        st.markdown(small_print(translate("Functions: {names}.", names=code(*WORDS))))
        for title, lines in EXAMPLES.items():
            st.markdown(f"**{plain(translate(title))}**")
            st.code(lines, language=None)
            words = translate("Use the lines of {name}", name=translate(title))
            st.button(plain(words), key=f"{key} {title}", on_click=chosen, args=(lines,), width="stretch")
