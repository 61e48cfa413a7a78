"""One widget for each kind of field, bound to the address bar, and the notes on a link."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from optim.i18n.message import message
from pages.shared.inputs.field import Field
from pages.shared.inputs.state import BOUND, dismiss_notes
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate, translate_each

HELP = {
    "f": message(
        "In x and y, with numbers, pi, e, + - * / ** and functions such as sin, exp, log, sqrt, abs, max. Enter applies it."
    ),
    "k": message("How many optimizers race, 1 to 12. The cross beside a racer takes that one out."),
    "g": message(
        "Exact: the derivative of the formula. Numerical: the book's central difference, h = 10⁻⁴, at 4 evaluations per step."
    ),
    "noise": message("Every step adds this times a random slope to the function, the same for every racer. 0 is no noise."),
    "seed": message("Which random numbers the noise uses."),
    "rotate": message("Turns the function about its first minimum. The start stays where it is."),
    "stretch": message("Squeezes the function along its x and draws it out along its y. On the sphere, 10 gives condition 100."),
    "sx": message("Moves the function and its minima sideways. The start stays where it is."),
    "sy": message("Moves the function and its minima up. The start stays where it is."),
}
"""What a field's tooltip says, where the field has no parameter that says it."""
DECADE = 20
"""Positions of a logarithmic slider per factor of ten."""


def help_text(field: Field) -> str | None:
    """Return a field's tooltip, or None where it has none."""
    text = HELP.get(field.key) or (field.parameter.doc if field.parameter else "")
    return translate(text) if text else None


def menu(field: Field, *, title: str = "", options: Mapping[str, str] | None = None, **more: Any) -> str:
    """Show the options of a field, or those given, as a drop-down menu and return the name of the one chosen."""
    titles = translate_each(options or field.options or {})
    names = list(titles)
    chosen: str = st.selectbox(
        title or translate(field.title),
        names,
        names.index(field.default),
        format_func=titles.__getitem__,
        key=field.key,
        help=help_text(field),
        **BOUND,
        **more,
    )
    return chosen


def segments(field: Field) -> str:
    """Show the options of a field side by side and return the name of the one chosen."""
    titles = translate_each(field.options or {})
    chosen: str = st.segmented_control(
        translate(field.title),
        list(titles),
        default=field.default,
        format_func=titles.__getitem__,
        key=field.key,
        required=True,
        width="content",
        **BOUND,
    )
    return chosen


def switch(field: Field, *, title: str = "", about: str = "") -> bool:
    """Show a field that is on or off and return which; `about` is its tooltip, where the field has none of its own."""
    return st.toggle(
        title or translate(field.title), field.default, key=field.key, help=about or help_text(field), width="content", **BOUND
    )


def number(field: Field, *, title: str = "", step: float | None = None, **more: Any) -> Any:
    """Show a field that is a number and return it."""
    assert field.parameter is not None
    whole = field.parameter.kind == "int"
    low, high = (None if math.isinf(bound) else bound for bound in field.parameter.bounds)
    if step is None:
        step = 1 if whole else 0.01
    return st.number_input(
        title or translate(field.title),
        low,
        high,
        field.default,
        step=step,
        format="%d" if whole else "%g",
        key=field.key,
        help=help_text(field),
        **BOUND,
        **more,
    )


def number_with_slider(field: Field, title: str) -> Any:
    """Show a number, and beside it a slider on a logarithmic scale that writes into it; return the number."""
    assert field.parameter is not None
    value = number(field, title=title)
    low, high = math.log10(field.parameter.low), math.log10(field.parameter.high)
    key = f"{field.key} slider"
    position = min(max(math.log10(value), low), high) if value > 0 else low
    if abs(st.session_state.get(key, math.inf) - position) > 0.5 / DECADE:
        st.session_state[key] = position
    st.slider(
        translate("{name}, logarithmic", name=field.title),
        low,
        high,
        position,
        step=1 / DECADE,
        format="10^%.2f",
        key=key,
        label_visibility="collapsed",
        on_change=_copy_slider,
        args=(field, key),
    )
    return value


def _copy_slider(field: Field, key: str) -> None:
    """From a callback: write a slider's position into its number, to three digits."""
    assert field.parameter is not None
    value = float(f"{10 ** st.session_state[key]:.3g}")
    st.session_state[field.key] = round(value) if field.parameter.kind == "int" else value


def show_notes(notes: list[str]) -> None:
    """Show which parts of the link could not be used."""
    if notes:
        with st.container(border=True):
            st.markdown(translate("**Part of the link could not be used.** The rest is as the link says."))
            st.markdown("\n".join(f"- {plain(translate(note))}" for note in notes))
            st.button(translate("Understood"), on_click=dismiss_notes)
