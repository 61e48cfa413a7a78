"""The sidebar: every input of a race, bound to the address bar."""

import dataclasses
import math
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import streamlit as st

from optim import FormulaError
from optim.figures import ENTRY_STYLES
from optim.i18n.message import message
from optim.i18n.phrases import capital
from pages.shared.inputs import state
from pages.shared.inputs.fields import (
    CONDITIONS,
    DIALS,
    FORMULA,
    FUNCTION,
    OWN,
    RACERS,
    STEPS,
    Field,
    Values,
    extra_fields,
    function,
    optimizer_field,
    setting_fields,
    slot_key,
    start_fields,
)
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.state import BOUND
from pages.shared.panels.race import race as race_panels
from pages.shared.text import translation
from pages.shared.text.translation import translate, translate_each

HELP = {
    "f": message(
        "In x and y, with numbers, pi, e, + - * / ** and functions such as sin, exp, log, sqrt, abs, max. Enter applies it."
    ),
    "k": message("How many optimizers race, 1 to 12. The cross beside a racer takes that one out."),
    "g": message(
        "Exact: the derivative of the formula. Numerical: the book's central difference, h = 1e-4, at 4 evaluations per step."
    ),
    "noise": message("Every step adds this times a random slope to the function, the same for every racer. 0 is no noise."),
    "seed": message("Which random numbers the noise uses."),
    "rotate": message("Turns the function about its first minimum. The start stays where it is."),
    "stretch": message("Squeezes the function along its x and draws it out along its y. On the sphere, 10 gives condition 100."),
    "sx": message("Moves the function and its minima sideways. The start stays where it is."),
    "sy": message("Moves the function and its minima up. The start stays where it is."),
}
DECADE = 20
"""Positions of a logarithmic slider per factor of ten."""
LONGEST = 1000
"""Characters of a formula that can be typed; more than can be used, so that the message says how many too many there are."""


@dataclasses.dataclass(frozen=True)
class Form:
    """The inputs so far: every value, and the keys of those on screen."""

    values: Values = dataclasses.field(default_factory=dict)
    shown: list[str] = dataclasses.field(default_factory=list)

    def keep(self, key: str, value: object) -> None:
        """Note what an input on screen holds."""
        self.values[key] = value
        self.shown.append(key)


def sidebar() -> Values:
    """Show the inputs of a race in the sidebar and return their values.

    What stands side by side does so by the style sheet: a row or columns would cost time in the browser on every rerun.
    """
    form = Form()
    with st.sidebar:
        translation.switch(state.keep_inputs)
        titles = translate_each({preset.title: preset.title for preset in PRESETS})
        st.selectbox(
            translate("Ready experiments"),
            list(titles),
            None,
            format_func=titles.__getitem__,
            key="preset",
            placeholder=translate("Choose one"),
            on_change=state.load_preset,
            args=("preset",),
        )
        _choice(FUNCTION, form, on_change=state.other_function)
        if form.values[FUNCTION.key] == OWN:
            _formula(form)
        for field in start_fields(form.values):
            _number(field, form, step=0.1)
        st.button(translate("Random start"), key="random", on_click=state.random_start, width="stretch")
        st.button(translate("Reset all"), key="reset", on_click=state.reset, width="stretch")
        _with_slider(STEPS, form, translate(STEPS.title))
        _number(RACERS, form)
        for slot in range(1, form.values[RACERS.key] + 1):
            _racer(slot, form)
        full = form.values[RACERS.key] >= (RACERS.parameter.high if RACERS.parameter else 0)
        st.button(translate("Add a racer"), on_click=state.add_racer, disabled=full, width="stretch", icon=":material/add:")
        every = st.toggle(translate("Show gradient, noise and dials"), key="conditions")
        _wanted((*CONDITIONS, *DIALS), form, every=every)
    state.remember_shown(form.shown)
    return form.values


def _formula(form: Form) -> None:
    """A function of the visitor's own: its text stays whatever it is, with how it reads or what is wrong under it."""
    text = st.text_input(
        translate(FORMULA.title),
        FORMULA.default,
        LONGEST,
        key=FORMULA.key,
        help=_help(FORMULA),
        on_change=state.first_start,
        **BOUND,
    )
    form.keep(FORMULA.key, text)
    state.keep_formula(text)
    try:
        st.latex(function(form.values).latex)
    except FormulaError as error:
        race_panels.show_formula_error(text, error)


def _racer(slot: int, form: Form) -> None:
    look = ENTRY_STYLES[slot - 1]
    with st.container(border=True, gap="xsmall"):
        field = optimizer_field(slot)
        title = f':color[{look.sign}]{{foreground="{look.colour}"}} {translate(field.title)}'
        _choice(field, form, title=title, on_change=state.usual_settings, args=(slot,))
        st.button(
            "✕",
            key=f"remove {slot}",
            on_click=state.remove_racer,
            args=(slot,),
            disabled=form.values[RACERS.key] == 1,
            help=translate("Take this racer out"),
            type="tertiary",
            width="content",
        )
        own = setting_fields(slot, form.values[slot_key(slot)])
        first = [field for field in own[:1] if field.parameter and field.parameter.log]
        for field in first:
            _with_slider(field, form, _name(field))
        every = st.toggle(translate("Show all settings"), key=f"all {slot}")
        _wanted(chain(own[len(first) :], extra_fields(slot, form.values)), form, _name, every=every)


def _wanted(
    offered: Iterable[Field],
    form: Form,
    named: Callable[[Field], str] = lambda field: translate(field.title),
    *,
    every: bool,
) -> None:
    """What few change: inputs only where all are asked for or they are changed, since each costs time on every rerun."""
    for field in offered:
        form.values[field.key] = state.value_of(field)
        if every or form.values[field.key] != field.default:
            _any(field, form, title=named(field))


def _any(field: Field, form: Form, **more: Any) -> None:
    show = _choice if field.options is not None else _switch if field.parameter and field.parameter.kind == "bool" else _number
    show(field, form, **more)


def _choice(field: Field, form: Form, *, title: str = "", **more: Any) -> None:
    options = translate_each(field.options or {})
    value = st.selectbox(
        title or translate(field.title),
        list(options),
        list(options).index(field.default),
        format_func=options.__getitem__,
        key=field.key,
        help=_help(field),
        **BOUND,
        **more,
    )
    form.keep(field.key, value)


def _switch(field: Field, form: Form, *, title: str = "") -> None:
    form.keep(field.key, st.toggle(title or translate(field.title), field.default, key=field.key, help=_help(field), **BOUND))


def _number(field: Field, form: Form, *, title: str = "", step: float | None = None, **more: Any) -> None:
    assert field.parameter is not None
    whole = field.parameter.kind == "int"
    low, high = (None if math.isinf(bound) else bound for bound in field.parameter.bounds)
    if step is None:
        step = 1 if whole else 0.01
    value = st.number_input(
        title or translate(field.title),
        low,
        high,
        field.default,
        step=step,
        format="%d" if whole else "%g",
        key=field.key,
        help=_help(field),
        **BOUND,
        **more,
    )
    form.keep(field.key, value)


def _with_slider(field: Field, form: Form, title: str) -> None:
    """A bound number, and beside it a slider on a logarithmic scale that writes into it: the number is the truth."""
    assert field.parameter is not None
    _number(field, form, title=title)
    low, high = math.log10(field.parameter.low), math.log10(field.parameter.high)
    key = f"{field.key} slider"
    position = min(max(math.log10(form.values[field.key]), low), high) if form.values[field.key] > 0 else low
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
        on_change=_slide,
        args=(field, key),
    )


def _slide(field: Field, key: str) -> None:
    """Write a slider's place into its number, to three digits."""
    assert field.parameter is not None
    value = float(f"{10 ** st.session_state[key]:.3g}")
    st.session_state[field.key] = round(value) if field.parameter.kind == "int" else value


def _name(field: Field) -> str:
    """What an input of a racer is called beside it: an optimizer's parameter by name and symbol, the rest by its short title."""
    parameter = field.parameter
    if parameter is None or parameter.symbol == field.key:
        return capital(translate(field.short))
    return f"{parameter.name} ({parameter.symbol})"


def _help(field: Field) -> str | None:
    text = HELP.get(field.key) or (field.parameter.doc if field.parameter else "")
    return translate(text) if text else None
