"""One widget for each kind of field, bound to the address bar, and the notes on a link."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from optim.i18n.message import message
from optim.i18n.numbers import short
from pages.shared.inputs.display import LONGEST, NameField
from pages.shared.inputs.field import Field
from pages.shared.inputs.several import SeveralField
from pages.shared.inputs.state import BOUND, dismiss_notes, value_of, write_parameter
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
    "net.seeds": message("Each seed has other first weights and other batches: curves show the median and the range of all."),
    "seed": message("Which random numbers the noise uses."),
    "rotate": message("Turns the function about its first minimum. The start stays where it is."),
    "stretch": message("Squeezes the function along its x and draws it out along its y. On the sphere, 10 gives condition 100."),
    "sx": message("Moves the function and its minima sideways. The start stays where it is."),
    "sy": message("Moves the function and its minima up. The start stays where it is."),
}
"""What a field's tooltip says, where the field has no parameter that says it."""
FORMAT = "%.12g"
"""How a number is shown: twelve digits hide what rounding left in the sixteenth, while the number itself keeps every one."""
DECADE = 20
"""Places of a logarithmic slider per factor of ten."""


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


def in_step(name: str, value: Any) -> str:
    """Return the key of a widget that follows a `value` kept elsewhere: another one each time the value changed elsewhere.

    To set such a widget would not do: that is one message, and a browser that drops it, since the page ran again at once, would
    send what it still shows with the next change of anything, as if somebody had moved it. For the same reason a widget like this
    may only be heeded while it `is_latest`.
    """
    turn = _turn(name)
    if st.session_state.get(f"{name} {turn}", value) != value:
        st.session_state[f"{name} turns"] = turn = turn + 1
    return f"{name} {turn}"


def is_latest(key: str) -> bool:
    """Return whether a key is the latest that `in_step` gave a widget.

    A browser sends those before along until it has heard the whole page, and a part of the page that redraws itself does not wait
    for that: to the server, which has forgotten them, they look moved.
    """
    name, _, turn = key.rpartition(" ")
    return int(turn) == _turn(name)


def _turn(name: str) -> int:
    return int(st.session_state.get(f"{name} turns", 0))


def several(field: SeveralField, options: Mapping[str, str], placeholder: str) -> None:
    """Show those options that a field may hold as a menu of several, which puts what is chosen into the field."""
    titles = translate_each(options)
    chosen = [name for name in value_of(field) if name in titles]
    key = in_step(f"{field.key} menu", chosen)
    st.multiselect(
        translate(field.title),
        list(titles),
        chosen,
        format_func=titles.__getitem__,
        key=key,
        max_selections=field.most,
        placeholder=placeholder,
        on_change=_copy_several,
        args=(field, key),
    )


def _copy_several(field: SeveralField, key: str) -> None:
    """From a callback: put what the menu holds into the field, and into the address, which a menu cannot be bound to by name."""
    if not is_latest(key):
        return
    options = field.one.options or {}
    chosen = tuple(name for name in st.session_state[key] if name in options)[: field.most]
    st.session_state[field.key] = chosen
    write_parameter(field.key, None if chosen == field.default else field.write(chosen))


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
    kind = int if whole else float  # Streamlit refuses whole bounds of a number that is none
    low, high = (None if math.isinf(bound) else kind(bound) for bound in field.parameter.bounds)
    if step is None:
        step = 1 if whole else 0.01
    return st.number_input(
        title or translate(field.title),
        low,
        high,
        kind(field.default),
        step=step,
        format="%d" if whole else FORMAT,
        key=field.key,
        help=help_text(field),
        **BOUND,
        **more,
    )


def number_with_slider(field: Field, title: str) -> Any:
    """Show a number, and beside it a slider on a logarithmic scale that writes into it; return the number.

    The slider is one of numbers, not of exponents: what it is at is read out to those who do not see it.
    """
    value, places = number(field, title=title), _places(field)
    near = min(max(value, places[0]), places[-1])
    places, key = sorted({*places, near}), in_step(f"{field.key} slider", near)
    st.select_slider(
        translate("{name}, logarithmic", name=field.title),
        places,
        near,
        format_func=_short,
        key=key,
        label_visibility="collapsed",
        on_change=_copy_slider,
        args=(field, key),
    )
    return value


def _places(field: Field) -> list[float]:
    """Return the numbers of a logarithmic slider, DECADE per factor of ten: to three digits, or whole ones."""
    assert field.parameter is not None
    low, high = (math.log10(end) for end in (field.parameter.low, field.parameter.high))
    numbers = (float(f"{10 ** (low + place / DECADE):.3g}") for place in range(round((high - low) * DECADE) + 1))
    return sorted({round(number) for number in numbers}) if field.parameter.kind == "int" else list(numbers)


def _short(number: float) -> str:
    return short(number, 6)


def _copy_slider(field: Field, key: str) -> None:
    """From a callback: write what a slider is at into its number."""
    if is_latest(key):
        st.session_state[field.key] = st.session_state[key]


def text(field: NameField, *, title: str, **more: Any) -> str:
    """Show a name and return it."""
    return st.text_input(title, field.default, LONGEST, key=field.key, **BOUND, **more) or ""


def uploaded(key: str) -> UploadedFile | None:
    """Return the file in an uploader; None where there is none, or the server has lost it since, as after a restart."""
    file = st.session_state.get(key)
    return file if isinstance(file, UploadedFile) else None


def show_notes(notes: list[str]) -> None:
    """Show which parts of the link could not be used."""
    if notes:
        with st.container(border=True):
            st.markdown(translate("**Part of the link could not be used.** The rest is as the link says."))
            st.markdown("\n".join(f"- {plain(translate(note))}" for note in notes))
            st.button(translate("Understood"), on_click=dismiss_notes)
