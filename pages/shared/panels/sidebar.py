"""The sidebar: every input of a race, bound to the address bar."""

import dataclasses
from collections.abc import Callable, Iterable
from itertools import chain

import streamlit as st

from optim import Entry, FormulaError
from optim.figures import styles
from optim.i18n.phrases import capital
from pages.shared.inputs import state
from pages.shared.inputs.field import Field, Values
from pages.shared.inputs.fields import (
    CONDITIONS,
    CUSTOM,
    DIALS,
    FORMULA,
    FUNCTION,
    RACERS,
    STEPS,
    extra_fields,
    function,
    optimizer_field,
    setting_fields,
    slot_key,
    start_fields,
)
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.state import BOUND
from pages.shared.inputs.widgets import help_text, menu, number, number_with_slider, switch
from pages.shared.text import translation
from pages.shared.text.markdown import marker, show_formula_error
from pages.shared.text.translation import translate, translate_each

LONGEST = 1000
"""Characters of a formula that can be typed; more than can be used, so that the message says how many too many there are."""


@dataclasses.dataclass(frozen=True)
class Form:
    """The inputs so far: every value, and the keys of those on screen."""

    values: Values = dataclasses.field(default_factory=dict)
    shown: list[str] = dataclasses.field(default_factory=list)

    def note(self, key: str, value: object) -> None:
        """Note what an input on screen holds."""
        self.values[key] = value
        self.shown.append(key)


def sidebar() -> None:
    """Show the inputs of a race in the sidebar; `state.current()` reads them.

    What stands side by side does so by the style sheet: a row or columns would cost time in the browser on every rerun.
    """
    form = Form()
    with st.sidebar:
        translation.switch(state.store_inputs)
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
        form.note(FUNCTION.key, menu(FUNCTION, on_change=state.other_function))
        if form.values[FUNCTION.key] == CUSTOM:
            _formula(form)
        for field in start_fields(form.values):
            form.note(field.key, number(field, step=0.1))
        st.button(translate("Random start"), key="random", on_click=state.random_start, width="stretch")
        st.button(translate("Reset all"), key="reset", on_click=state.reset, width="stretch")
        form.note(STEPS.key, number_with_slider(STEPS, translate(STEPS.title)))
        form.note(RACERS.key, number(RACERS))
        for slot in range(1, form.values[RACERS.key] + 1):
            _racer(slot, form)
        full = form.values[RACERS.key] >= (RACERS.parameter.high if RACERS.parameter else 0)
        st.button(translate("Add a racer"), on_click=state.add_racer, disabled=full, width="stretch", icon=":material/add:")
        every = st.toggle(translate("More: gradient, noise, rotate, stretch, shift"), key="conditions")
        _rarely_changed((*CONDITIONS, *DIALS), form, every=every)
    state.remember_shown(form.shown)


def language() -> None:
    """Show the switch of languages in the sidebar, on a page that has no other inputs there."""
    with st.sidebar:
        translation.switch(state.store_inputs)


def _formula(form: Form) -> None:
    """A function of the visitor's own: its text stays whatever it is, with how it reads or what is wrong under it."""
    text = st.text_input(
        translate(FORMULA.title),
        FORMULA.default,
        LONGEST,
        key=FORMULA.key,
        help=help_text(FORMULA),
        on_change=state.formula_typed,
        **BOUND,
    )
    form.note(FORMULA.key, text)
    state.store_formula(text)
    try:
        st.latex(function(form.values).latex)
    except FormulaError as error:
        show_formula_error(text, error)


def _racer(slot: int, form: Form) -> None:
    with st.container(border=True, gap="xsmall"):
        field = optimizer_field(slot)
        racers = [*(form.values[slot_key(before)] for before in range(1, slot)), state.value_of(field)]
        title = f"{marker(styles(map(Entry, racers))[-1])} {translate(field.title)}"
        form.note(field.key, menu(field, title=title, on_change=state.usual_settings, args=(slot,)))
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
        settings = setting_fields(slot, form.values[slot_key(slot)])
        first = [field for field in settings[:1] if field.parameter and field.parameter.log]
        for field in first:
            form.note(field.key, number_with_slider(field, _name(field)))
        every = st.toggle(translate("Show all settings"), key=f"all {slot}")
        _rarely_changed(chain(settings[len(first) :], extra_fields(slot, form.values)), form, _name, every=every)


def _rarely_changed(
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
            show = menu if field.options is not None else switch if field.parameter and field.parameter.kind == "bool" else number
            form.note(field.key, show(field, title=named(field)))


def _name(field: Field) -> str:
    """What an input of a racer is called beside it: an optimizer's parameter by name and symbol, the rest by its short title."""
    parameter = field.parameter
    if parameter is None or parameter.symbol == field.key:
        return capital(translate(field.short))
    return f"{parameter.name} ({parameter.symbol})"
