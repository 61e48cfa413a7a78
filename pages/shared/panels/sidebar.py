"""The sidebar: every input of a race, bound to the address bar."""

import streamlit as st

from optim import FormulaError
from pages.shared.components.formula_preview import formula_preview
from pages.shared.components.undo import undo
from pages.shared.inputs import racers, state
from pages.shared.inputs.fields import CONDITIONS, CUSTOM, DIALS, FORMULA, FUNCTION, STEPS, function, start_fields
from pages.shared.inputs.form import Form
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.state import BOUND
from pages.shared.inputs.widgets import help_text, menu, number, number_with_slider
from pages.shared.panels.picture_menu import picture_menu
from pages.shared.panels.racers import show_racers
from pages.shared.text import translation
from pages.shared.text.markdown import show_formula_error, small_print
from pages.shared.text.translation import translate, translate_each

LONGEST = 1000
"""Characters of a formula that can be typed; more than can be used, so that the message says how many too many there are."""


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
        form.note(FUNCTION.key, menu(FUNCTION, on_change=racers.function_chosen))
        picture_menu()
        if form.values[FUNCTION.key] == CUSTOM:
            _formula(form)
        for field in start_fields(form.values):
            form.note(field.key, number(field, step=0.1))
        st.button(translate("Random start"), key="random", on_click=racers.random_start, width="stretch")
        st.button(translate("Reset all"), key="reset", on_click=state.reset, width="stretch")
        undo()
        form.note(STEPS.key, number_with_slider(STEPS, translate(STEPS.title)))
        show_racers(form)
        every = st.toggle(translate("More: gradient, noise, rotate, stretch, shift"), key="conditions")
        form.rarely_changed((*CONDITIONS, *DIALS), every=every)
    state.remember_shown(form.shown)
    state.remember_function(form.values)


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
        on_change=racers.formula_typed,
        **BOUND,
    )
    form.note(FORMULA.key, text)
    state.store_formula(text)
    formula_preview(text)
    try:
        st.latex(function(form.values).latex)
    except FormulaError as error:
        show_formula_error(text, error)
        still = state.usable(form.values)[FORMULA.key]
        if still != text:
            st.markdown(small_print(translate("Until then everything is about {formula}.", formula=still)))
