"""The racers in the sidebar: a short row for each, with a menu of what can be done with it."""

from collections.abc import Callable

import streamlit as st

from optim import Entry
from optim.figures import styles
from optim.i18n.message import message
from optim.i18n.phrases import capital
from pages.shared.inputs import racers, state
from pages.shared.inputs.display import HIDDEN, STRONG, name_field
from pages.shared.inputs.field import Field
from pages.shared.inputs.fields import RACERS, extra_fields, optimizer_field, setting_fields
from pages.shared.inputs.form import Form
from pages.shared.inputs.rules import NAME, OWN_RULE, RULE, optimizer_of, rule_field, slot_key
from pages.shared.inputs.widgets import menu, number, number_with_slider, text
from pages.shared.panels.own_rule import show_lines
from pages.shared.text.markdown import marker, plain
from pages.shared.text.translation import translate, translate_each

Actions = dict[str, tuple[str, Callable[[], object]]]
"""What a menu offers, by name: how it is called, and what it does."""


def show_racers(form: Form) -> None:
    """Show how many race, a row for each, and the button that adds one."""
    form.note(RACERS.key, number(RACERS, on_change=racers.count_chosen))
    count = form.values[RACERS.key]
    for slot in range(1, count + 1):
        with st.container(key=f"racer-{slot}"):
            _row(slot, form)
    full = count >= (RACERS.parameter.high if RACERS.parameter else 0)
    st.button(translate("Add a racer"), on_click=racers.add_racer, disabled=full, width="stretch", icon=":material/add:")


def _row(slot: int, form: Form) -> None:
    """One racer: its sign, its optimizer, a menu, a cross, its learning rate; the rest where it is asked for or changed."""
    field, count = optimizer_field(slot), form.values[RACERS.key]
    sign = st.empty()
    form.note(field.key, menu(field, label_visibility="collapsed", on_change=racers.optimizer_chosen, args=(slot,)))
    own = form.values[field.key] == OWN_RULE
    if own:
        form.values[slot_key(slot, RULE)] = state.value_of(rule_field(slot))
    optimizer = optimizer_of(slot, form.values)
    before = [optimizer_of(other, form.values) for other in range(1, slot)]
    sign.markdown(marker(styles(map(Entry, [*before, optimizer]))[-1]))
    named = name_field(slot_key(slot, NAME), optimizer)
    called = state.value_of(named) or Entry(optimizer).rule.title
    _menu(slot, called, count)
    st.button(
        translate("Remove {name}", name=plain(called)),
        key=f"remove {slot}",
        on_click=racers.remove_racer,
        args=(slot,),
        disabled=count == 1,
        type="tertiary",
        icon=":material/close:",
        width="content",
    )
    if own:
        show_lines(slot, form)
    settings = setting_fields(slot, optimizer)
    first = [field for field in settings[:1] if field.parameter and field.parameter.log]
    for rate in first:
        form.note(rate.key, number_with_slider(rate, _title(rate)))
    form.values[named.key] = state.value_of(named)
    if form.values[named.key] or _open(slot, RENAME):
        form.note(named.key, text(named, title=_title(named), on_change=racers.name_typed, args=(named,)))
    every = _open(slot, SETTINGS)
    form.rarely_changed(settings[len(first) :], _title, every=every or own)
    form.rarely_changed(extra_fields(slot, form.values), _title, every=every)


def _menu(slot: int, called: str, count: int) -> None:
    """What can be done with a racer, as a menu of one button."""
    actions = _actions(slot, count)
    titles = translate_each({name: title for name, (title, _) in actions.items()})
    st.menu_button(
        translate("More for {name}", name=plain(called)),
        list(actions),
        key=f"more {slot}",
        format_func=titles.__getitem__,
        on_click=_act,
        args=(slot, count),
        type="tertiary",
        icon=":material/more_vert:",
    )


RENAME, SETTINGS = "rename", "settings"
"""What can be opened below a row."""


def _actions(slot: int, count: int) -> Actions:
    """Return what can be done with a racer; what can be undone goes by what it then does."""
    hidden, strong = state.value_of(HIDDEN), state.value_of(STRONG) == f"{slot}"
    alone = set(range(1, count + 1)) - {slot} == set(hidden)
    every = _open(slot, SETTINGS)
    actions: Actions = {
        RENAME: (message("Rename"), lambda: _toggle(slot, RENAME)),
        SETTINGS: (message("Fewer settings") if every else message("All settings"), lambda: _toggle(slot, SETTINGS)),
        "duplicate": (message("Duplicate"), lambda: racers.duplicate_racer(slot)),
        "up": (message("Move up"), lambda: racers.move_racer(slot, slot - 1)),
        "down": (message("Move down"), lambda: racers.move_racer(slot, slot + 1)),
        "highlight": (message("Do not highlight") if strong else message("Highlight"), lambda: racers.highlight(slot)),
        "hide": (message("Show again") if slot in hidden else message("Hide"), lambda: racers.show_or_hide(slot)),
        "alone": (message("Show all racers") if alone else message("Show only this one"), lambda: racers.show_alone(slot)),
    }
    possible = {"up": slot > 1, "down": slot < count, "hide": count > 1, "alone": count > 1}
    return {name: action for name, action in actions.items() if possible.get(name, True)}


def _act(slot: int, count: int) -> None:
    """From a callback: do what was chosen from a racer's menu."""
    chosen = st.session_state[f"more {slot}"]
    if chosen is not None:
        _actions(slot, count)[chosen][1]()


def _open(slot: int, what: str) -> bool:
    return bool(st.session_state.get(f"{what} {slot}"))


def _toggle(slot: int, what: str) -> None:
    st.session_state[f"{what} {slot}"] = not _open(slot, what)


def _title(field: Field) -> str:
    """What an input of a racer is called beside it: an optimizer's parameter by name and symbol, the rest by its short title."""
    parameter = field.parameter
    if parameter is None or parameter.symbol == field.key:
        return capital(translate(field.short))
    return plain(parameter.name if parameter.symbol == parameter.name else f"{parameter.name} ({parameter.symbol})")
